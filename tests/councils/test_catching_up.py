"""What was hidden when a sitting ended takes its steps once it is published again."""

import pytest

from councils.agendas import publish_agenda, put_on_agenda
from councils.catching_up import catch_up
from councils.consulting import carry_on
from councils.models import Sitting
from councils.results import Result, close_sitting, record_result
from pins.actions import change_status, hide_pin, publish_pin
from pins.models import Pin, StatusChange
from pins.workflow import Role, Status
from tests.factories import (
    make_body,
    make_district,
    make_member,
    make_moderator,
    make_pin,
    make_sitting,
)


@pytest.fixture
def west(db):
    body = make_body("Ortsbeirat West")
    make_district(16, body=body)
    return body


@pytest.fixture
def chair(west):
    return make_member(west)


@pytest.fixture
def moderator(db):
    return make_moderator()


def invited(west, chair, *pins, **fields):
    sitting = make_sitting(west)
    item = put_on_agenda(sitting=sitting, pins=pins, actor=chair, **fields)
    publish_agenda(sitting=sitting, actor=chair)
    Sitting.objects.filter(pk=sitting.pk).update(start=sitting.created_at)
    return item


def end(item, chair, outcome="endorsed"):
    result = Result(outcome=outcome, reason="Darum.")
    record_result(item=item, version=0, result=result)
    close_sitting(sitting=item.sitting, actor=chair)


def hide(pin, moderator):
    hide_pin(pin=pin, actor=moderator, reason="Ein Name steht darin.")


def publish(pin, moderator):
    digest = Pin.objects.get(pk=pin.pk).words_digest
    publish_pin(pin=pin, actor=moderator, read=digest)


def status_of(pin):
    return Pin.objects.get(pk=pin.pk).status


def test_it_ends_where_the_others_did(west, chair, moderator):
    seen, hidden = make_pin(), make_pin()
    item = invited(west, chair, seen, hidden)
    hide(hidden, moderator)
    end(item, chair)
    assert catch_up() == 0
    publish(hidden, moderator)

    assert catch_up() == 1

    assert status_of(hidden) == status_of(seen) == Status.ENDORSED
    step = StatusChange.objects.get(pin=hidden, to_status=Status.ENDORSED)
    assert (step.actor, step.body, step.public_note) == (moderator, west, "Darum.")
    assert catch_up() == 0


def test_one_that_missed_the_invitation_too_takes_both_steps(west, chair, moderator):
    seen, hidden = make_pin(), make_pin()
    sitting = make_sitting(west)
    item = put_on_agenda(sitting=sitting, pins=[seen, hidden], actor=chair)
    hide(hidden, moderator)
    publish_agenda(sitting=sitting, actor=chair)
    Sitting.objects.filter(pk=sitting.pk).update(start=sitting.created_at)
    end(item, chair, "not_endorsed")
    publish(hidden, moderator)

    assert catch_up() == 1

    steps = StatusChange.objects.filter(pin=hidden).order_by("id")
    taken = [step.to_status for step in steps]
    assert taken == [Status.SCHEDULED, Status.NOT_ENDORSED]


def test_who_has_moved_it_on_since_is_not_overruled(west, chair, moderator):
    seen, hidden = make_pin(), make_pin()
    sitting = make_sitting(west)
    item = put_on_agenda(sitting=sitting, pins=[seen, hidden], actor=chair)
    hide(hidden, moderator)
    publish_agenda(sitting=sitting, actor=chair)
    Sitting.objects.filter(pk=sitting.pk).update(start=sitting.created_at)
    end(item, chair)
    publish(hidden, moderator)
    change_status(
        pin=hidden, to=Status.IN_REVIEW, actor=chair, roles={Role.BODY}, body=west
    )

    assert catch_up() == 0
    assert status_of(hidden) == Status.IN_REVIEW


def test_one_hidden_again_a_moment_ago_waits(west, chair, moderator, monkeypatch):
    """While the first takes its step, the other is hidden once more."""
    pins = [make_pin(), make_pin()]
    item = invited(west, chair, *pins)
    for pin in pins:
        hide(pin, moderator)
    end(item, chair)
    for pin in pins:
        publish(pin, moderator)

    def carry_on_slowly(**step):
        (other,) = {*pins} - {step["pin"]}
        hide(other, moderator)
        carry_on(**step)

    monkeypatch.setattr("councils.catching_up.carry_on", carry_on_slowly)

    assert catch_up() == 1
    assert sorted(map(status_of, pins)) == [Status.ENDORSED, Status.SCHEDULED]


def test_what_was_seen_at_the_end_is_left_alone(west, chair, moderator):
    pin = make_pin()
    end(invited(west, chair, pin), chair)
    before = StatusChange.objects.count()
    hide(pin, moderator)
    publish(pin, moderator)

    assert catch_up() == 0
    assert StatusChange.objects.count() == before


def test_a_non_public_item_moves_nothing_later_either(west, chair, moderator):
    pin = make_pin()
    item = invited(west, chair, pin, is_public=False)
    hide(pin, moderator)
    end(item, chair)
    publish(pin, moderator)

    assert catch_up() == 0
    assert status_of(pin) == Status.RECEIVED
