"""What authors may do with their own pin: change the words, take it back, be forgotten."""

import pytest

from pins.actions import edit_pin, forget_contact, withdraw_pin
from pins.models import Contact, Pin, PublicPin, VisibilityChange
from pins.workflow import MoveNotAllowed, Visibility
from tests.factories import make_contact, make_district, make_pin

WORDS = {"title": "Zwei Bänke", "text": "Für alle, die nicht so lange stehen können."}
DECIDED = [v for v in Visibility if v != Visibility.SUBMITTED]


@pytest.fixture(autouse=True)
def district(db):
    return make_district(16)


def test_words_change_while_nobody_has_decided():
    pin = make_pin(visibility=Visibility.SUBMITTED)

    changed = edit_pin(pin=pin, **WORDS)

    pin.refresh_from_db()
    assert (pin.title, pin.text) == (changed.title, changed.text)
    assert (pin.title, pin.text) == (WORDS["title"], WORDS["text"])
    assert pin.visibility == Visibility.SUBMITTED


@pytest.mark.parametrize("visibility", DECIDED)
def test_words_stay_once_somebody_has_decided(visibility):
    pin = make_pin(visibility=visibility)

    with pytest.raises(MoveNotAllowed):
        edit_pin(pin=pin, **WORDS)

    assert Pin.objects.get().title == pin.title


def test_words_stay_when_the_decision_came_while_the_page_was_open():
    pin = make_pin(visibility=Visibility.SUBMITTED)
    Pin.objects.update(visibility=Visibility.REJECTED)

    with pytest.raises(MoveNotAllowed):
        edit_pin(pin=pin, **WORDS)


@pytest.mark.parametrize(
    "visibility", [Visibility.SUBMITTED, Visibility.PUBLISHED, Visibility.HIDDEN]
)
def test_taking_back_hides_the_pin_and_erases_the_address(visibility):
    pin = make_pin(visibility=visibility)
    make_contact(pin)
    other = make_pin()
    make_contact(other)

    withdraw_pin(pin=pin)

    pin.refresh_from_db()
    assert pin.visibility == Visibility.WITHDRAWN
    step = VisibilityChange.objects.get()
    assert (step.pin, step.from_visibility, step.to_visibility, step.actor) == (
        pin,
        visibility,
        Visibility.WITHDRAWN,
        None,
    )
    assert list(PublicPin.objects.values_list("pk", flat=True)) == [other.pk]
    assert Contact.objects.get().pin == other


@pytest.mark.parametrize("visibility", [Visibility.REJECTED, Visibility.WITHDRAWN])
def test_what_is_not_there_any_more_cannot_be_taken_back(visibility):
    pin = make_pin(visibility=visibility)

    with pytest.raises(MoveNotAllowed):
        withdraw_pin(pin=pin)

    assert not VisibilityChange.objects.exists()


@pytest.mark.parametrize("visibility", Visibility)
def test_the_page_offers_just_what_the_actions_allow(visibility):
    pin = make_pin(visibility=visibility)

    assert pin.may_be_edited == works(edit_pin, pin=pin, **WORDS)
    assert pin.may_be_withdrawn == works(withdraw_pin, pin=pin)


def works(action, **arguments):
    try:
        action(**arguments)
    except MoveNotAllowed:
        return False
    return True


def test_forgetting_erases_the_address_and_keeps_the_pin():
    pin, other = make_pin(), make_pin()
    make_contact(pin)
    make_contact(other)

    forget_contact(pin=pin)
    forget_contact(pin=pin)

    assert Contact.objects.get().pin == other
    assert PublicPin.objects.count() == 2
