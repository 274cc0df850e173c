"""GemO RLP § 75: no decision before the district councils have been heard."""

import pytest
from django.db import IntegrityError
from django.utils import timezone

from councils.matters import (
    MatterRefused,
    awaiting_hearing,
    unheard_bodies,
    unheard_by_matter,
    waive_hearing,
)
from councils.models import Consultation, Hearing, Sitting
from councils.results import (
    Result,
    ResultRefused,
    ResultsMissing,
    close_sitting,
    record_result,
)
from districts.models import Body
from pins.models import Handover, Pin
from pins.workflow import Status
from tests.factories import (
    broken_constraint,
    make_body,
    make_consultation,
    make_district,
    make_item,
    make_member,
    make_pin,
    make_sitting,
)

Outcome = Consultation.Outcome
State = Sitting.State


@pytest.fixture
def west(db):
    body = make_body("Ortsbeirat West")
    make_district(16, body=body)
    return body


@pytest.fixture
def east(db):
    body = make_body("Ortsbeirat Ost")
    make_district(17, body=body)
    return body


@pytest.fixture
def council(db):
    return make_body("Stadtrat", kind=Body.Kind.COUNCIL)


@pytest.fixture
def mayor(council):
    return make_member(council)


@pytest.fixture
def bundle(west, east, council):
    """A decision of the council on one contribution in each of two Ortsbezirke."""
    sitting = make_sitting(council, state=State.INVITED, days=-0.05)
    pins = (
        make_pin(status=Status.SCHEDULED),
        make_pin(district=17, status=Status.SCHEDULED),
    )
    return make_consultation(
        council, *pins, item=make_item(sitting), role=Consultation.Role.DECISION
    )


def heard(consultation, body, outcome="endorsed", *, is_public=True):
    """Let a body have been heard on the matter of another consultation."""
    sitting = make_sitting(body, state=State.HELD, days=-9)
    return make_consultation(
        body,
        matter=consultation.matter,
        item=make_item(sitting, is_public=is_public),
        outcome=outcome,
        reason="Darum.",
        decided_at=timezone.now(),
    )


def decide(consultation, outcome=Outcome.ENDORSED):
    return record_result(
        item=consultation.item, version=0, result=Result(outcome=outcome, reason="So.")
    )


def test_every_council_of_a_bundle_must_be_heard(bundle, west, east):
    assert set(unheard_bodies(bundle.matter)) == {west, east}
    heard(bundle, west)

    with pytest.raises(ResultRefused) as caught:
        decide(bundle)

    assert "Ortsbeirat Ost" in caught.value.errors["outcome"]
    assert "Ortsbeirat West" not in caught.value.errors["outcome"]


@pytest.mark.parametrize(
    ("outcome", "counts"),
    [(o, o != Outcome.POSTPONED) for o in Outcome],
)
def test_whatever_it_says_it_has_been_heard_but_for_postponing(
    bundle, west, east, outcome, counts
):
    heard(bundle, west, outcome)
    heard(bundle, east)

    assert unheard_bodies(bundle.matter) == ([] if counts else [west])


@pytest.mark.parametrize("outcome", Outcome)
def test_only_a_decision_has_to_wait(bundle, outcome):
    if outcome in {Outcome.ENDORSED, Outcome.NOT_ENDORSED}:
        with pytest.raises(ResultRefused):
            decide(bundle, outcome)
    else:
        assert decide(bundle, outcome).version == 1


def test_advice_has_to_wait_for_nobody(bundle, council):
    Consultation.objects.filter(pk=bundle.pk).update(
        role=Consultation.Role.ADVICE, is_authoritative=False
    )

    assert decide(bundle).version == 1


def test_a_council_that_decides_itself_is_heard_by_that(west):
    sitting = make_sitting(west, state=State.INVITED, days=-0.05)
    pin = make_pin(status=Status.SCHEDULED)
    own = make_consultation(
        west,
        pin,
        item=make_item(sitting),
        role=Consultation.Role.DECISION,
        announced_at=timezone.now(),
    )

    decide(own)
    close_sitting(sitting=sitting, actor=make_member(west))

    pin.refresh_from_db()
    assert pin.status == Status.ADOPTED


def test_a_waiver_with_a_reason_replaces_the_hearing(bundle, west, east):
    heard(bundle, west)
    chair = make_member(east)

    waive_hearing(matter=bundle.matter, body=east, actor=chair, reason=" Eilt. ")

    assert unheard_bodies(bundle.matter) == []
    assert decide(bundle).version == 1
    assert Hearing.objects.get().waived_because == "Eilt."


def test_a_waiver_is_given_once_and_only_where_it_is_due(bundle, west, east, mayor):
    heard(bundle, west)
    waive_hearing(matter=bundle.matter, body=east, actor=mayor, reason="Eilt.")

    for body in (west, east, bundle.body):
        with pytest.raises(MatterRefused):
            waive_hearing(matter=bundle.matter, body=body, actor=mayor, reason="Neu.")
    assert Hearing.objects.get().waived_because == "Eilt."


@pytest.mark.parametrize("reason", ["", "  "])
def test_no_waiver_without_a_reason(bundle, west, mayor, reason):
    with pytest.raises(MatterRefused):
        waive_hearing(matter=bundle.matter, body=west, actor=mayor, reason=reason)

    assert not Hearing.objects.exists()


def test_where_it_lies_counts_and_not_who_works_on_it(bundle, west, east, mayor):
    pin = Pin.objects.get(in_matter__matter=bundle.matter, district__number=16)
    Handover.objects.create(
        pin=pin, from_body=west, to_body=east, actor=mayor, reason="Zuständig"
    )
    Pin.objects.filter(pk=pin.pk).update(handed_to=east)

    assert set(unheard_bodies(bundle.matter)) == {west, east}


def test_a_hearing_can_be_asked_of_a_further_body(bundle, west, east):
    heard(bundle, west)
    heard(bundle, east)
    board = make_body("Beirat für Migration", kind=Body.Kind.ADVISORY_BOARD)
    Hearing.objects.create(matter=bundle.matter, body=board)

    assert unheard_bodies(bundle.matter) == [board]


def test_closing_checks_once_more(bundle, west, east, mayor):
    """A hearing can become due after the result was typed in."""
    heard(bundle, west)
    heard(bundle, east)
    decide(bundle)
    board = make_body("Beirat für Migration", kind=Body.Kind.ADVISORY_BOARD)
    Hearing.objects.create(matter=bundle.matter, body=board)

    with pytest.raises(ResultsMissing) as caught:
        close_sitting(sitting=bundle.item.sitting, actor=mayor)

    assert "Migration" in caught.value.items[bundle.item]


def test_the_database_refuses_an_unlawful_decision(bundle):
    with pytest.raises(IntegrityError) as caught:
        Consultation.objects.filter(pk=bundle.pk).update(
            outcome="endorsed", decided_at=timezone.now()
        )

    assert broken_constraint(caught.value) == "consultation_heard_before_decided"


def test_the_matters_on_which_a_body_must_be_heard(bundle, west, east):
    heard(bundle, west)

    assert awaiting_hearing(west) == []
    assert awaiting_hearing(east) == [bundle.matter]


def test_nothing_is_due_while_nobody_deals_with_it(west):
    make_consultation(west, make_pin())

    assert awaiting_hearing(west) == []


def test_many_matters_are_looked_at_in_one_query(
    bundle, east, west, django_assert_num_queries
):
    other = make_consultation(west, make_pin(district=17)).matter

    with django_assert_num_queries(1):
        found = unheard_by_matter([bundle.matter, other])

    assert {pk: set(bodies) for pk, bodies in found.items()} == {
        bundle.matter.pk: {west, east},
        other.pk: {east},
    }
