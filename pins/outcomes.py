"""What the city makes of contributions, as their lists and exports name it."""

from collections.abc import Mapping
from typing import NamedTuple

from django.db import connection

LENGTH = 200


class Outcome(NamedTuple):
    """The goals and the measures of a contribution, each as one line; None without."""

    goal: str | None
    measure: str | None


def show_outcomes(outcomes: Mapping[int, Outcome]) -> None:
    """Write what became of each contribution, by its id; the public rows follow.

    Longer lines end in an ellipsis at 200 characters. One statement; of rows that say it
    already none is written. The others are held in one order: two at once never wait for
    each other.
    """
    if not outcomes:
        return
    ids, goals, measures = [], [], []
    for pin_id, outcome in outcomes.items():
        ids.append(pin_id)
        goals.append(_shorten(outcome.goal))
        measures.append(_shorten(outcome.measure))
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH held AS MATERIALIZED (
                SELECT p.id, o.goal, o.measure
                FROM pins_pin p
                JOIN unnest(%s::bigint[], %s::text[], %s::text[]) o(id, goal, measure)
                    USING (id)
                WHERE p.goal IS DISTINCT FROM o.goal
                    OR p.measure IS DISTINCT FROM o.measure
                ORDER BY p.id
                FOR NO KEY UPDATE OF p
            )
            UPDATE pins_pin p SET goal = held.goal, measure = held.measure
            FROM held WHERE p.id = held.id
            """,
            [ids, goals, measures],
        )


def _shorten(line: str | None) -> str | None:
    if not line:
        return None
    return line if len(line) <= LENGTH else f"{line[: LENGTH - 1].rstrip()}…"
