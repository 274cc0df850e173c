"""A clock that was ahead, and is set right: nobody waits for what it has written."""

import datetime
from uuid import uuid4

import pytest
from axes.models import AccessAttempt
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone

from exports.models import Delivery, Webhook, WebhookEvent
from operation.set_back import bring_back
from operation.tasks import bring_back_from_future
from pins.models import Mailbox, QueueEntry
from tests.factories import make_district, make_moderator, make_pin, make_webhook
from trust.models import DailySalt, Hit, KnownText

MINUTE = datetime.timedelta(minutes=1)
HOUR = datetime.timedelta(hours=1)
YEAR = datetime.timedelta(days=365)


def defer(moment: datetime.datetime, status: str = "todo") -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status, scheduled_at)"
            " VALUES ('default', 'send', %s, %s) RETURNING id",
            [status, moment],
        )
        ((job,),) = cursor.fetchall()
    return int(job)


def waits_for(job: int) -> datetime.datetime:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT scheduled_at FROM procrastinate_jobs WHERE id = %s", [job]
        )
        ((moment,),) = cursor.fetchall()
    found: datetime.datetime = moment
    return found


def everything_of(moment: datetime.datetime) -> None:
    """Let a job, a letter, a message, a moderator and a guess wait for a moment."""
    make_district(16)
    pin = make_pin(visibility="submitted")
    QueueEntry.objects.filter(pin=pin).update(
        claimed_by=make_moderator(), claimed_at=moment, renewed_at=moment
    )
    Mailbox.objects.create(email="kim@example.org", not_before=moment)
    webhook = make_webhook()
    Webhook.objects.update(not_before=moment)
    event = WebhookEvent.objects.create(topic="ping", subject="")
    Delivery.objects.create(webhook=webhook, event=event, next_try_at=moment)
    AccessAttempt.objects.create(
        username="x", ip_address="fd00::1", failures_since_start=5
    )
    AccessAttempt.objects.update(attempt_time=moment)
    DailySalt.objects.create(day=moment.date())
    Hit.objects.create(digest=b"1" * 16, what="pin", until=moment)
    KnownText.objects.create(digest=b"1" * 16, sketch=[1], form=uuid4(), seen_at=moment)
    Session.objects.create(session_key="k" * 32, session_data="", expire_date=moment)
    defer(moment)


def test_what_waits_for_a_year_waits_no_longer(db: None) -> None:
    everything_of(timezone.now() + YEAR)

    counts = bring_back()

    assert counts == dict.fromkeys(
        (
            *("jobs", "mailboxes", "messages", "webhooks", "claims"),
            *("wrong passwords", "salts", "counts", "texts", "sessions"),
        ),
        1,
    )
    soon = timezone.now() + MINUTE
    assert Mailbox.objects.get().not_before < soon
    assert Delivery.objects.get().next_try_at < soon
    assert Webhook.objects.get().not_before is None
    renewed_at = QueueEntry.objects.get().renewed_at
    assert renewed_at is not None
    assert renewed_at < soon
    assert not AccessAttempt.objects.exists()
    assert not Session.objects.exists()
    assert not DailySalt.objects.exists()
    assert not Hit.objects.exists()
    assert KnownText.objects.get().seen_at < soon
    assert bring_back() == {}


def test_what_was_put_off_is_left_alone(db: None) -> None:
    everything_of(timezone.now() - MINUTE)
    job = defer(timezone.now() + 20 * HOUR)
    done = defer(timezone.now() + YEAR, "succeeded")
    Mailbox.objects.update(not_before=timezone.now() + 24 * HOUR)
    Delivery.objects.update(next_try_at=timezone.now() + 36 * HOUR)

    assert bring_back() == {}

    assert waits_for(job) > timezone.now() + HOUR
    assert waits_for(done) > timezone.now() + HOUR


def test_a_clock_that_is_behind_signs_nobody_out(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    everything_of(timezone.now() + YEAR)
    monkeypatch.setattr("trust.clock.apart", lambda _now=None: -10 * MINUTE)

    assert bring_back() == {}

    assert Session.objects.exists()


def test_the_worker_says_what_it_found(
    transactional_db: None, caplog: pytest.LogCaptureFixture
) -> None:
    defer(timezone.now() + YEAR)

    bring_back_from_future(timestamp=0)
    bring_back_from_future(timestamp=0)

    said = [r.getMessage() for r in caplog.records if r.name == "operation.tasks"]
    assert said == ["1 jobs of a clock that was ahead brought back."]
