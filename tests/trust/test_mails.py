"""Mails whose server is away, hangs up, or does not want them."""

import datetime
import smtplib
import socket
from collections.abc import Iterator

import pytest
from django.core.mail import send_mail
from django.core.mail.backends import smtp
from procrastinate.jobs import Job

from tests.mails import Sink, mail_server
from trust import mails
from trust.mails import UNTIL_SENT

WHO = "resident@example.org"
HOUR = 60 * 60
NOW = datetime.datetime(2026, 11, 29, 12, 0, tzinfo=datetime.UTC)


@pytest.fixture(autouse=True)
def _awake(monkeypatch) -> None:
    monkeypatch.setattr(mails._Rest, "until", 0.0)


@pytest.fixture
def sink(settings) -> Iterator[Sink]:
    with mail_server(settings) as sink:
        yield sink


def send() -> None:
    send_mail("Hello", "You", "site@example.org", [WHO])


def pause_after(error: Exception, attempts: int) -> float | None:
    """Return after how many seconds a mail is tried again, None where it is not."""
    job = Job(
        id=1,
        queue="default",
        lock=None,
        queueing_lock=None,
        task_name="letter",
        attempts=attempts,
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("procrastinate.utils.utcnow", lambda: NOW)
        decision = UNTIL_SENT.get_retry_decision(exception=error, job=job)
    if decision is None:
        return None
    assert decision.retry_at is not None
    return (decision.retry_at - NOW).total_seconds()


def test_a_mail_arrives(sink: Sink):
    send()

    assert sink.addresses == [WHO]


@pytest.mark.parametrize("code", [450, 550])
@pytest.mark.parametrize("where", ["refuse", "refuse_data"])
def test_what_is_not_taken_is_told_without_a_name(sink: Sink, where: str, code: int):
    setattr(sink, where, lambda address: f"{code} {address} is unknown")

    with pytest.raises(smtplib.SMTPDataError) as caught:
        send()

    assert caught.value.smtp_code == code
    assert WHO not in str(caught.value)
    assert caught.value.__suppress_context__
    # The next mail may be one that it takes.
    setattr(sink, where, lambda _address: None)
    send()
    assert sink.addresses == [WHO]


def test_a_sender_that_is_not_wanted_is_told_without_a_name(sink: Sink, monkeypatch):
    def refuse(*_: object) -> None:
        raise smtplib.SMTPSenderRefused(553, b"not you", "site@example.org")

    monkeypatch.setattr(smtp.EmailBackend, "send_messages", refuse)

    with pytest.raises(smtplib.SMTPDataError, match="553") as caught:
        send()

    assert "site@" not in str(caught.value)


def test_a_server_that_is_away_is_left_alone_for_a_while(settings, monkeypatch):
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        settings.EMAIL_BACKEND = "trust.mails.MailServer"
        settings.EMAIL_HOST, settings.EMAIL_PORT = nobody.getsockname()
        with pytest.raises(smtplib.SMTPServerDisconnected, match="ConnectionRefused"):
            send()

    with mail_server(settings) as sink:
        with pytest.raises(smtplib.SMTPServerDisconnected, match="a moment ago"):
            send()
        assert sink.mails == []
        monkeypatch.setattr(mails._Rest, "until", 0.0)
        send()
        assert sink.addresses == [WHO]


def test_a_server_that_hung_up_at_one_mail_is_asked_for_the_next(
    sink: Sink, monkeypatch
):
    def hang_up(*_: object) -> None:
        raise smtplib.SMTPServerDisconnected("Connection unexpectedly closed")

    with monkeypatch.context() as patched:
        patched.setattr(smtp.EmailBackend, "send_messages", hang_up)
        with pytest.raises(smtplib.SMTPServerDisconnected):
            send()

    send()

    assert sink.addresses == [WHO]


@pytest.mark.parametrize(
    ("error", "first", "later", "last"),
    [
        (smtplib.SMTPServerDisconnected("away"), 3, 300, 1440),
        (smtplib.SMTPDataError(451, b""), 3, 300, 1440),
        (smtplib.SMTPDataError(550, b""), 3, 3**8, 10),
        # No fault of the server: as any other job.
        (ValueError("no address"), 3, 3**8, 10),
    ],
)
def test_how_long_a_mail_is_tried(error: Exception, first: int, later: int, last: int):
    assert pause_after(error, 0) == first
    assert pause_after(error, 7) == later
    assert pause_after(error, last - 1) is not None
    assert pause_after(error, last) is None


def test_mails_wait_for_an_absent_server_for_days_and_not_for_years():
    error = smtplib.SMTPServerDisconnected("away")
    pauses = [pause_after(error, attempts) for attempts in range(mails.MOST_TRIES)]

    assert 4 * 24 * HOUR < sum(filter(None, pauses)) < 6 * 24 * HOUR
