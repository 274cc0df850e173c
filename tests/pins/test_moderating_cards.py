"""Typed cards: read page by page, published by one press, and nothing that was not read."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pins.actions import edit_pin
from pins.models import Pin, PublicPin
from pins.views.card_moderation import PAGE_SIZE
from pins.workflow import Source, Visibility
from tests.factories import (
    make_district,
    make_moderator,
    make_pin,
    make_user,
)
from tests.pages import text_of
from tests.photos import make_photo

URL = "/moderation/cards/"


@pytest.fixture
def staff(client, db):
    make_district(16)
    client.force_login(make_moderator())
    return client


def card(**fields):
    values = {"source": Source.CARD, "visibility": Visibility.SUBMITTED}
    return make_pin(**(values | fields))


def as_read(*pins):
    return {"pin": [f"{pin.reference}:{pin.words_digest}" for pin in pins]}


def test_all_words_of_the_cards_that_wait_and_of_nothing_else(staff):
    card(title="Eine Bank am Brunnen", text="Vom Brunnen aus. " * 40 + "Das Ende.")
    card(title="Schon entschieden", visibility=Visibility.REJECTED)
    make_pin(title="Aus dem Netz", visibility=Visibility.SUBMITTED)

    shown = text_of(staff.get(URL))

    assert "Eine Bank am Brunnen" in shown
    assert "Das Ende." in shown
    assert "Schon entschieden" not in shown
    assert "Aus dem Netz" not in shown


def test_the_chosen_ones_are_published_and_the_others_wait(staff):
    first, second, third = card(), card(), card()

    response = staff.post(URL, as_read(first, third))

    assert response.status_code == 302
    assert set(PublicPin.objects.values_list("pk", flat=True)) == {first.pk, third.pk}
    assert Pin.objects.get(pk=second.pk).visibility == Visibility.SUBMITTED
    change = first.visibility_changes.get()
    assert change.actor.has_perm("pins.moderate_pin")


def test_what_changed_after_it_was_read_is_left_out_and_said(staff):
    changed, same = card(), card()
    sent = as_read(changed, same)
    edit_pin(
        pin=changed, title="Ein anderer Titel", text="Ganz andere Worte als vorher."
    )

    response = staff.post(URL, sent, follow=True)

    assert list(PublicPin.objects.values_list("pk", flat=True)) == [same.pk]
    assert "Ein anderer Titel" in text_of(response)
    assert len(response.context["messages"]) == 2


def test_twice_is_once(staff):
    pin = card()
    sent = as_read(pin)

    staff.post(URL, sent)
    staff.post(URL, sent)

    assert pin.visibility_changes.count() == 1


def test_what_did_not_come_from_a_card_is_not_published_here(staff):
    pin = make_pin(visibility=Visibility.SUBMITTED)

    staff.post(URL, as_read(pin))

    assert not PublicPin.objects.exists()


def test_photos_are_looked_at_on_their_own_page(staff):
    pin = card()
    make_photo(pin=pin)

    page = staff.get(URL).content.decode()

    assert f"/moderation/{pin.reference}/" in page
    assert 'name="pin"' not in page


@pytest.mark.parametrize(
    "data", [{}, {"pin": ["\0:x"]}, {"pin": ["KL-1"]}, {"pin": [":"]}]
)
def test_garbage_publishes_nothing(staff, data):
    card()

    assert staff.post(URL, data).status_code in {302, 422}
    assert not PublicPin.objects.exists()


@pytest.mark.parametrize("page", ["0", "x", "99", "\0"])
def test_a_page_that_is_none_shows_one_that_is(staff, page):
    card(title="Eine Bank am Brunnen")

    assert "Eine Bank am Brunnen" in text_of(staff.get(URL, {"page": page}))


def test_only_moderators_come_in(client, db):
    assert client.get(URL).status_code == 302
    client.force_login(make_user())
    assert client.get(URL).status_code == 403
    assert client.post(URL, {"pin": ["x:y"]}).status_code == 403


def test_the_queries_do_not_grow_with_the_cards(staff):
    def queries():
        with CaptureQueriesContext(connection) as found:
            staff.get(URL)
        return len(found)

    card()
    one = queries()
    for _ in range(PAGE_SIZE):
        card()
    assert queries() <= one + 1
