"""A duplicate points at the pin it repeats: another, published, itself no duplicate."""

import threading

import pytest
from django.db import connection

from pins.actions import change_status, hide_pin, publish_pin, withdraw_pin
from pins.models import Pin, PublicPin, StatusChange
from pins.workflow import MoveNotAllowed, Role, Status, Visibility
from tests.factories import (
    make_body,
    make_district,
    make_moderator,
    make_pin,
    make_user,
)


@pytest.fixture
def anna(db):
    make_district(16)
    return make_user("anna")


def merge(pin, survivor, actor, body=None):
    return change_status(
        pin=pin,
        to=Status.DUPLICATE,
        actor=actor,
        roles={Role.BODY},
        body=body,
        duplicate_of=survivor,
    )


def test_a_duplicate_names_its_survivor(anna):
    survivor, pin = make_pin(), make_pin()

    merge(pin, survivor, anna)

    pin.refresh_from_db()
    assert (pin.status, pin.duplicate_of) == (Status.DUPLICATE, survivor)
    assert PublicPin.objects.get(pk=pin.pk).duplicate_of == survivor.reference


def test_a_duplicate_needs_a_survivor(anna):
    with pytest.raises(MoveNotAllowed):
        merge(make_pin(), None, anna)

    assert not StatusChange.objects.exists()


def test_a_pin_does_not_repeat_itself(anna):
    pin = make_pin()

    with pytest.raises(MoveNotAllowed):
        merge(pin, Pin.objects.get(), anna)


@pytest.mark.parametrize(
    "visibility", [v for v in Visibility if v != Visibility.PUBLISHED]
)
def test_the_survivor_is_published(anna, visibility):
    with pytest.raises(MoveNotAllowed):
        merge(make_pin(), make_pin(visibility=visibility), anna)


def test_the_survivor_is_no_duplicate_itself(anna):
    survivor, middle, pin = make_pin(), make_pin(), make_pin()
    merge(middle, survivor, anna)
    middle.refresh_from_db()

    with pytest.raises(MoveNotAllowed):
        merge(pin, middle, anna)


def test_what_the_survivor_is_now_counts_not_what_the_page_showed(anna):
    survivor, pin = make_pin(), make_pin()
    seen_on_the_page = Pin.objects.get(pk=survivor.pk)
    merge(survivor, pin, anna)

    with pytest.raises(MoveNotAllowed):
        merge(pin, seen_on_the_page, anna)


def test_taking_up_again_forgets_the_survivor(anna):
    survivor, pin = make_pin(), make_pin()
    merge(pin, survivor, anna)

    change_status(
        pin=pin, to=Status.IN_REVIEW, actor=anna, roles={Role.BODY}, body=None
    )

    pin.refresh_from_db()
    assert pin.duplicate_of is None
    assert PublicPin.objects.get(pk=pin.pk).duplicate_of == ""


def test_another_status_takes_no_survivor(anna):
    survivor, pin = make_pin(), make_pin()

    change_status(
        pin=pin,
        to=Status.IN_REVIEW,
        actor=anna,
        roles={Role.BODY},
        body=None,
        duplicate_of=survivor,
    )

    pin.refresh_from_db()
    assert pin.duplicate_of is None


def test_a_hidden_survivor_is_not_named_to_the_public(anna):
    survivor, pin = make_pin(), make_pin()
    merge(pin, survivor, anna)
    moderator = make_moderator()

    hide_pin(pin=survivor, actor=moderator, reason="Es nennt einen Namen.")
    assert PublicPin.objects.get(pk=pin.pk).duplicate_of == ""

    publish_pin(pin=survivor, actor=moderator, read=survivor.words_digest)
    assert PublicPin.objects.get(pk=pin.pk).duplicate_of == survivor.reference

    withdraw_pin(pin=survivor)
    assert PublicPin.objects.get(pk=pin.pk).duplicate_of == ""


@pytest.mark.django_db(transaction=True)
def test_two_people_cannot_merge_two_pins_into_each_other():
    body = make_body()
    make_district(16, body=body)
    anna, one, other = make_user("anna"), make_pin(), make_pin()
    together = threading.Barrier(2, timeout=10)
    outcome = list[str]()

    def decide(pin, survivor):
        try:
            together.wait()
            merge(pin, survivor, anna, body)
            outcome.append("merged")
        except MoveNotAllowed:
            outcome.append("told")
        finally:
            connection.close()

    threads = [
        threading.Thread(target=decide, args=pair)
        for pair in [(one, other), (other, one)]
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)

    assert sorted(outcome) == ["merged", "told"]
