"""What moderation decides is told to the author alone, at once, until they stop it."""

import re
import socket

import pytest
from django.core import mail
from django.db import OperationalError, connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from pins.actions import (
    forget_contact,
    hide_pin,
    publish_pin,
    reject_pin,
    withdraw_pin,
)
from pins.models import Contact, Pin
from pins.notifications import Event, write_update
from pins.tasks import send_update
from pins.workflow import Visibility
from tests.factories import make_contact, make_district, make_moderator, make_pin
from tests.mails import mail_server, work_off

REASON = "Es nennt den Namen eines Nachbarn."


@pytest.fixture
def moderator(db):
    make_district(16)
    return make_moderator()


@pytest.fixture
def waiting(moderator):
    """A pin that waits for its decision, with an address."""
    pin = make_pin(visibility=Visibility.SUBMITTED)
    make_contact(pin)
    return pin


def outbox():
    return list(
        ProcrastinateJob.objects.order_by("id").values_list("task_name", "args")
    )


def events():
    return [args["event"] for _, args in outbox()]


def deliver():
    """Do what stands in the outbox, as the worker would."""
    for name, args in outbox():
        assert name == "pins.tasks.send_update"
        send_update(**args)


def test_each_refusal_is_told_at_once(waiting, moderator):
    reject_pin(pin=waiting, actor=moderator, reason=REASON)
    publish_pin(pin=waiting, actor=moderator, read=waiting.words_digest)
    hide_pin(pin=waiting, actor=moderator, reason=REASON)

    assert events() == ["rejected", "hidden"]


def test_ones_own_withdrawal_is_not(waiting):
    withdraw_pin(pin=waiting)

    assert outbox() == []


def test_nobody_to_tell_nothing_to_send(moderator):
    pin = make_pin(visibility=Visibility.SUBMITTED)

    reject_pin(pin=pin, actor=moderator, reason=REASON)

    assert outbox() == []


def test_a_change_that_is_rolled_back_tells_nobody(waiting, moderator):
    with transaction.atomic():
        reject_pin(pin=waiting, actor=moderator, reason=REASON)
        transaction.set_rollback(True)

    assert outbox() == []


def test_a_refused_step_tells_nobody(waiting, moderator):
    with pytest.raises(Exception, match=r"."):
        reject_pin(pin=waiting, actor=moderator, reason="")

    assert outbox() == []


def test_an_address_erased_meanwhile_gets_nothing(waiting, moderator):
    reject_pin(pin=waiting, actor=moderator, reason=REASON)
    forget_contact(pin=waiting)

    ((_, job),) = outbox()
    send_update(**job)

    assert mail.outbox == []


@pytest.mark.django_db(transaction=True)
def test_a_late_mail_tells_what_happened_then(mailoutbox):
    """The mail server was down, and meanwhile much came to pass."""
    make_district(16)
    moderator, pin = make_moderator(), make_pin(visibility=Visibility.SUBMITTED)
    make_contact(pin)
    reject_pin(pin=pin, actor=moderator, reason=REASON)
    publish_pin(pin=pin, actor=moderator, read=pin.words_digest)
    hide_pin(pin=pin, actor=moderator, reason="Es ist ein anderer Grund.")

    deliver()

    told = [message.body for message in mailoutbox]
    assert [REASON in text for text in told] == [True, False]
    assert ["ein anderer Grund" in text for text in told] == [False, True]


def write(pin, contact, event):
    """Return the mail about the last change of this kind."""
    change = pin.visibility_changes.filter(to_visibility=event.value).last()
    return write_update(contact, event, change)


@pytest.fixture
def refused(moderator):
    """A pin that was rejected and hidden."""
    pin = make_pin(
        visibility=Visibility.SUBMITTED, title="Bänke & „Tische“ <am> Brunnen"
    )
    reject_pin(pin=pin, actor=moderator, reason=REASON)
    publish_pin(pin=pin, actor=moderator, read=pin.words_digest)
    hide_pin(pin=pin, actor=moderator, reason=REASON)
    return pin


@pytest.mark.parametrize("event", Event)
@pytest.mark.parametrize(("language", "prefix"), [("de", "/"), ("en", "/en/")])
def test_what_a_mail_says(refused, settings, event, language, prefix):
    settings.BASE_URL = "https://mitmachen.example.org"
    pin = refused

    message = write(pin, make_contact(pin, language=language), event)

    body = message.body
    assert message.to == ["kim@example.org"]
    assert pin.reference in message.subject
    assert pin.title in body
    assert "&" not in body.replace(pin.title, "")
    assert f"https://mitmachen.example.org{prefix}pins/updates/" in body
    assert f"{prefix}pins/{pin.reference}\n" not in body
    assert REASON in body


def test_a_mail_names_nobody(refused, moderator):
    contact = make_contact(refused)
    # So long that no token in a link holds any of it.
    moderator.first_name, moderator.last_name = "Monalotte", "Mustermann"
    moderator.save()

    for event in Event:
        body = str(write(refused, contact, event).body)
        assert not re.search("Monalotte|Mustermann|moderation", body)


@pytest.mark.parametrize("event", Event)
def test_a_title_cannot_become_a_header(refused, event):
    Pin.objects.update(title="Ein Titel\r\nBcc: opfer@example.org\r\n\r\nText")
    refused.refresh_from_db()

    message = write(refused, make_contact(refused), event).message()

    assert set(message.keys()) <= {
        "Content-Type",
        "Content-Transfer-Encoding",
        "MIME-Version",
        "Subject",
        "From",
        "To",
        "Date",
        "Message-ID",
        "Auto-Submitted",
    }
    assert "\n" not in message["Subject"]
    assert "Bcc: opfer@example.org" in message.get_payload()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("language", "stop_page"), [("de", "/pins/updates/"), ("en", "/en/pins/updates/")]
)
def test_a_mail_arrives_and_its_link_ends_the_mails(
    client, settings, language, stop_page
):
    settings.DEFAULT_FROM_EMAIL = "Mitmachkarte <karte@example.org>"
    make_district(16)
    moderator = make_moderator()
    pin = make_pin(visibility=Visibility.SUBMITTED, title="Bänke am Brunnen 🌳")
    make_contact(pin, language=language)
    reject_pin(pin=pin, actor=moderator, reason=REASON)

    with mail_server(settings) as sink:
        work_off()

    ((recipients, message),) = sink.mails
    assert recipients == ["kim@example.org"]
    assert message["From"] == "Mitmachkarte <karte@example.org>"
    assert pin.reference in message["Subject"]
    text = message.get_content()
    assert "Bänke am Brunnen 🌳" in text
    assert not ProcrastinateJob.objects.filter(status="failed").exists()

    (stop_url,) = re.findall(r"http://testserver(/\S+/stop)\b", text)
    assert stop_url.startswith(stop_page)
    # Programs that follow links must not end the mails: only the button does.
    assert client.get(stop_url).status_code == 200
    assert Contact.objects.exists()
    assert client.post(stop_url).status_code == 200
    assert not Contact.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_mail_server_that_is_down_loses_nothing(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    make_district(16)
    moderator, pin = make_moderator(), make_pin(visibility=Visibility.SUBMITTED)
    make_contact(pin)
    reject_pin(pin=pin, actor=moderator, reason=REASON)

    with socket.socket() as closed:
        # Held, so that no other program listens there.
        closed.bind(("127.0.0.1", 0))
        settings.EMAIL_HOST, settings.EMAIL_PORT = closed.getsockname()
        work_off()

    job = ProcrastinateJob.objects.get(task_name="pins.tasks.send_update")
    assert (job.status, job.attempts) == ("todo", 1)
    assert job.scheduled_at is not None


@pytest.mark.django_db(transaction=True)
def test_a_restart_of_the_database_costs_one_attempt(mailoutbox):
    make_district(16)
    pin = make_pin(visibility=Visibility.SUBMITTED)
    make_contact(pin)
    reject_pin(pin=pin, actor=make_moderator(), reason=REASON)
    ((_, job),) = outbox()
    with pytest.raises(OperationalError):
        # What a restart does to the connection that a worker holds.
        connection.cursor().execute("SELECT pg_terminate_backend(pg_backend_pid())")

    with pytest.raises(OperationalError):
        send_update(**job)
    send_update(**job)

    assert len(mailoutbox) == 1
