"""Mails to authors: put into the outbox with the change, sent once, stopped for ever."""

import email
import re
import socket
from email import policy
from uuid import uuid4

import pytest
from aiosmtpd.controller import Controller
from django.core import mail
from django.db import OperationalError, connection, transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from pins.actions import (
    change_status,
    forget_contact,
    hide_pin,
    publish_pin,
    reject_pin,
    withdraw_pin,
)
from pins.comments import hide_comment, publish_official_comment, submit_comment
from pins.models import Contact, Pin
from pins.notifications import Event, write_update
from pins.tasks import send_update
from pins.workflow import Role, Status, Visibility
from tests.factories import (
    make_contact,
    make_district,
    make_moderator,
    make_pin,
)

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


def review(pin, actor, note=""):
    change_status(
        pin=pin,
        to=Status.IN_REVIEW,
        actor=actor,
        roles={Role.BODY},
        body=None,
        public_note=note,
    )


def test_every_decision_is_told(waiting, moderator):
    publish_pin(pin=waiting, actor=moderator, read=waiting.words_digest)
    review(waiting, moderator)
    hide_pin(pin=waiting, actor=moderator, reason=REASON)

    assert events() == ["published", "status_changed", "hidden"]


def test_a_refusal_is_told(waiting, moderator):
    reject_pin(pin=waiting, actor=moderator, reason=REASON)

    assert events() == ["rejected"]


def test_ones_own_withdrawal_is_not(waiting):
    withdraw_pin(pin=waiting)

    assert outbox() == []


def test_nobody_to_tell_nothing_to_send(moderator):
    pin = make_pin(visibility=Visibility.SUBMITTED)

    publish_pin(pin=pin, actor=moderator, read=pin.words_digest)

    assert outbox() == []


def test_a_change_that_is_rolled_back_tells_nobody(waiting, moderator):
    with transaction.atomic():
        publish_pin(pin=waiting, actor=moderator, read=waiting.words_digest)
        transaction.set_rollback(True)

    assert outbox() == []


def test_a_refused_step_tells_nobody(waiting, moderator):
    with pytest.raises(Exception, match=r"."):
        reject_pin(pin=waiting, actor=moderator, reason="")

    assert outbox() == []


def test_an_address_erased_meanwhile_gets_nothing(waiting, moderator):
    publish_pin(pin=waiting, actor=moderator, read=waiting.words_digest)
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
    review(pin, moderator, "Wir sehen es uns an.")
    change_status(
        pin=pin,
        to=Status.ENDORSED,
        actor=moderator,
        roles={Role.BODY},
        body=None,
        public_note="Wir sind dafür.",
    )

    deliver()

    told = [message.body for message in mailoutbox]
    assert len(told) == 4
    assert [REASON in text for text in told] == [True, False, False, False]
    assert ["Wir sehen es" in text for text in told] == [False, False, True, False]
    assert ["Wir sind dafür" in text for text in told] == [False, False, False, True]
    assert str(Status.IN_REVIEW.label) in told[2]
    assert str(Status.ENDORSED.label) in told[3]


def say(pin, actor):
    """Comment officially."""
    return publish_official_comment(
        reference=pin.reference,
        text="„Das“ <prüfen> wir.",
        language="de",
        idempotency_key=uuid4(),
        actor=actor,
        body=None,
    )


def write(pin, contact, event):
    """Return the mail about the last change of this kind."""
    changes = {
        Event.PUBLISHED: pin.visibility_changes.filter(to_visibility="published"),
        Event.REJECTED: pin.visibility_changes.filter(to_visibility="rejected"),
        Event.HIDDEN: pin.visibility_changes.filter(to_visibility="hidden"),
        Event.STATUS_CHANGED: pin.status_changes.all(),
        Event.COMMENTED: pin.comments.all(),
    }
    return write_update(contact, event, changes[event].last())


@pytest.fixture
def eventful(moderator):
    """A pin to which everything happened that authors are told."""
    pin = make_pin(
        visibility=Visibility.SUBMITTED, title="Bänke & „Tische“ <am> Brunnen"
    )
    reject_pin(pin=pin, actor=moderator, reason=REASON)
    publish_pin(pin=pin, actor=moderator, read=pin.words_digest)
    review(pin, moderator, "Wir nehmen es in die <nächste> Sitzung.")
    say(pin, moderator)
    hide_pin(pin=pin, actor=moderator, reason=REASON)
    return pin


@pytest.mark.parametrize("event", Event)
@pytest.mark.parametrize(("language", "prefix"), [("de", "/"), ("en", "/en/")])
def test_what_a_mail_says(eventful, settings, event, language, prefix):
    settings.BASE_URL = "https://mitmachen.example.org"
    pin = eventful

    message = write(pin, make_contact(pin, language=language), event)

    body = message.body
    assert message.to == ["kim@example.org"]
    assert pin.reference in message.subject
    assert pin.title in body
    assert "&" not in body.replace(pin.title, "")
    assert f"https://mitmachen.example.org{prefix}pins/updates/" in body
    public_link = f"https://mitmachen.example.org{prefix}pins/{pin.reference}\n"
    tells_of_the_page = {Event.PUBLISHED, Event.STATUS_CHANGED, Event.COMMENTED}
    assert (public_link in body) == (event in tells_of_the_page)
    assert (REASON in body) == (event in {Event.REJECTED, Event.HIDDEN})
    assert ("<nächste> Sitzung" in body) == (event == Event.STATUS_CHANGED)
    assert ("„Das“ <prüfen> wir" in body) == (event == Event.COMMENTED)


@pytest.mark.django_db(transaction=True)
def test_an_official_comment_is_told(waiting, moderator, mailoutbox):
    publish_pin(pin=waiting, actor=moderator, read=waiting.words_digest)
    say(waiting, moderator)
    submit_comment(
        reference=waiting.reference,
        text="Das sehe ich auch so.",
        language="de",
        idempotency_key=uuid4(),
    )

    assert events() == ["published", "commented"]
    deliver()

    assert len(mailoutbox) == 2
    assert "„Das“ <prüfen> wir" in mailoutbox[1].body


@pytest.mark.django_db(transaction=True)
def test_a_comment_hidden_meanwhile_is_not_told(waiting, moderator, mailoutbox):
    publish_pin(pin=waiting, actor=moderator, read=waiting.words_digest)
    comment = say(waiting, moderator)
    hide_comment(comment=comment, actor=moderator, reason=REASON)

    deliver()

    assert len(mailoutbox) == 1


def test_a_mail_names_nobody(eventful, moderator):
    contact = make_contact(eventful)
    moderator.first_name, moderator.last_name = "Mona", "Mustermann"
    moderator.save()

    for event in Event:
        body = str(write(eventful, contact, event).body)
        assert not re.search("Mona|Mustermann|moderation", body)


@pytest.mark.parametrize("event", Event)
def test_a_title_cannot_become_a_header(eventful, event):
    Pin.objects.update(title="Ein Titel\r\nBcc: opfer@example.org\r\n\r\nText")
    eventful.refresh_from_db()

    message = write(eventful, make_contact(eventful), event).message()

    assert set(message.keys()) <= {
        "Content-Type",
        "Content-Transfer-Encoding",
        "MIME-Version",
        "Subject",
        "From",
        "To",
        "Date",
        "Message-ID",
    }
    assert "\n" not in message["Subject"]
    assert "Bcc: opfer@example.org" in message.get_payload()


@pytest.fixture
def sink(settings):
    """A real mail server on this machine; the mails it got are in `.mails`."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    handler = Sink()
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    yield handler
    controller.stop()


class Sink:
    def __init__(self):
        self.mails = []

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 – aiosmtpd's
        message = email.message_from_bytes(envelope.content, policy=policy.default)
        self.mails.append((envelope.rcpt_tos, message))
        return "250 kept"


def work_off():
    """Let the worker do what is waiting, the way `manage.py procrastinate worker` does."""
    connector = app.connector.get_worker_connector()  # type: ignore[attr-defined]
    with app.replace_connector(connector) as worker:
        worker.run_worker(
            wait=False,
            listen_notify=False,
            install_signal_handlers=False,
            delete_jobs="successful",
        )


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("language", "stop_page"), [("de", "/pins/updates/"), ("en", "/en/pins/updates/")]
)
def test_a_mail_arrives_and_its_link_ends_the_mails(
    sink, client, settings, language, stop_page
):
    settings.DEFAULT_FROM_EMAIL = "Mitmachkarte <karte@example.org>"
    make_district(16)
    moderator = make_moderator()
    pin = make_pin(visibility=Visibility.SUBMITTED, title="Bänke am Brunnen 🌳")
    make_contact(pin, language=language)
    publish_pin(pin=pin, actor=moderator, read=pin.words_digest)

    work_off()

    ((recipients, message),) = sink.mails
    assert recipients == ["kim@example.org"]
    assert message["From"] == "Mitmachkarte <karte@example.org>"
    assert pin.reference in message["Subject"]
    text = message.get_content()
    assert "Bänke am Brunnen 🌳" in text
    assert not ProcrastinateJob.objects.exists()

    (stop_url,) = re.findall(r"http://testserver(/\S+/stop)\b", text)
    assert stop_url.startswith(stop_page)
    # Programs that follow links must not end the mails: only the button does.
    assert client.get(stop_url).status_code == 200
    assert Contact.objects.exists()
    assert client.post(stop_url).status_code == 200
    assert not Contact.objects.exists()

    review(pin, moderator)
    work_off()
    assert len(sink.mails) == 1


@pytest.mark.django_db(transaction=True)
def test_a_mail_server_that_is_down_loses_nothing(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        settings.EMAIL_HOST, settings.EMAIL_PORT = closed.getsockname()
    make_district(16)
    moderator, pin = make_moderator(), make_pin(visibility=Visibility.SUBMITTED)
    make_contact(pin)
    publish_pin(pin=pin, actor=moderator, read=pin.words_digest)

    work_off()

    job = ProcrastinateJob.objects.get()
    assert (job.status, job.attempts) == ("todo", 1)
    assert job.scheduled_at is not None


@pytest.mark.django_db(transaction=True)
def test_a_restart_of_the_database_costs_one_attempt(mailoutbox):
    make_district(16)
    pin = make_pin(visibility=Visibility.SUBMITTED)
    make_contact(pin)
    publish_pin(pin=pin, actor=make_moderator(), read=pin.words_digest)
    ((_, job),) = outbox()
    with pytest.raises(OperationalError):
        # What a restart does to the connection that a worker holds.
        connection.cursor().execute("SELECT pg_terminate_backend(pg_backend_pid())")

    with pytest.raises(OperationalError):
        send_update(**job)
    send_update(**job)

    assert len(mailoutbox) == 1
