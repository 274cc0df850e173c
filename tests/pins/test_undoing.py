"""The last step of a contribution is taken back within its minute, by who took it."""

import datetime
import threading

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from pins.actions import change_status, hide_pin
from pins.handovers import hand_over
from pins.models import Handover, Pin, PublicPin, StatusChange
from pins.undo import undo_handover, undo_step
from pins.workflow import MoveNotAllowed, Role, Status
from tests.factories import (
    make_body,
    make_comment,
    make_district,
    make_moderator,
    make_pin,
    make_user,
)
from tests.locks import wait_until_somebody_waits_for_this_transaction


@pytest.fixture
def west(db):
    body = make_body("Ortsbeirat West")
    make_district(16, body=body)
    return body


@pytest.fixture
def east(db):
    return make_body("Ortsbeirat Ost")


@pytest.fixture
def anna(db):
    return make_user("anna")


def move(pin, to, actor, body=None, note="", survivor=None):
    return change_status(
        pin=pin,
        to=to,
        actor=actor,
        roles={Role.BODY},
        body=body,
        public_note=note,
        duplicate_of=survivor,
    )


def undo(change, actor, now=None):
    return undo_step(change=change, actor=actor, now=now or timezone.now())


def test_a_step_and_its_reverse_are_kept_and_the_public_sees_neither(west, anna):
    pin = make_pin()
    before = PublicPin.objects.get()
    change = move(pin, Status.IN_REVIEW, anna, west, "Wir sehen es uns an.")

    reverse = undo(change, anna)

    assert (reverse.undoes, reverse.from_status, reverse.to_status) == (
        change,
        Status.IN_REVIEW,
        Status.RECEIVED,
    )
    assert StatusChange.objects.count() == 2
    shown = PublicPin.objects.get()
    assert (shown.status, shown.steps(), shown.public_answer) == ("received", [], "")
    assert shown.waiting_since == before.waiting_since
    assert shown.answered_after is None


def test_a_refusal_is_taken_back_without_a_reason(west, anna):
    change = move(
        make_pin(status=Status.IN_REVIEW), Status.NOT_ENDORSED, anna, west, "Nein."
    )
    undo(change, anna)
    assert PublicPin.objects.get().status == Status.IN_REVIEW


def test_only_by_who_took_it(west, anna):
    change = move(make_pin(), Status.IN_REVIEW, anna)
    with pytest.raises(MoveNotAllowed):
        undo(change, make_user("bert"))


def test_only_within_its_minute(west, anna):
    change = move(make_pin(), Status.IN_REVIEW, anna)
    end = change.created_at + settings.UNDO_PERIOD

    with pytest.raises(MoveNotAllowed):
        undo(change, anna, end + datetime.timedelta(milliseconds=1))
    undo(change, anna, end)

    assert Pin.objects.get().status == Status.RECEIVED


def test_only_the_last_one_and_then_the_one_before(west, anna):
    pin = make_pin()
    first = move(pin, Status.IN_REVIEW, anna)
    second = move(pin, Status.REFERRED, anna)

    with pytest.raises(MoveNotAllowed):
        undo(first, anna)
    undo(second, anna)
    undo(first, anna)

    assert Pin.objects.get().status == Status.RECEIVED


def test_only_once_and_not_the_reverse(west, anna):
    change = move(make_pin(), Status.IN_REVIEW, anna)
    reverse = undo(change, anna)

    for step in (change, reverse):
        with pytest.raises(MoveNotAllowed):
            undo(step, anna)
    assert StatusChange.objects.count() == 2


def test_not_once_it_was_handed_over(west, east, anna):
    pin = make_pin()
    change = move(pin, Status.IN_REVIEW, anna)
    handover = hand_over(
        pin=pin, to_body=east, actor=anna, from_body=west, reason="Nicht hier."
    )

    with pytest.raises(MoveNotAllowed):
        undo(change, anna)
    undo_handover(handover=handover, actor=anna, now=timezone.now())
    undo(change, anna)

    assert PublicPin.objects.get().steps() == []


def test_not_once_it_was_hidden(west, anna):
    pin = make_pin()
    change = move(pin, Status.IN_REVIEW, anna)
    hide_pin(pin=pin, actor=make_moderator(), reason="Es nennt einen Namen.")

    with pytest.raises(MoveNotAllowed):
        undo(change, anna)


def test_a_handover(west, east, anna):
    pin = make_pin()
    handover = hand_over(
        pin=pin, to_body=east, actor=anna, from_body=west, reason="Nicht hier."
    )

    reverse = undo_handover(handover=handover, actor=anna, now=timezone.now())

    assert (reverse.undoes, reverse.to_body) == (handover, west)
    pin.refresh_from_db()
    assert pin.handed_to is None
    shown = PublicPin.objects.get()
    assert (shown.body, shown.steps()) == (west, [])


def test_not_a_handover_the_other_body_has_accepted(west, east, anna):
    pin = make_pin()
    handover = hand_over(
        pin=pin, to_body=east, actor=anna, from_body=west, reason="Nicht hier."
    )
    move(pin, Status.IN_REVIEW, make_user("bert"), east)

    with pytest.raises(MoveNotAllowed):
        undo_handover(handover=handover, actor=anna, now=timezone.now())


def test_merging_gives_back_what_went_over(west, anna):
    survivor, pin = make_pin(), make_pin()
    mine, others = make_comment(pin), make_comment(survivor)
    pin.supports.create(key="a" * 64)
    survivor.supports.create(key="b" * 64)
    change = move(pin, Status.DUPLICATE, anna, survivor=survivor)
    said_since = make_comment(survivor)

    undo(change, anna)

    pin.refresh_from_db()
    assert (pin.status, pin.duplicate_of) == (Status.RECEIVED, None)
    assert list(pin.comments.all()) == [mine]
    assert list(survivor.comments.all()) == [others, said_since]
    counts = dict(PublicPin.objects.values_list("pk", "support_count"))
    assert counts == {pin.pk: 1, survivor.pk: 1}


def test_taking_a_duplicate_up_again_is_taken_back(west, anna):
    survivor, pin = make_pin(), make_pin()
    pin.supports.create(key="a" * 64)
    move(pin, Status.DUPLICATE, anna, survivor=survivor)
    change = move(pin, Status.IN_REVIEW, anna)
    assert pin.supports.count() == 1

    undo(change, anna)

    pin.refresh_from_db()
    assert (pin.status, pin.duplicate_of) == (Status.DUPLICATE, survivor)
    assert survivor.supports.count() == 1
    assert PublicPin.objects.get(pk=pin.pk).duplicate_of == survivor.reference


def test_not_once_the_survivor_is_hidden(west, anna):
    survivor, pin = make_pin(), make_pin()
    move(pin, Status.DUPLICATE, anna, survivor=survivor)
    change = move(pin, Status.IN_REVIEW, anna)
    hide_pin(pin=survivor, actor=make_moderator(), reason="Es nennt einen Namen.")

    with pytest.raises(MoveNotAllowed):
        undo(change, anna)
    assert Pin.objects.get(pk=pin.pk).status == Status.IN_REVIEW


@pytest.mark.django_db(transaction=True)
def test_of_undoing_and_the_next_step_at_the_same_moment_one_counts():
    make_district(16)
    anna, bert = make_user("anna"), make_user("bert")
    change = move(make_pin(), Status.IN_REVIEW, anna)
    next_is_taken, outcome = threading.Event(), list[str]()

    def take_back():
        try:
            next_is_taken.wait(timeout=10)
            undo(StatusChange.objects.get(pk=change.pk), anna)
        except MoveNotAllowed:
            outcome.append("told")
        finally:
            connection.close()

    thread = threading.Thread(target=take_back)
    thread.start()
    with transaction.atomic():
        move(Pin.objects.get(), Status.REFERRED, bert)
        next_is_taken.set()
        wait_until_somebody_waits_for_this_transaction()
    thread.join(timeout=20)

    assert outcome == ["told"]
    assert Pin.objects.get().status == Status.REFERRED
    assert not Handover.objects.exists()
