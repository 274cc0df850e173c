"""Mails about news: at most one a day, none lost, none held up, none sent twice."""

import datetime
import logging
import re
import socket
from smtplib import SMTPServerDisconnected
from threading import Event as Signal
from threading import Thread

import pytest
from django.core.mail.backends.smtp import EmailBackend
from django.db import OperationalError, connection
from django.utils import timezone

from pins.actions import change_status, hide_pin
from pins.models import Mailbox, News, Notice
from pins.tasks import tell_news
from pins.telling.mailing import erase_told_news, send_mails
from pins.telling.spreading import spread_news
from pins.workflow import Role, Status
from tests.factories import (
    make_contact,
    make_district,
    make_follow,
    make_moderator,
    make_pin,
    make_user,
)
from tests.mails import let_a_day_pass, let_the_minute_pass, mail_server, parts_of, tell

LOU, KIM = "lou@example.org", "kim@example.org"
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def actor():
    make_district(16)
    return make_user()


@pytest.fixture
def pin(actor):
    return make_pin(title="Bänke am Brunnen")


@pytest.fixture
def sink(settings):
    with mail_server(settings) as sink:
        yield sink


def move(pin, actor, to=Status.IN_REVIEW, note=""):
    change_status(
        pin=pin,
        to=to,
        actor=actor,
        roles={Role.BODY},
        body=None,
        public_note=note,
    )


def test_the_first_comes_at_once_and_the_rest_together_a_day_later(sink, pin, actor):
    make_follow(pin_id=pin.pk)
    move(pin, actor, note="Wir prüfen es.")
    assert tell() == 1

    move(pin, actor, Status.ENDORSED, note="Wir sind dafür.")
    other = make_pin(title="Ein Weg zur Schule")
    make_follow(pin_id=other.pk)
    move(other, actor)
    assert tell() == 0
    let_a_day_pass()
    assert tell() == 1

    first, second = [message for _to, message in sink.mails]
    assert "Bänke am Brunnen" in first["Subject"]
    text = parts_of(second)["text/plain"]
    assert "Wir prüfen es." not in text
    assert "Wir sind dafür." in text
    assert "Ein Weg zur Schule" in text
    assert tell() == 0


def test_a_mail_has_two_parts_and_says_how_to_end_it(sink, pin, actor, settings):
    settings.BASE_URL = "https://mitmachen.example.org"
    settings.DEFAULT_FROM_EMAIL = "Mitmachkarte <karte@example.org>"
    make_follow(pin_id=pin.pk)
    move(pin, actor)

    tell()

    ((recipients, message),) = sink.mails
    assert recipients == [LOU]
    assert message["From"] == "Mitmachkarte <karte@example.org>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = r"<https://mitmachen\.example\.org/follow/[^>\s]+/stop>"
    assert re.fullmatch(link, message["List-Unsubscribe"].strip())
    assert message.get_content_type() == "multipart/alternative"
    assert list(parts_of(message)) == ["text/plain", "text/html"]
    assert '<html lang="de"' in parts_of(message)["text/html"]


def test_one_click_ends_it_without_page_or_cookie(sink, pin, actor, client):
    make_follow(pin_id=pin.pk)
    move(pin, actor)
    tell()
    ((_to, message),) = sink.mails
    path = (
        message["List-Unsubscribe"].strip("<> \r\n").removeprefix("http://testserver")
    )

    response = client.post(path, {"List-Unsubscribe": "One-Click"})

    assert response.status_code == 200
    assert not Mailbox.objects.exists()
    move(pin, actor, Status.ENDORSED)
    let_a_day_pass()
    assert tell() == 0


def test_author_and_follower_of_one_address_get_one_mail(sink, pin, actor):
    make_contact(pin, "Lou@example.org")
    make_follow(pin_id=pin.pk)
    move(pin, actor)

    assert tell() == 1
    ((_to, message),) = sink.mails
    assert (
        "Ihr Beitrag" in parts_of(message)["text/plain"]
        or "Your contribution" in (parts_of(message)["text/plain"])
    )


def test_a_server_that_is_down_delays_and_loses_nothing(settings, pin, actor):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        settings.EMAIL_HOST, settings.EMAIL_PORT = closed.getsockname()
        for n in range(5):
            make_follow(f"{n}@example.org", pin_id=pin.pk)
        move(pin, actor)
        assert tell() == 0

    # It is left alone after a few; nobody has lost anything.
    assert Mailbox.objects.filter(not_before__gt=timezone.now()).count() == 3
    assert Notice.objects.unsent().count() == 5
    let_a_day_pass()
    with mail_server(settings) as sink:
        assert send_mails() == 5
    assert sorted(sink.addresses) == [f"{n}@example.org" for n in range(5)]


def test_a_server_that_never_answers_is_given_up(settings, pin, actor):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_TIMEOUT = 0.05
    make_follow(pin_id=pin.pk)
    move(pin, actor)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.EMAIL_HOST, settings.EMAIL_PORT = silent.getsockname()
        assert tell() == 0

    assert Notice.objects.unsent().count() == 1


def test_an_address_that_is_refused_does_not_hold_up_the_others(sink, pin, actor):
    sink.refuse = lambda address: "550 no such user" if address == KIM else None
    make_follow(KIM, pin_id=pin.pk)
    make_follow(LOU, pin_id=pin.pk)
    move(pin, actor)

    assert tell() == 1

    assert sink.addresses == [LOU]
    kim = Mailbox.objects.get(email=KIM)
    assert kim.refusals == 1
    assert kim.not_before > timezone.now() + datetime.timedelta(minutes=50)


def test_words_that_are_refused_do_not_hold_up_the_others(sink, pin, actor):
    sink.refuse_data = lambda address: "554 spam" if address == KIM else None
    make_follow(KIM, pin_id=pin.pk)
    make_follow(LOU, pin_id=pin.pk)
    move(pin, actor)

    assert tell() == 1
    assert sink.addresses == [LOU]


def test_who_was_refused_gets_it_once_they_are_known(sink, pin, actor):
    sink.refuse = lambda _address: "450 try later"
    make_follow(pin_id=pin.pk)
    move(pin, actor)
    assert tell() == 0
    sink.refuse = lambda _address: None
    assert send_mails() == 0

    let_a_day_pass()

    assert send_mails() == 1
    assert Mailbox.objects.get().refusals == 0


def test_an_address_that_cannot_be_written_does_not_hold_up_the_others(
    sink, pin, actor
):
    make_follow("kim@" + "ü" * 70 + ".example", pin_id=pin.pk)
    make_follow(LOU, pin_id=pin.pk)
    move(pin, actor)

    assert tell() == 1
    assert sink.addresses == [LOU]


def test_a_connection_that_breaks_at_its_end_costs_no_mail(
    sink, pin, actor, monkeypatch
):
    close = EmailBackend.close

    def break_off(backend):
        close(backend)
        raise SMTPServerDisconnected

    monkeypatch.setattr(EmailBackend, "close", break_off)
    make_follow(LOU, pin_id=pin.pk)
    move(pin, actor)

    assert tell() == 1
    assert sink.addresses == [LOU]
    assert tell() == 0


def test_the_log_names_nobody(sink, pin, actor, caplog):
    sink.refuse = lambda address: "550 no such user" if address == KIM else None
    make_follow(KIM, pin_id=pin.pk)
    make_follow(LOU, pin_id=pin.pk)
    move(pin, actor)

    with caplog.at_level(logging.DEBUG):
        let_the_minute_pass()
        tell_news(timestamp=0)

    # What the mail server of the test writes down is not the site's.
    site = [r.getMessage() for r in caplog.records if not r.name.startswith("mail.")]
    assert any("was refused" in line for line in site)
    assert any("1 mails sent" in line for line in site)
    assert not any("example.org" in line for line in site)


def test_hidden_after_it_was_spread(sink, pin, actor):
    other = make_pin(title="Ein Weg zur Schule")
    for one in (pin, other):
        make_follow(pin_id=one.pk)
        move(one, actor)
    let_the_minute_pass()
    spread_news()
    hide_pin(pin=pin, actor=make_moderator(), reason="Namen.")

    assert send_mails() == 1

    ((_to, message),) = sink.mails
    assert "Bänke" not in str(message["Subject"])
    assert "Bänke" not in "".join(parts_of(message).values())
    assert "Ein Weg zur Schule" in parts_of(message)["text/plain"]


def test_nothing_left_to_tell_is_no_mail_and_no_pause(sink, pin, actor):
    make_follow(pin_id=pin.pk)
    move(pin, actor)
    let_the_minute_pass()
    spread_news()
    hide_pin(pin=pin, actor=make_moderator(), reason="Namen.")

    assert send_mails() == 0

    assert sink.mails == []
    assert not Notice.objects.unsent().exists()
    assert Mailbox.objects.get().not_before <= timezone.now()


def test_a_run_ends_and_the_next_goes_on(sink, pin, actor, monkeypatch):
    monkeypatch.setattr("pins.telling.mailing.PEOPLE", 2)
    for n in range(3):
        make_follow(f"{n}@example.org", pin_id=pin.pk)
    move(pin, actor)

    assert tell() == 2
    assert send_mails() == 1
    assert len(set(sink.addresses)) == 3


def test_a_run_that_takes_long_ends(sink, pin, actor, monkeypatch):
    monkeypatch.setattr("pins.telling.mailing.SECONDS", -1)
    for n in range(3):
        make_follow(f"{n}@example.org", pin_id=pin.pk)
    move(pin, actor)

    assert tell() == 1
    assert Notice.objects.unsent().count() == 2


def test_two_workers_never_write_to_one_person(settings, pin, actor):
    make_follow(pin_id=pin.pk)
    move(pin, actor)
    let_the_minute_pass()
    spread_news()
    sending, done = Signal(), Signal()
    counts = []

    def wait(_address):
        sending.set()
        done.wait(10)

    def other_worker():
        try:
            counts.append(send_mails())
        finally:
            connection.close()

    with mail_server(settings) as sink:
        sink.refuse_data = wait
        worker = Thread(target=other_worker)
        worker.start()
        assert sending.wait(10)
        # The mail is on its way and not taken yet: this one leaves the person alone.
        counts.append(send_mails())
        done.set()
        worker.join()

    assert sorted(counts) == [0, 1]
    assert sink.addresses == [LOU]


def test_news_go_a_month_after_they_were_told(pin, actor):
    make_follow(pin_id=pin.pk)
    move(pin, actor)
    let_the_minute_pass()
    spread_news()
    assert erase_told_news(dry_run=False) == 0

    News.objects.update(spread_at=timezone.now() - datetime.timedelta(days=31))

    assert erase_told_news(dry_run=True) == 1
    assert erase_told_news(dry_run=False) == 1
    assert not Notice.objects.exists()


def test_the_language_is_that_of_who_reads(sink, pin, actor):
    make_follow("de@example.org", language="de", pin_id=pin.pk)
    make_follow("en@example.org", language="en", pin_id=pin.pk)
    move(pin, actor)

    tell()

    told = {to[0]: parts_of(message) for to, message in sink.mails}
    german, english = told["de@example.org"], told["en@example.org"]
    assert "Guten Tag" in german["text/plain"]
    assert str(Status.IN_REVIEW.label) in german["text/plain"]
    assert "Hello" in english["text/plain"]
    assert "In review" in english["text/html"]
    assert f"/en/pins/{pin.reference}" in english["text/plain"]
    assert '<html lang="en"' in english["text/html"]


def test_a_restart_of_the_database_costs_one_run(sink, pin, actor):
    make_follow(pin_id=pin.pk)
    move(pin, actor)
    let_the_minute_pass()
    with pytest.raises(OperationalError):
        connection.cursor().execute("SELECT pg_terminate_backend(pg_backend_pid())")
    with pytest.raises(OperationalError):
        tell_news(timestamp=0)

    tell_news(timestamp=0)

    assert sink.addresses == [LOU]
