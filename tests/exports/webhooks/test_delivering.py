"""Webhooks are told what happens in public: noted with the change, sent by jobs, signed."""

import base64
import datetime
import hashlib
import hmac
import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from exports import tasks
from exports.models import PING, Delivery, Topic, Webhook, WebhookEvent
from exports.webhooks import connecting, delivering, keeping
from exports.webhooks.delivering import WAITS, send_due, spread_events, start_sending
from insek.models import Measure
from pins.actions import hide_pin, publish_pin
from pins.models import Pin
from pins.workflow import Status, Visibility
from tests.exports.webhooks.hook_server import HookServer, hook_server
from tests.factories import make_measure, make_moderator, make_pin, make_webhook
from tests.geometries import point_in

State, Problem = Delivery.State, Delivery.Problem


@pytest.fixture
def server(city: None, settings: Any) -> Iterator[HookServer]:
    settings.WEBHOOKS_TO_LOOPBACK = True
    with hook_server() as running:
        yield running


@pytest.fixture
def webhook(server: HookServer) -> Webhook:
    # Events are of the moment their transaction began.
    long_ago = timezone.now() - datetime.timedelta(days=1)
    return make_webhook(url=f"{server.base}/ok", created_at=long_ago)


@pytest.fixture
def one_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """A job gives its connection back; here the test still needs it."""
    monkeypatch.setattr("pins.tasks.close_old_connections", lambda: None)


def set_status(pin: Pin, status: Status) -> None:
    Pin.objects.filter(pk=pin.pk).update(status=status)


def topics() -> list[str]:
    return list(WebhookEvent.objects.values_list("topic", flat=True))


def tell(webhook: Webhook) -> int:
    spread_events()
    return send_due(webhook.pk)


def only_delivery() -> Delivery:
    return Delivery.objects.get()


def make_due() -> None:
    """Let the time pass until everything that waits is tried again."""
    past = timezone.now() - datetime.timedelta(seconds=1)
    Delivery.objects.update(next_try_at=past)
    Webhook.objects.update(not_before=None)


def test_a_contribution_is_told_from_publication_to_its_end(
    webhook: Webhook, server: HookServer
) -> None:
    moderator = make_moderator()
    pin = make_pin(visibility=Visibility.SUBMITTED, location=point_in(16))
    assert topics() == []

    publish_pin(pin=pin, actor=moderator, read=pin.words_digest)
    set_status(pin, Status.IN_REVIEW)
    assert tell(webhook) == 2
    hide_pin(pin=pin, actor=moderator, reason="Doch nicht.")
    assert tell(webhook) == 1

    published, changed, removed = [json.loads(m.body) for m in server.received]
    assert published["type"] == "pin.published"
    feature = published["data"]["feature"]
    assert feature["properties"]["reference"] == pin.reference
    assert feature["properties"]["url"].endswith(f"/pins/{pin.reference}")
    assert changed["type"] == "pin.status_changed"
    assert (changed["data"]["before"], changed["data"]["after"]) == (
        *("received", "in_review"),
    )
    assert removed == {
        "id": removed["id"],
        "type": "pin.removed",
        "timestamp": removed["timestamp"],
        "data": {"reference": pin.reference},
    }


def test_a_message_is_signed_as_standard_webhooks_has_it(
    webhook: Webhook, server: HookServer
) -> None:
    make_pin()
    tell(webhook)

    (message,) = server.received
    headers = message.headers
    assert headers["webhook-id"] == json.loads(message.body)["id"]
    sent = int(headers["webhook-timestamp"])
    assert abs(sent - timezone.now().timestamp()) < 300
    key = base64.b64decode(webhook.secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{sent}.".encode() + message.body
    mac = hmac.new(key, signed, hashlib.sha256).digest()
    assert headers["webhook-signature"] == f"v1,{base64.b64encode(mac).decode()}"
    assert headers["content-type"] == "application/json"


def test_for_a_day_both_secrets_sign(webhook: Webhook, server: HookServer) -> None:
    seen = webhook.key
    assert keeping.rotate_secret(webhook=webhook, seen=seen)
    # Pressed twice.
    assert not keeping.rotate_secret(webhook=webhook, seen=seen)
    webhook.refresh_from_db()
    make_pin()
    tell(webhook)
    Webhook.objects.update(former_until=timezone.now())
    make_pin()
    tell(webhook)

    both, one = (m.headers["webhook-signature"].split() for m in server.received)
    assert (len(both), len(one)) == (2, 1)
    assert webhook.secret not in str(Webhook.objects.values().get())


def test_nothing_is_noted_where_nobody_listens(city: None) -> None:
    make_webhook(is_active=False)
    make_webhook(topics=[Topic.MEASURE_REMOVED])
    pin = make_pin()
    set_status(pin, Status.IN_REVIEW)
    Pin.objects.update(visibility=Visibility.HIDDEN)

    assert topics() == []


def test_each_is_told_what_it_listens_to(webhook: Webhook, server: HookServer) -> None:
    long_ago = timezone.now() - datetime.timedelta(days=1)
    other = make_webhook(topics=[Topic.PIN_REMOVED], created_at=long_ago)
    later = timezone.now() + datetime.timedelta(days=1)
    make_webhook(name="Later", created_at=later)
    make_pin()
    Pin.objects.update(visibility=Visibility.HIDDEN)

    assert spread_events() == 2
    assert spread_events() == 0

    counts = Delivery.objects.values_list("webhook", "event__topic")
    assert sorted(counts) == sorted(
        [
            (webhook.pk, "pin.published"),
            (webhook.pk, "pin.removed"),
            (other.pk, "pin.removed"),
        ]
    )


def test_a_count_that_moves_is_nothing_to_tell(webhook: Webhook) -> None:
    pin = make_pin()
    WebhookEvent.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE pins_publicpin SET support_count = support_count + 1")
    Pin.objects.filter(pk=pin.pk).update(place_note="Am Tor")

    assert topics() == []


def test_what_is_rolled_back_is_not_told(webhook: Webhook) -> None:
    with transaction.atomic():
        make_pin()
        transaction.set_rollback(True)

    assert topics() == []


def test_measures_are_told_as_well(webhook: Webhook, server: HookServer) -> None:
    measure = make_measure("M 1", state=Measure.State.PLANNED, is_public=False)
    Measure.objects.update(state=Measure.State.IN_PROGRESS)
    assert topics() == []

    Measure.objects.update(is_public=True)
    Measure.objects.update(state=Measure.State.STOPPED, stopped_because="Kein Geld")
    Measure.objects.update(progress=10)
    tell(webhook)
    measure.delete()
    tell(webhook)

    told = [json.loads(message.body) for message in server.received]
    assert [one["type"] for one in told] == [
        *("measure.published", "measure.state_changed", "measure.removed")
    ]
    assert told[0]["data"]["feature"]["properties"]["number"] == "M 1"
    assert told[1]["data"]["before"] == "in_progress"
    assert told[2]["data"] == {"slug": measure.slug}


def test_what_is_hidden_before_it_is_sent_is_not_told(
    webhook: Webhook, server: HookServer
) -> None:
    make_pin()
    make_measure("M 1")
    spread_events()
    Pin.objects.update(visibility=Visibility.HIDDEN)
    Measure.objects.update(is_public=False)

    send_due(webhook.pk)

    assert set(Delivery.objects.values_list("state", flat=True)) == {State.OUTDATED}
    assert server.received == []


def test_what_is_public_again_is_not_told_to_be_gone(
    webhook: Webhook, server: HookServer
) -> None:
    make_pin()
    make_measure("M 1")
    WebhookEvent.objects.all().delete()
    for visible in (False, True):
        visibility = Visibility.PUBLISHED if visible else Visibility.HIDDEN
        Pin.objects.update(visibility=visibility)
        Measure.objects.update(is_public=visible)

    tell(webhook)

    told = sorted(json.loads(message.body)["type"] for message in server.received)
    assert told == ["measure.published", "pin.published"]


@pytest.mark.parametrize(
    ("status", "problem"),
    [
        (301, Problem.REDIRECTED),
        (404, Problem.REFUSED),
        (429, Problem.REFUSED),
        (500, Problem.REFUSED),
    ],
)
def test_what_fails_is_tried_again_and_then_given_up(
    webhook: Webhook, server: HookServer, status: int, problem: Delivery.Problem
) -> None:
    server.answers["/ok"] = status
    make_pin()
    spread_events()

    for attempt, seconds in enumerate(WAITS, start=1):
        assert send_due(webhook.pk) == 0
        delivery = only_delivery()
        assert (delivery.attempts, delivery.state) == (attempt, State.WAITING)
        assert (delivery.problem, delivery.status_code) == (problem, status)
        assert delivery.tried_at is not None
        wait = (delivery.next_try_at - delivery.tried_at).total_seconds()
        assert seconds <= wait < seconds + 60
        assert send_due(webhook.pk) == 0
        make_due()
    send_due(webhook.pk)

    assert only_delivery().state == State.GIVEN_UP
    assert len(server.received) == len(WAITS) + 1
    make_due()
    send_due(webhook.pk)
    assert len(server.received) == len(WAITS) + 1


def test_a_server_that_is_down_gets_a_rest(
    webhook: Webhook, server: HookServer
) -> None:
    server.answers["/ok"] = 503
    make_pin()
    make_pin()
    spread_events()

    send_due(webhook.pk)
    assert len(server.received) == 1
    webhook.refresh_from_db()
    assert webhook.not_before is not None
    assert start_sending() == 0

    server.answers["/ok"] = 204
    make_due()
    assert send_due(webhook.pk) == 2


def test_a_server_that_chokes_on_one_message_gets_the_others(
    webhook: Webhook, server: HookServer
) -> None:
    server.answers["/ok"] = 400
    make_pin()
    make_pin()
    spread_events()

    send_due(webhook.pk)

    assert len(server.received) == 2


def test_nobody_there(webhook: Webhook, monkeypatch: pytest.MonkeyPatch) -> None:
    make_pin()
    spread_events()

    def fail(*_args: Any) -> int:
        raise connecting.Unreachable(Problem.NO_CONNECTION)

    monkeypatch.setattr(delivering, "post", fail)
    send_due(webhook.pk)

    delivery = only_delivery()
    assert (delivery.problem, delivery.status_code) == (Problem.NO_CONNECTION, None)
    webhook.refresh_from_db()
    assert webhook.not_before == delivery.next_try_at


def test_a_run_ends_in_time(webhook: Webhook, monkeypatch: pytest.MonkeyPatch) -> None:
    make_pin()
    spread_events()
    monkeypatch.setattr(delivering, "RUN", 0.0)

    assert send_due(webhook.pk) == 0
    assert only_delivery().attempts == 0


@pytest.mark.usefixtures("one_connection")
def test_jobs_send_one_webhook_at_a_time(webhook: Webhook, server: HookServer) -> None:
    make_pin()

    tasks.tell_webhooks(timestamp=0)
    # Waits already.
    tasks.tell_webhooks(timestamp=60)

    job = ProcrastinateJob.objects.get(task_name="exports.tasks.send_webhook")
    assert job.args == {"webhook_id": webhook.pk}
    assert job.lock == f"webhook-{webhook.pk}"
    tasks.send_webhook(**job.args)
    assert only_delivery().state == State.DELIVERED
    assert len(server.received) == 1


def test_one_that_is_off_gets_what_waits_once_it_is_on(
    webhook: Webhook, server: HookServer
) -> None:
    make_pin()
    spread_events()
    keeping.switch(webhook=webhook, on=False)
    assert start_sending() == send_due(webhook.pk) == 0
    # Of this nobody is told: it is off.
    make_pin()

    keeping.switch(webhook=webhook, on=True)

    assert tell(webhook) == 1
    assert len(server.received) == 1


def test_a_test_message_tells_nothing(
    webhook: Webhook, server: HookServer, django_capture_on_commit_callbacks: Any
) -> None:
    rest = timezone.now() + datetime.timedelta(hours=1)
    Webhook.objects.update(not_before=rest)

    with django_capture_on_commit_callbacks(execute=True):
        keeping.ping(webhook=webhook)

    assert ProcrastinateJob.objects.filter(lock=f"webhook-{webhook.pk}").exists()
    assert send_due(webhook.pk) == 1
    message = json.loads(server.received[0].body)
    assert (message["type"], message["data"]) == (PING, {})
    assert str(WebhookEvent.objects.get()) == PING


def test_sent_again_by_hand(webhook: Webhook, server: HookServer) -> None:
    make_pin()
    tell(webhook)

    assert keeping.send_again(webhook=webhook, delivery_id=only_delivery().pk)
    assert send_due(webhook.pk) == 1
    first, second = server.received
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    other = make_webhook()
    assert not keeping.send_again(webhook=other, delivery_id=only_delivery().pk)


def test_all_that_was_given_up_again(webhook: Webhook, server: HookServer) -> None:
    make_pin()
    spread_events()
    assert keeping.send_all_given_up(webhook=webhook) == 0
    Delivery.objects.update(state=State.GIVEN_UP, attempts=11)

    assert keeping.send_all_given_up(webhook=webhook) == 1
    assert send_due(webhook.pk) == 1


def test_another_address_is_used_at_once(webhook: Webhook, server: HookServer) -> None:
    make_pin()
    Webhook.objects.update(not_before=timezone.now() + datetime.timedelta(hours=1))

    keeping.change_webhook(
        webhook=webhook, name="Neu", url=f"{server.base}/new", topics=webhook.topics
    )

    assert tell(webhook) == 1
    assert server.received[0].path == "/new"


def test_added_twice_it_is_one(city: None) -> None:
    listener = make_webhook()
    fields: dict[str, Any] = {
        "name": "Neu",
        "url": "https://example.org",
        "topics": [Topic.PIN_PUBLISHED],
        "actor": listener.created_by,
    }
    key = uuid4()

    first = keeping.add_webhook(key=key, **fields)
    assert keeping.add_webhook(key=key, **fields) == first
    assert str(first) == "Neu"


@pytest.mark.usefixtures("one_connection")
def test_old_messages_are_erased(webhook: Webhook) -> None:
    make_pin()
    spread_events()
    make_pin()
    old = WebhookEvent.objects.first()
    assert old is not None
    WebhookEvent.objects.filter(pk=old.pk).update(
        created_at=timezone.now() - datetime.timedelta(days=31)
    )

    tasks.erase_webhook_events(timestamp=0)

    assert WebhookEvent.objects.count() == 1
    assert not Delivery.objects.exists()


def test_one_that_is_deleted_leaves_nothing(webhook: Webhook) -> None:
    make_pin()
    spread_events()

    keeping.delete_webhook(webhook=webhook)

    assert not Delivery.objects.exists()
    assert send_due(webhook.pk) == 0


def test_rows_say_what_they_are(webhook: Webhook) -> None:
    make_pin()
    spread_events()

    delivery = only_delivery()
    assert str(delivery) == f"{webhook.pk}: {delivery.event_id} waiting"
    assert str(delivery.event).startswith("pin.published KL-")
