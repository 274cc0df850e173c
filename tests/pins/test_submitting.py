"""A new pin: kept once, with a link of its own, whatever comes twice."""

import datetime
import threading
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, connection
from django.utils import timezone

from pins.actions import KeyAlreadyUsed, submit_pin
from pins.models import Contact, Pin, PublicPin
from pins.own_link import token_matches
from pins.workflow import Status, Visibility
from tests.factories import make_district, make_draft, make_theme
from tests.geometries import point_in

KEY = UUID("7a1ef1f0-6f9c-4a9e-9d7c-2f6b5b3a4c1d")


@pytest.fixture
def district(db):
    return make_district(16)


def test_what_was_written_is_kept_and_waits(district, settings):
    settings.OWN_LINK_LIFETIME = datetime.timedelta(days=10)
    draft = make_draft(kind="keep", place_note="Am Brunnen", language="en")

    pin, _ = submit_pin(draft=draft, idempotency_key=KEY)

    pin.refresh_from_db()
    assert (pin.kind, pin.theme, pin.title, pin.text) == (
        "keep",
        draft.theme,
        draft.title,
        draft.text,
    )
    assert (pin.place_note, pin.language, pin.is_approximate) == (
        "Am Brunnen",
        "en",
        False,
    )
    assert pin.location.equals(draft.location)
    assert pin.district == district
    assert (pin.visibility, pin.status) == (Visibility.SUBMITTED, Status.RECEIVED)
    assert pin.published_at is None
    assert pin.reference.startswith(f"KL-{timezone.now():%Y}-")
    lifetime = pin.token_expires_at - timezone.now()
    assert datetime.timedelta(days=9, hours=23) < lifetime < datetime.timedelta(days=10)
    assert not PublicPin.objects.exists()
    assert not Contact.objects.exists()


def test_only_the_hash_of_the_link_is_stored(district):
    pin, token = submit_pin(draft=make_draft(), idempotency_key=KEY)

    assert token_matches(token, pin.token_hash)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pins_pin::text FROM pins_pin")
        assert token not in cursor.fetchone()[0]


def test_the_link_cannot_be_worked_out_without_the_sites_secret(district, settings):
    pin, token = submit_pin(draft=make_draft(), idempotency_key=KEY)

    settings.SECRET_KEY = "another secret" * 5
    _, other = submit_pin(
        draft=make_draft(location=pin.location), idempotency_key=uuid4()
    )
    assert other != token
    _, again = submit_pin(draft=make_draft(), idempotency_key=KEY)
    assert again != token


def test_an_approximate_place_is_kept_with_its_words(district):
    draft = make_draft(is_approximate=True, place_note="Beim alten Rathaus")

    pin, _ = submit_pin(draft=draft, idempotency_key=KEY)

    assert pin.is_approximate
    assert pin.place_note == "Beim alten Rathaus"


def test_an_address_is_kept_apart(district):
    pin, _ = submit_pin(
        draft=make_draft(email="kim@example.org", language="en"), idempotency_key=KEY
    )

    contact = Contact.objects.get()
    assert (contact.pin, contact.email, contact.language) == (
        pin,
        "kim@example.org",
        "en",
    )
    assert contact.consent_version


def test_the_same_form_twice_makes_one_pin_and_gives_the_same_answer(district):
    draft = make_draft(email="kim@example.org")

    first = submit_pin(draft=draft, idempotency_key=KEY)
    second = submit_pin(draft=draft, idempotency_key=KEY)

    assert second == first
    assert Pin.objects.count() == Contact.objects.count() == 1


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Zwei Bänke am Brunnen"},
        {"text": "Vom Brunnen aus sieht man die Burg nicht mehr."},
        {"kind": "problem"},
        {"place_note": "Auf der Nordseite"},
        {"location": point_in(16, 0.25)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_the_same_key_with_other_words_is_refused(district, change):
    submit_pin(draft=make_draft(), idempotency_key=KEY)

    with pytest.raises(KeyAlreadyUsed):
        submit_pin(draft=make_draft(**change), idempotency_key=KEY)

    assert Pin.objects.get().title == make_draft().title


def test_the_same_key_with_another_theme_is_refused(district):
    submit_pin(draft=make_draft(), idempotency_key=KEY)

    with pytest.raises(KeyAlreadyUsed):
        submit_pin(draft=make_draft(theme=make_theme("energy")), idempotency_key=KEY)


def test_another_fault_than_a_second_sending_is_not_taken_for_one(district):
    with pytest.raises(IntegrityError, match="pin_text_length"):
        submit_pin(
            draft=make_draft(text="pin_idempotency_key_once" * 200), idempotency_key=KEY
        )


def test_a_failing_contact_takes_the_pin_back_with_it(district):
    broken = make_draft(email="k" * 255 + "@example.org")

    with pytest.raises(Exception, match="too long"):
        submit_pin(draft=broken, idempotency_key=KEY)

    assert not Pin.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_the_same_moment_make_one_pin():
    make_district(16)
    draft = make_draft(email="kim@example.org")
    together = threading.Barrier(2, timeout=10)
    answers, failures = [], []

    def click():
        try:
            together.wait()
            pin, token = submit_pin(draft=draft, idempotency_key=KEY)
            answers.append((pin.reference, token))
        except Exception as failure:  # noqa: BLE001 – shown by the assertion below
            failures.append(failure)
        finally:
            connection.close()

    threads = [threading.Thread(target=click) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)

    assert failures == []
    assert len(answers) == 2
    assert answers[0] == answers[1]
    assert Pin.objects.count() == Contact.objects.count() == 1


def test_an_address_added_before_sending_once_more_is_kept(district):
    pin, _ = submit_pin(draft=make_draft(), idempotency_key=KEY)

    submit_pin(draft=make_draft(email="anna@example.org"), idempotency_key=KEY)
    submit_pin(draft=make_draft(email="other@example.org"), idempotency_key=KEY)

    assert pin.contact.email == "anna@example.org"
