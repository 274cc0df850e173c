"""What an outcome does to a status: never a step that the table of moves forbids."""

import itertools

import pytest

from councils.models import Consultation
from councils.outcomes import (
    CONCLUSIVE,
    WAITING,
    acting_roles,
    next_status,
    steps_after,
)
from pins.workflow import FINAL_STATUSES, STATUS_MOVES, Role, Status, find_move

Outcome = Consultation.Outcome
EVERYTHING = list(itertools.product(Status, Outcome, [False, True]))
WAYS = [
    (status, outcome, decides, steps)
    for status, outcome, decides in EVERYTHING
    if (steps := steps_after(status, outcome, is_authoritative=decides))
]


@pytest.mark.parametrize(("status", "outcome", "decides", "steps"), WAYS)
def test_every_step_is_in_the_table_of_moves(status, outcome, decides, steps):
    roles = acting_roles(is_authoritative=decides)

    for to in steps:
        find_move(STATUS_MOVES, status, to, roles, "Weil es so ist.")
        status = to


@pytest.mark.parametrize(("status", "outcome", "decides", "steps"), WAYS)
def test_only_a_refusal_needs_a_reason(status, outcome, decides, steps):
    roles = acting_roles(is_authoritative=decides)
    demanded = [
        move.needs_reason
        for source, to in itertools.pairwise([status, *steps])
        for move in [find_move(STATUS_MOVES, source, to, roles, "Grund")]
    ]

    assert any(demanded) == (outcome == Outcome.NOT_ENDORSED)


@pytest.mark.parametrize("outcome", Outcome)
@pytest.mark.parametrize("decides", [False, True])
def test_what_is_on_the_agenda_never_stays_on_it(outcome, decides):
    to = next_status(Status.SCHEDULED, outcome, is_authoritative=decides)

    assert to not in {None, Status.SCHEDULED}


@pytest.mark.parametrize("status", WAITING)
@pytest.mark.parametrize("outcome", Outcome)
@pytest.mark.parametrize("decides", [False, True])
def test_one_that_missed_the_invitation_ends_where_the_others_do(
    status, outcome, decides
):
    others = steps_after(Status.SCHEDULED, outcome, is_authoritative=decides)
    steps = steps_after(status, outcome, is_authoritative=decides)

    assert (steps or (status,))[-1] == others[-1]


@pytest.mark.parametrize(
    "status", [Status.ADOPTED, Status.IN_PROGRESS, Status.DONE, Status.DUPLICATE]
)
@pytest.mark.parametrize("outcome", Outcome)
@pytest.mark.parametrize("decides", [False, True])
def test_what_is_decided_stays_decided(status, outcome, decides):
    assert steps_after(status, outcome, is_authoritative=decides) == ()


@pytest.mark.parametrize(("status", "outcome", "decides", "steps"), WAYS)
def test_advice_neither_adopts_nor_turns_earlier_advice(
    status, outcome, decides, steps
):
    if decides:
        return
    assert Status.ADOPTED not in steps
    assert status not in {Status.ENDORSED, *FINAL_STATUSES}


def test_a_decision_overrules_the_advice():
    adopt = next_status(Status.NOT_ENDORSED, Outcome.ENDORSED, is_authoritative=True)
    refuse = next_status(Status.ENDORSED, Outcome.NOT_ENDORSED, is_authoritative=True)

    assert (adopt, refuse) == (Status.ADOPTED, Status.NOT_ENDORSED)


def test_only_a_decision_acts_as_one():
    assert acting_roles(is_authoritative=False) == {Role.SITTING}
    assert acting_roles(is_authoritative=True) == {Role.SITTING, Role.DECISION}


def test_what_is_postponed_does_not_go_on():
    assert frozenset(Outcome) - {Outcome.POSTPONED} == CONCLUSIVE
