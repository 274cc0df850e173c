"""What the database refuses of sittings, agendas, matters, whoever writes to it."""

import datetime

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from councils.models import (
    AgendaItem,
    Consultation,
    Hearing,
    Matter,
    MatterPin,
    Sitting,
)
from districts.models import Body
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

State = Sitting.State
NOW = timezone.now()


@pytest.fixture
def body(db):
    body = make_body("Ortsbeirat West")
    make_district(16, body=body)
    return body


@pytest.fixture
def sitting(body):
    return make_sitting(body)


def refused(constraint, write, *args, **fields):
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        write(*args, **fields)
    assert broken_constraint(error.value) == constraint


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("sitting_state_known", {"state": "odd", "invited_at": None}),
        (
            "sitting_ends_after_its_start",
            {"start": NOW, "end": NOW},
        ),
        (
            "sitting_ends_after_its_start",
            {"start": NOW, "end": NOW - datetime.timedelta(hours=1)},
        ),
        (
            "sitting_cancelled_with_a_reason",
            {"state": State.CANCELLED, "cancelled_because": ""},
        ),
        ("sitting_cancelled_with_a_reason", {"cancelled_because": "Sturm"}),
        ("sitting_planned_is_not_invited", {"invited_at": NOW}),
    ],
)
def test_sittings(body, constraint, fields):
    refused(constraint, make_sitting, body, **fields)


@pytest.mark.parametrize("first", State)
@pytest.mark.parametrize("second", State)
def test_one_sitting_at_a_time(body, first, second):
    start = NOW + datetime.timedelta(days=3)
    make_sitting(body, state=first, start=start)
    if State.CANCELLED in {first, second}:
        assert make_sitting(body, state=second, start=start).pk
    else:
        refused("sitting_one_at_a_time", make_sitting, body, state=second, start=start)


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("agendaitem_order_from_one", {"order": 0}),
        ("agendaitem_votes_all_or_none", {"votes_for": 1}),
        ("agendaitem_votes_all_or_none", {"votes_for": 1, "votes_abstained": 0}),
        ("agendaitem_resolution_length", {"resolution_text": "x" * 10_001}),
    ],
)
def test_items(sitting, constraint, fields):
    refused(constraint, make_item, sitting, **fields)


def test_two_items_at_one_place(sitting):
    """Deferred to the end of a transaction, where an agenda gets another order."""
    first, second = make_item(sitting), make_item(sitting)
    with transaction.atomic():
        AgendaItem.objects.filter(pk=first.pk).update(order=2)
        AgendaItem.objects.filter(pk=second.pk).update(order=1)

    def place_twice():
        AgendaItem.objects.filter(pk=first.pk).update(order=1)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    refused("agendaitem_order_once", place_twice)


@pytest.mark.parametrize(
    ("seats", "votes", "fits"),
    [
        (15, (9, 4, 2), True),
        (15, (9, 4, 3), False),
        (15, (16, 0, 0), False),
        (15, (0, 0, 0), True),
        (None, (500, 400, 300), True),
    ],
)
def test_votes_within_the_seats(body, sitting, seats, votes, fits):
    Body.objects.filter(pk=body.pk).update(seats=seats)
    names = ("votes_for", "votes_against", "votes_abstained")
    fields = dict(zip(names, votes, strict=True))
    item = make_item(sitting)

    def change():
        AgendaItem.objects.filter(pk=item.pk).update(**fields)

    if fits:
        change()
        make_item(sitting, **fields)
    else:
        refused("agendaitem_votes_within_seats", change)
        refused("agendaitem_votes_within_seats", make_item, sitting, **fields)


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("consultation_role_known", {"role": "odd"}),
        ("consultation_outcome_known", {"outcome": "odd"}),
        (
            "consultation_decisions_are_authoritative",
            {"role": "decision", "is_authoritative": False},
        ),
        (
            "consultation_decisions_are_authoritative",
            {"role": "hearing", "is_authoritative": True},
        ),
        ("consultation_decided_with_an_outcome", {"decided_at": NOW}),
        (
            "consultation_decided_with_an_outcome",
            {"decided_at": NOW, "outcome": "noted", "item": None},
        ),
        (
            "consultation_refused_with_a_reason",
            {"decided_at": NOW, "outcome": "not_endorsed"},
        ),
        ("consultation_reason_length", {"reason": "x" * 4_001}),
    ],
)
def test_consultations(body, sitting, constraint, fields):
    values = {"item": make_item(sitting)} | fields
    refused(constraint, make_consultation, body, make_pin(), **values)


def test_a_matter_is_before_a_body_once_at_a_time(body, sitting):
    pin = make_pin()
    first = make_consultation(body, pin)
    refused("consultation_once_at_a_time", make_consultation, body, matter=first.matter)
    Consultation.objects.filter(pk=first.pk).update(
        item=make_item(sitting), outcome="postponed", decided_at=NOW
    )
    assert make_consultation(body, matter=first.matter).order == 2


def test_places_in_a_chain(body):
    first = make_consultation(body, make_pin())
    refused(
        "consultation_order_once",
        make_consultation,
        make_body("Stadtrat"),
        matter=first.matter,
        order=1,
    )


def test_an_item_of_another_bodys_sitting(body, sitting):
    other = make_body("Stadtrat", kind=Body.Kind.COUNCIL)
    make_sitting(other)
    pin, item = make_pin(), make_item(sitting)
    refused(
        "consultation_body_of_the_sitting", make_consultation, other, pin, item=item
    )
    proposal = make_consultation(other, pin)
    refused(
        "consultation_body_of_the_sitting",
        Consultation.objects.filter(pk=proposal.pk).update,
        item=item,
    )


def test_an_item_has_one_matter(body, sitting):
    item = make_item(sitting)
    make_consultation(body, make_pin(), item=item)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_consultation(body, make_pin(), item=item)


def test_a_contribution_is_part_of_one_matter(body):
    consultation = make_consultation(body, make_pin())
    pin = consultation.matter.pins.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        MatterPin.objects.create(matter=Matter.objects.create(title="Neu"), pin=pin)


@pytest.mark.parametrize("outcome", ["endorsed", "not_endorsed", "referred", "noted"])
@pytest.mark.parametrize("waived", [True, False])
def test_no_decision_before_the_hearing(body, outcome, waived):
    """GemO RLP § 75; referring or noting it decides nothing."""
    council = make_body("Stadtrat", kind=Body.Kind.COUNCIL)
    item = make_item(make_sitting(council))
    consultation = make_consultation(council, make_pin(), role="decision", item=item)
    if waived:
        Hearing.objects.create(
            matter=consultation.matter,
            body=body,
            waived_because="Eilt.",
            waived_by=make_member(body),
            waived_at=NOW,
        )
    decide = Consultation.objects.filter(pk=consultation.pk).update
    fields = {"outcome": outcome, "reason": "Darum.", "decided_at": NOW}

    if waived or outcome in {"referred", "noted"}:
        decide(**fields)
    else:
        refused("consultation_heard_before_decided", decide, **fields)


@pytest.mark.parametrize(
    "fields",
    [
        {"waived_because": "Eilt."},
        {"waived_at": NOW},
        {"waived_because": "Eilt.", "waived_at": NOW},
    ],
)
def test_a_waiver_has_all_of_its_parts(body, fields):
    matter = Matter.objects.create(title="Ein Anliegen")
    refused(
        "hearing_waived_with_a_reason",
        Hearing.objects.create,
        matter=matter,
        body=body,
        **fields,
    )


def test_one_hearing_of_a_body(body):
    matter = Matter.objects.create(title="Ein Anliegen")
    Hearing.objects.create(matter=matter, body=body)
    refused("hearing_once_a_body", Hearing.objects.create, matter=matter, body=body)
