"""What an outcome does to the contributions of a matter, in public and not."""

import pytest

from councils.agendas import (
    cancel_sitting,
    publish_agenda,
    put_on_agenda,
    put_proposal_on_agenda,
)
from councils.matters import open_consultation
from councils.models import Consultation, Sitting
from councils.results import Result, close_sitting, record_result
from pins.models import Pin, PublicPin, StatusChange
from pins.workflow import Status, Visibility
from tests.factories import (
    make_body,
    make_district,
    make_member,
    make_pin,
    make_sitting,
)

Outcome = Consultation.Outcome


@pytest.fixture
def west(db):
    body = make_body("Ortsbeirat West")
    make_district(16, body=body)
    return body


@pytest.fixture
def chair(west):
    return make_member(west)


def scheduled(west, chair, *pins, is_public=True):
    """Return a sitting that has begun, with these on its agenda, and their item."""
    sitting = make_sitting(west)
    item = put_on_agenda(sitting=sitting, pins=pins, actor=chair, is_public=is_public)
    publish_agenda(sitting=sitting, actor=chair)
    return begin(sitting), item


def begin(sitting):
    Sitting.objects.filter(pk=sitting.pk).update(start=sitting.created_at)
    sitting.refresh_from_db()
    return sitting


def conclude(sitting, item, chair, outcome, **fields):
    result = Result(outcome=outcome, **fields)
    version = type(item).objects.get(pk=item.pk).version
    record_result(item=item, version=version, result=result)
    close_sitting(sitting=sitting, actor=chair)


def statuses(*pins):
    found = Pin.objects.in_bulk([pin.pk for pin in pins])
    return [found[pin.pk].status for pin in pins]


def test_all_contributions_of_a_bundle_move_on(west, chair):
    pins = [make_pin(), make_pin(), make_pin()]
    sitting, item = scheduled(west, chair, *pins)

    conclude(sitting, item, chair, "not_endorsed", reason="Zu teuer.")

    assert set(statuses(*pins)) == {Status.NOT_ENDORSED}
    assert PublicPin.objects.get(pk=pins[0].pk).public_answer == "Zu teuer."


def test_the_reason_is_the_answer_and_else_the_resolution_as_far_as_it_fits(
    west, chair
):
    pin = make_pin()
    sitting, item = scheduled(west, chair, pin)

    conclude(sitting, item, chair, "endorsed", resolution_text="ä" * 5_000)

    step = pin.status_changes.get(to_status=Status.ENDORSED)
    assert step.public_note == "ä" * 4_000


def test_a_hidden_contribution_stays_as_it_is(west, chair):
    seen, hidden = make_pin(), make_pin()
    sitting, item = scheduled(west, chair, seen, hidden)
    Pin.objects.filter(pk=hidden.pk).update(visibility=Visibility.HIDDEN)

    conclude(sitting, item, chair, "endorsed")

    assert statuses(seen, hidden) == [Status.ENDORSED, Status.SCHEDULED]


def test_one_hidden_during_the_invitation_takes_both_steps(west, chair):
    seen, late = make_pin(), make_pin()
    sitting = make_sitting(west)
    item = put_on_agenda(sitting=sitting, pins=[seen, late], actor=chair)
    Pin.objects.filter(pk=late.pk).update(visibility=Visibility.HIDDEN)
    publish_agenda(sitting=sitting, actor=chair)
    Pin.objects.filter(pk=late.pk).update(visibility=Visibility.PUBLISHED)

    conclude(begin(sitting), item, chair, "endorsed", reason="Gut.")

    assert statuses(seen, late) == [Status.ENDORSED, Status.ENDORSED]
    steps = StatusChange.objects.filter(pin=late).order_by("id")
    assert [(s.to_status, s.public_note) for s in steps] == [
        (Status.SCHEDULED, ""),
        (Status.ENDORSED, "Gut."),
    ]


@pytest.mark.parametrize("outcome", Outcome)
def test_a_non_public_item_moves_nothing_and_shows_nothing(west, chair, outcome):
    pin = make_pin()
    sitting, item = scheduled(west, chair, pin, is_public=False)

    conclude(sitting, item, chair, outcome, reason="Geheim")

    assert statuses(pin) == [Status.RECEIVED]
    assert not StatusChange.objects.exists()
    assert not Consultation.objects.public().exists()
    assert "Geheim" not in str(PublicPin.objects.values().get(pk=pin.pk))


def test_what_is_postponed_is_proposed_again_and_can_be_decided_then(west, chair):
    pin = make_pin()
    sitting, item = scheduled(west, chair, pin)
    conclude(sitting, item, chair, "postponed")
    assert statuses(pin) == [Status.IN_REVIEW]
    again = Consultation.objects.proposed_to(west).get()
    assert (again.matter, again.order) == (item.consultation.matter, 2)

    second = make_sitting(west, days=9)
    item = put_proposal_on_agenda(sitting=second, consultation=again, actor=chair)
    publish_agenda(sitting=second, actor=chair)
    conclude(begin(second), item, chair, "endorsed")

    assert statuses(pin) == [Status.ENDORSED]
    assert open_consultation(again.matter, west) is None


def test_a_cancelled_sitting_gives_its_contributions_back(west, chair):
    pin = make_pin()
    sitting, _item = scheduled(west, chair, pin)

    cancel_sitting(sitting=sitting, reason="Krank", actor=chair)

    assert statuses(pin) == [Status.IN_REVIEW]
    assert Consultation.objects.proposed_to(west).count() == 1
    assert Consultation.objects.get(item__sitting=sitting).outcome == "postponed"
