"""Reporting a barrier: a mail to the operator, once, and nothing kept."""

import datetime
from smtplib import SMTPException
from uuid import uuid4

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.utils import timezone

from insek.pages.models import BarrierNotice
from insek.pages.models.notice import erase_old_notices
from tests.forms import read
from tests.pages import assert_refused, fields_of

PATH = "/about/barrier/"


@pytest.fixture(autouse=True)
def operator(db, settings):
    settings.OPERATOR_EMAIL = "betrieb@example.org"


def report(**over):
    return (
        read()
        | {
            "text": "Die Karte ist mit der Tastatur nicht zu verlassen.",
            "page": "/",
            "email": "anna@example.org",
            "key": str(uuid4()),
        }
        | over
    )


def test_a_report_becomes_a_mail_and_nothing_else(client):
    response = client.post(PATH, report())

    assert response.status_code == 302
    assert client.get(response["Location"]).status_code == 200
    [sent] = mail.outbox
    assert sent.to == ["betrieb@example.org"]
    assert sent.reply_to == ["anna@example.org"]
    assert "mit der Tastatur" in sent.body
    assert [f.name for f in BarrierNotice._meta.get_fields()] == ["key", "sent_at"]


def test_a_second_press_sends_no_second_mail(client):
    same = report()

    assert client.post(PATH, same).status_code == 302
    assert client.post(PATH, same).status_code == 302
    assert len(mail.outbox) == 1


def test_nobody_fills_the_mailbox(client, monkeypatch):
    monkeypatch.setattr("mapapp.barrier.MOST", 2)
    answers = [client.post(PATH, report()).status_code for _ in range(3)]

    assert answers == [302, 302, 503]
    assert len(mail.outbox) == 2


def test_no_address_is_needed(client):
    client.post(PATH, report(email=""))

    assert mail.outbox[0].reply_to == []


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"text": ""}, "text"),
        ({"text": "x\x00"}, "text"),
        ({"text": "x" * 3_001}, "text"),
        ({"email": "keine"}, "email"),
        ({"email": "a@example.org\nBcc: b@example.org"}, "email"),
        ({"page": "x" * 301}, "page"),
        ({"key": "x"}, "key"),
    ],
)
def test_what_is_wrong_is_said_at_its_place(client, over, field):
    response = client.post(PATH, report(**over))

    assert_refused(response, field)
    assert mail.outbox == []


def test_without_mail_the_words_stay_and_may_be_sent_again(client, monkeypatch):
    def refuse(self):
        raise SMTPException

    same = report()
    with monkeypatch.context() as patch:
        patch.setattr(EmailMessage, "send", refuse)
        response = client.post(PATH, same)
    assert response.status_code == 503
    assert fields_of(response)["text"] == same["text"]

    assert client.post(PATH, same).status_code == 302
    assert len(mail.outbox) == 1


def test_the_page_that_was_left_is_filled_in(client):
    assert fields_of(client.get(f"{PATH}?page=/insek/"))["page"] == "/insek/"
    assert fields_of(client.get(f"{PATH}?page=javascript:x"))["page"] == ""


def test_the_numbers_of_reports_are_forgotten(db):
    BarrierNotice.objects.create(key=uuid4())
    old = timezone.now() - datetime.timedelta(days=2)
    BarrierNotice.objects.create(key=uuid4(), sent_at=old)

    assert erase_old_notices() == 1
    assert BarrierNotice.objects.count() == 1
