"""The tables of moves: every combination of state, target and role is tried."""

import re
from itertools import product
from typing import Any

import pytest
from django.db import connection
from django.utils.translation import gettext

from pins.workflow import (
    FINAL_STATUSES,
    STATUS_GROUPS,
    STATUS_MOVES,
    VISIBILITY_MOVES,
    Kind,
    Move,
    MoveNotAllowed,
    Role,
    Status,
    Visibility,
    find_move,
    targets,
)

TABLES: dict[str, tuple[list[Move], Any]] = {
    "visibility": (VISIBILITY_MOVES, Visibility),
    "status": (STATUS_MOVES, Status),
}

# The design's words, written down a second time: a change of the table that nobody
# meant fails here.
COUNCIL = {Role.BODY, Role.PLANNER}
EXPECTED = {
    ("submitted", "published"): {Role.MODERATOR},
    ("submitted", "rejected"): {Role.MODERATOR},
    ("submitted", "withdrawn"): {Role.AUTHOR},
    ("published", "hidden"): {Role.MODERATOR},
    ("published", "withdrawn"): {Role.AUTHOR},
    ("rejected", "published"): {Role.MODERATOR},
    ("hidden", "published"): {Role.MODERATOR},
    ("hidden", "withdrawn"): {Role.AUTHOR},
    ("received", "in_review"): COUNCIL,
    ("received", "scheduled"): {Role.SITTING},
    ("received", "duplicate"): COUNCIL,
    ("in_review", "scheduled"): {Role.SITTING},
    ("in_review", "endorsed"): {*COUNCIL, Role.SITTING},
    ("in_review", "not_endorsed"): {*COUNCIL, Role.SITTING},
    ("in_review", "referred"): {*COUNCIL, Role.SITTING},
    ("in_review", "duplicate"): COUNCIL,
    ("scheduled", "in_review"): {Role.SITTING},
    ("scheduled", "endorsed"): {Role.SITTING},
    ("scheduled", "not_endorsed"): {Role.SITTING},
    ("scheduled", "referred"): {Role.SITTING},
    ("scheduled", "adopted"): {Role.DECISION},
    ("referred", "endorsed"): {Role.SITTING},
    ("referred", "not_endorsed"): {*COUNCIL, Role.SITTING},
    ("referred", "adopted"): {Role.PLANNER, Role.DECISION},
    ("endorsed", "not_endorsed"): {Role.DECISION},
    ("endorsed", "adopted"): {Role.PLANNER, Role.DECISION},
    ("endorsed", "in_progress"): {Role.PLANNER},
    ("adopted", "in_progress"): {Role.PLANNER},
    ("in_progress", "done"): {Role.PLANNER},
    ("not_endorsed", "in_review"): COUNCIL,
    ("not_endorsed", "adopted"): {Role.DECISION},
    ("duplicate", "in_review"): COUNCIL,
}
NEEDS_REASON = {"rejected", "hidden", "not_endorsed"}


def combinations():
    for table, (_, states) in TABLES.items():
        for source, target, role in product(states, states, Role):
            yield pytest.param(
                table, source, target, role, id=f"{source}-{target}-{role}"
            )


@pytest.mark.parametrize(("table", "source", "target", "role"), combinations())
def test_a_move_works_for_its_roles_and_for_no_other(table, source, target, role):
    moves, _ = TABLES[table]

    if role in EXPECTED.get((source, target), set()):
        move = find_move(moves, source, target, {role}, "A reason.")
        assert (move.source, move.target) == (source, target)
        assert target in targets(moves, source, {role})
    else:
        with pytest.raises(MoveNotAllowed):
            find_move(moves, source, target, {role}, "A reason.")
        assert target not in targets(moves, source, {role})


@pytest.mark.parametrize(
    ("move", "moves"),
    [(move, moves) for moves, _ in TABLES.values() for move in moves],
    ids=lambda value: (
        f"{value.source}-{value.target}" if hasattr(value, "source") else ""
    ),
)
@pytest.mark.parametrize("reason", ["", " \n\t"])
def test_only_a_refusal_needs_a_reason(move, moves, reason):
    if move.target in NEEDS_REASON:
        with pytest.raises(MoveNotAllowed, match=gettext("Please give a reason.")):
            find_move(moves, move.source, move.target, set(move.roles), reason)
    else:
        roles = set(move.roles)
        assert find_move(moves, move.source, move.target, roles, reason) == move


@pytest.mark.parametrize("moves", [VISIBILITY_MOVES, STATUS_MOVES])
def test_no_move_stands_in_the_table_twice(moves):
    steps = [(move.source, move.target) for move in moves]
    assert len(steps) == len(set(steps))


def test_nobody_moves_without_a_role():
    for moves, _ in TABLES.values():
        for move in moves:
            with pytest.raises(MoveNotAllowed):
                find_move(moves, move.source, move.target, set(), "A reason.")


def test_every_status_can_be_reached_and_the_final_ones_are_ends():
    reached = {move.target for move in STATUS_MOVES}
    assert reached == set(Status) - {Status.RECEIVED}
    # A reconsideration leads on from an end; and a resolution, against the advice.
    onward = [m for m in STATUS_MOVES if m.source in FINAL_STATUSES]
    assert {m.target for m in onward} == {Status.IN_REVIEW, Status.ADOPTED}
    (against,) = [m for m in onward if m.target == Status.ADOPTED]
    assert against.roles == {Role.DECISION}


def test_withdrawn_is_for_ever():
    assert targets(VISIBILITY_MOVES, Visibility.WITHDRAWN, set(Role)) == []


def test_heard_and_not_supported_never_looks_like_done():
    assert set(STATUS_GROUPS) == set(Status)
    assert STATUS_GROUPS[Status.NOT_ENDORSED] == "negative"
    assert STATUS_GROUPS[Status.DONE] == "positive"
    assert set(STATUS_GROUPS.values()) <= {
        "open",
        "active",
        "positive",
        "negative",
        "neutral",
    }
    assert all(status.group == STATUS_GROUPS[status] for status in Status)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("constraint", "choices"),
    [
        ("pin_kind_known", Kind),
        ("pin_visibility_known", Visibility),
        ("pin_status_known", Status),
    ],
)
def test_the_database_knows_the_same_states_as_the_code(constraint, choices):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %s",
            [constraint],
        )
        (definition,) = cursor.fetchone()
    assert re.findall(r"'(\w+)'", definition) == choices.values
