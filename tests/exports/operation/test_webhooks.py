"""The operator's pages of webhooks: the secret once, deliveries in sight, by buttons."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from exports.models import Delivery, Topic, Webhook, WebhookEvent
from tests.factories import make_moderator, make_operator, make_planner, make_webhook
from tests.pages import fields_of, text_of

State = Delivery.State
NEW = "/operation/webhooks/new"
FORM: dict[str, Any] = {
    "name": "Fachverfahren  Tiefbau",
    "url": "https://systems.example.org/hooks?for=map",
    "topics": ["pin.published", "measure.state_changed"],
}


@pytest.fixture
def operator(client: Client, db: None) -> Client:
    client.force_login(make_operator())
    return client


@pytest.fixture
def webhook(operator: Client) -> Webhook:
    return make_webhook()


def page_of(webhook: Webhook) -> str:
    return f"/operation/webhooks/{webhook.pk}/"


def deliver(webhook: Webhook, **fields: Any) -> Delivery:
    event = WebhookEvent.objects.create(
        topic=Topic.PIN_PUBLISHED, subject="KL-2026-00001"
    )
    return Delivery.objects.create(webhook=webhook, event=event, **fields)


def press(client: Client, webhook: Webhook, action: str, **fields: Any) -> Any:
    return client.post(f"{page_of(webhook)}act", {"action": action, **fields})


def test_the_secret_is_shown_once(operator: Client) -> None:
    data = {**FORM, "key": fields_of(operator.get(NEW))["key"]}

    response = operator.post(NEW, data)
    # A double click.
    operator.post(NEW, data)

    webhook = Webhook.objects.get()
    assert response["Location"] == page_of(webhook)
    assert (webhook.name, webhook.topics) == ("Fachverfahren Tiefbau", FORM["topics"])
    assert webhook.url == FORM["url"]
    page = operator.get(page_of(webhook))
    assert webhook.secret in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    again = operator.get(page_of(webhook)).content.decode()
    assert webhook.secret not in again
    assert webhook.secret not in operator.get("/operation/webhooks/").content.decode()


def test_without_its_key_a_form_counts_too(operator: Client) -> None:
    assert operator.post(NEW, FORM).status_code == 302


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "x" * 81},
        {"name": "a\x00b"},
        {"url": ""},
        {"url": "http://systems.example.org/"},
        {"url": "https://user:secret@systems.example.org/"},
        {"url": "https://10.0.0.1/"},
        {"url": "https://[::ffff:127.0.0.1]/"},
        {"url": "https://systems.example.org:22/"},
        {"url": f"https://systems.example.org/{'x' * 500}"},
        {"topics": []},
        {"topics": ["pin.submitted"]},
        {"key": "x"},
    ],
)
def test_what_is_wrong_is_said_with_what_was_typed(
    operator: Client, webhook: Webhook, wrong: dict[str, Any]
) -> None:
    data = {**FORM, "key": str(uuid4()), **wrong}

    for url in (NEW, f"{page_of(webhook)}edit"):
        response = operator.post(url, data)
        assert response.status_code == 422
        fields = fields_of(response)
        for name in {"name", "url"} - set(wrong):
            assert fields[name] == FORM[name]
    assert Webhook.objects.count() == 1


def test_changing(operator: Client, webhook: Webhook) -> None:
    url = f"{page_of(webhook)}edit"
    assert fields_of(operator.get(url))["url"] == webhook.url

    response = operator.post(url, FORM)

    assert response["Location"] == page_of(webhook)
    webhook.refresh_from_db()
    assert webhook.url == FORM["url"]


def test_deliveries_say_how_it_went(operator: Client, webhook: Webhook) -> None:
    deliver(webhook)
    deliver(webhook, state=State.DELIVERED, status_code=204, attempts=1)
    deliver(webhook, state=State.GIVEN_UP, status_code=500, problem="refused")
    deliver(webhook, state=State.OUTDATED)

    page = text_of(operator.get(f"/en{page_of(webhook)}"))
    for words in ("Waiting", "Next attempt", "204", "The server refused it", "500"):
        assert words in page
    overview = text_of(operator.get("/en/operation/webhooks/"))
    assert "1 message given up" in overview
    assert "1 message waits" in overview
    waiting = operator.get(f"/en{page_of(webhook)}?state=waiting").content.decode()
    assert waiting.count("KL-2026-00001</h3>") == 1
    everything = operator.get(f"/en{page_of(webhook)}?state=x").content.decode()
    assert everything.count("KL-2026-00001</h3>") == 4


def test_the_list_asks_a_fixed_number_of_queries(
    operator: Client, webhook: Webhook, django_assert_max_num_queries: Any
) -> None:
    for _number in range(60):
        deliver(webhook, state=State.GIVEN_UP)

    with django_assert_max_num_queries(12):
        response = operator.get(page_of(webhook))
    assert b"page=2" in response.content
    assert operator.get(f"{page_of(webhook)}?page=2").status_code == 200


def test_buttons(operator: Client, webhook: Webhook) -> None:
    given_up = deliver(webhook, state=State.GIVEN_UP)

    press(operator, webhook, "off")
    assert not Webhook.objects.filter(is_active=True).exists()
    press(operator, webhook, "on")
    assert Webhook.objects.filter(is_active=True).exists()
    press(operator, webhook, "resend", delivery=given_up.pk)
    given_up.refresh_from_db()
    assert given_up.state == State.WAITING
    Delivery.objects.update(state=State.GIVEN_UP)
    press(operator, webhook, "resend_all")
    given_up.refresh_from_db()
    assert given_up.state == State.WAITING
    assert press(operator, webhook, "ping")["Location"] == page_of(webhook)
    assert webhook.deliveries.count() == 2
    assert "Test message" in text_of(operator.get(f"/en{page_of(webhook)}"))


def test_a_new_secret_is_shown_once(operator: Client, webhook: Webhook) -> None:
    old = webhook.secret
    seen = fields_of(operator.get(page_of(webhook)))["seen"]

    press(operator, webhook, "rotate", seen=seen)
    # Pressed twice.
    press(operator, webhook, "rotate", seen=seen)

    webhook.refresh_from_db()
    assert webhook.secret != old
    assert webhook.secret in operator.get(page_of(webhook)).content.decode()
    assert webhook.secret not in operator.get(page_of(webhook)).content.decode()


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"action": "explode"},
        {"action": "resend"},
        {"action": "resend", "delivery": "x"},
        {"action": "resend", "delivery": "9" * 30},
        {"action": "resend", "delivery": "1\x00"},
        {"action": "resend", "delivery": "0"},
        {"action": "rotate"},
        {"action": "rotate", "seen": "x"},
    ],
)
def test_what_no_button_says(
    operator: Client, webhook: Webhook, fields: dict[str, str]
) -> None:
    response = operator.post(f"{page_of(webhook)}act", fields)

    assert response.status_code == 400
    assert webhook.name in text_of(response)


def test_deleting_asks_first(operator: Client, webhook: Webhook) -> None:
    url = f"{page_of(webhook)}delete"
    assert webhook.name in text_of(operator.get(url))
    assert Webhook.objects.exists()

    assert operator.post(url)["Location"] == "/operation/webhooks/"
    assert not Webhook.objects.exists()
    assert operator.post(url).status_code == 404


def test_nobody_else(client: Client, db: None) -> None:
    webhook = make_webhook()
    addresses = [
        *("/operation/", "/operation/webhooks/", NEW, page_of(webhook)),
        *(f"{page_of(webhook)}{part}" for part in ("edit", "delete")),
    ]
    for address in addresses[1:]:
        assert "/accounts/login/" in client.get(address)["Location"]
    for make in (make_moderator, make_planner):
        client.force_login(make())
        for address in addresses[1:]:
            assert client.get(address).status_code == 403
        assert press(client, webhook, "off").status_code == 403
    webhook.refresh_from_db()
    assert webhook.is_active


def test_other_methods_and_unknown_ones(operator: Client, webhook: Webhook) -> None:
    assert operator.get(f"{page_of(webhook)}act").status_code == 405
    assert operator.post(page_of(webhook)).status_code == 405
    assert operator.post("/operation/webhooks/").status_code == 405
    assert operator.get("/operation/webhooks/0/").status_code == 404
    assert operator.get("/operation/")["Location"] == "/operation/webhooks/"


def test_signing_in_leads_here(operator: Client) -> None:
    assert operator.get("/accounts/start/")["Location"] == "/operation/webhooks/"
    assert "/operation/webhooks/" in operator.get("/").content.decode()
