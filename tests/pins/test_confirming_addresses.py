"""An author's address gets nothing but a link until somebody there has used it."""

import datetime
import re
from uuid import uuid4

import pytest
from django.conf import settings
from django.core import mail
from django.urls import reverse
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from pins.actions import reject_pin, submit_pin
from pins.models import Contact, Mailbox, Notice, Pin
from pins.notifications import write_contact_confirmation
from pins.tasks import send_contact_confirmation
from pins.telling.asking import ASKED_A_DAY
from pins.telling.author_address import (
    confirm_token,
    erase_unconfirmed,
    read_confirm_token,
)
from pins.telling.news import announce_published
from pins.telling.spreading import spread_news
from tests.factories import (
    make_contact,
    make_district,
    make_draft,
    make_moderator,
    make_pin,
)
from tests.pins.test_submitting import KEY

MINUTE = datetime.timedelta(minutes=1)
HOUR = datetime.timedelta(hours=1)
LINK = re.compile(r"/pins/updates/([^/\s]+)/confirm")


@pytest.fixture(autouse=True)
def hohenecken(db):
    return make_district(16)


@pytest.fixture
def own():
    """Return a new pin with an address, and the path of its own link."""
    pin, token = submit_pin(
        draft=make_draft(email="kim@example.org"), idempotency_key=KEY
    )
    return pin, reverse("pins:own", args=[pin.reference, token])


def asked():
    name = "pins.tasks.send_contact_confirmation"
    return ProcrastinateJob.objects.filter(task_name=name).count()


def confirm_path(contact):
    return reverse("pins:confirm-mail", args=[confirm_token(contact)])


def ago(contact, by):
    Contact.objects.filter(pk=contact.pk).update(asked_at=timezone.now() - by)


def test_a_new_address_is_sent_one_link(own, monkeypatch):
    # The job leaves the connection of the test alone.
    monkeypatch.setattr("pins.tasks.close_old_connections", lambda: None)
    pin, _path = own

    assert (pin.contact.is_confirmed, pin.contact.asked_times, asked()) == (False, 1, 1)
    send_contact_confirmation(pin.contact.pk)
    (sent,) = mail.outbox
    assert sent.to == ["kim@example.org"]
    assert read_confirm_token(LINK.findall(str(sent.body))[0]) == pin.contact
    # Whoever typed a stranger's address has none of their words sent there.
    assert pin.reference in sent.body
    assert isinstance(sent, mail.EmailMultiAlternatives)
    for text in (sent.subject, sent.body, str(sent.alternatives[0][0])):
        assert pin.title not in text


@pytest.mark.parametrize(
    ("language", "words"),
    [("de", "bitte bestätigen"), ("en", "please confirm your address")],
)
def test_in_the_language_of_the_form(language, words):
    contact = make_contact(make_pin(), language=language, confirmed_at=None)

    assert words in write_contact_confirmation(contact).subject


def test_looking_confirms_nothing_the_button_does(own, client):
    pin, _path = own
    path = confirm_path(pin.contact)

    assert client.get(path).status_code == 200
    assert not Contact.objects.get().is_confirmed
    assert client.post(path).status_code == 302
    assert Contact.objects.get().is_confirmed
    first = Contact.objects.get().confirmed_at
    # Twice is once; and the page then says so.
    assert client.post(path).status_code == 302
    assert Contact.objects.get().confirmed_at == first
    assert pin.reference in client.get(path).content.decode()
    send_contact_confirmation(pin.contact.pk)
    assert mail.outbox == []


def test_wrong_and_old_links(own, client):
    pin, _path = own
    path = confirm_path(pin.contact)

    assert client.get(path.replace("/confirm", "x/confirm")).status_code == 404
    assert client.put(path).status_code == 405
    ago(pin.contact, settings.CONFIRM_PERIOD + MINUTE)
    assert client.get(path).status_code == 410
    assert client.post(path).status_code == 410
    assert not Contact.objects.get().is_confirmed
    Contact.objects.all().delete()
    assert client.get(path).status_code == 410
    send_contact_confirmation(pin.contact.pk)
    assert mail.outbox == []


@pytest.mark.parametrize(("is_confirmed", "told"), [(True, 1), (False, 0)])
def test_news_goes_to_confirmed_addresses_alone(is_confirmed, told):
    confirmed_at = timezone.now() if is_confirmed else None
    pin = make_pin()
    make_contact(pin, confirmed_at=confirmed_at)
    announce_published(pin)
    pin.news.update(created_at=timezone.now() - HOUR)

    spread_news()

    assert Notice.objects.count() == told
    assert Mailbox.objects.count() == told


@pytest.mark.parametrize(("is_confirmed", "told"), [(True, 1), (False, 0)])
def test_decisions_go_to_confirmed_addresses_alone(is_confirmed, told):
    confirmed_at = timezone.now() if is_confirmed else None
    pin = make_pin(visibility="submitted")
    make_contact(pin, confirmed_at=confirmed_at)

    reject_pin(pin=pin, actor=make_moderator(), reason="Sie nennt Namen.")

    jobs = ProcrastinateJob.objects.filter(task_name="pins.tasks.send_update")
    assert jobs.count() == told


def test_what_nobody_confirmed_is_erased_and_the_pin_stays():
    late, early, confirmed = make_pin(), make_pin(), make_pin()
    for pin, by in ((late, MINUTE), (early, -MINUTE)):
        ago(make_contact(pin, confirmed_at=None), settings.CONFIRM_PERIOD + by)
    ago(make_contact(confirmed), 900 * HOUR)

    assert erase_unconfirmed(dry_run=True) == 1
    assert Contact.objects.count() == 3
    assert erase_unconfirmed(dry_run=False) == 1
    assert erase_unconfirmed(dry_run=False) == 0
    assert set(Contact.objects.values_list("pin", flat=True)) == {
        early.pk,
        confirmed.pk,
    }
    assert Pin.objects.count() == 3


def test_nobody_fills_a_strangers_mailbox():
    for _ in range(ASKED_A_DAY + 3):
        submit_pin(draft=make_draft(email="Kim@example.org"), idempotency_key=uuid4())

    assert asked() == ASKED_A_DAY
    assert Contact.objects.filter(asked_times=0).count() == 3


def test_the_link_comes_again_but_not_at_once(own, client):
    pin, path = own

    assert client.post(f"{path}/mail", {"action": "again"}).status_code == 429
    ago(pin.contact, 2 * HOUR)
    assert client.post(f"{path}/mail", {"action": "again"}).status_code == 302
    assert Contact.objects.get().asked_times == 2
    assert asked() == 2
    # The pause doubles.
    ago(pin.contact, 1.5 * HOUR)
    assert client.post(f"{path}/mail", {"action": "again"}).status_code == 429
    client.post(confirm_path(pin.contact))
    ago(pin.contact, 9 * HOUR)
    assert client.post(f"{path}/mail", {"action": "again"}).status_code == 429
    Contact.objects.all().delete()
    assert client.post(f"{path}/mail", {"action": "again"}).status_code == 429
    assert asked() == 2


def test_another_address_must_be_confirmed_anew(own, client):
    pin, path = own
    old = confirm_path(pin.contact)
    client.post(old)

    answer = client.post(
        f"{path}/mail", {"action": "address", "email": "lou@example.org"}
    )

    assert answer.status_code == 302
    contact = Contact.objects.get()
    assert (contact.email, contact.is_confirmed) == ("lou@example.org", False)
    # What was sent to the old address is good for nothing any more.
    assert client.post(old).status_code == 410
    assert not Contact.objects.get().is_confirmed


def test_the_page_of_the_address(own, client):
    _pin, path = own
    page = f"{path}/mail"

    assert "kim@example.org" in client.get(page).content.decode()
    answer = client.post(page, {"action": "address", "email": "kim@"})
    assert answer.status_code == 422
    assert "kim@" in answer.content.decode()
    assert Contact.objects.get().email == "kim@example.org"
    assert client.post(page, {"action": "?"}).status_code == 400
    assert client.post(page, {"action": "forget"}).status_code == 302
    assert not Contact.objects.exists()
    assert client.get(page).status_code == 200
    assert client.put(page).status_code == 405


def test_the_page_of_the_address_needs_the_own_link(own, client):
    pin, path = own

    assert client.get(f"{path}x/mail").status_code == 404
    Pin.objects.filter(pk=pin.pk).update(token_expires_at=timezone.now())
    assert client.get(f"{path}/mail").status_code == 410
    assert client.post(f"{path}/mail", {"action": "forget"}).status_code == 410
    assert Contact.objects.count() == 1


def test_the_own_page_says_how_far_the_address_is(own, client):
    pin, path = own

    assert f"{path}/mail" in client.get(path).content.decode()
    client.post(confirm_path(pin.contact))
    assert "kim@example.org" not in client.get(path).content.decode()


def test_an_address_that_a_form_brings_on_its_second_way():
    submit_pin(draft=make_draft(), idempotency_key=KEY)
    submit_pin(draft=make_draft(email="kim@example.org"), idempotency_key=KEY)
    submit_pin(draft=make_draft(email="lou@example.org"), idempotency_key=KEY)

    assert Contact.objects.get().email == "kim@example.org"
    assert asked() == 1
