"""The concept as everyone reads it: fields, their goals as trees, with counts."""

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection
from django.db.models import Count, Q

from insek.models import FieldOfAction, Goal
from pins.merging import PUBLIC_SURVIVORS

# Linked to the goal itself, to measures that serve it or to their milestones.
_LINKED = """
    SELECT l.goal_id, l.pin_id FROM insek_link l
    WHERE l.goal_id = ANY(%(goals)s) AND l.pin_id IS NOT NULL
    UNION
    SELECT mg.goal_id, l.pin_id
    FROM insek_measuregoal mg
    JOIN insek_measure m ON m.id = mg.measure_id AND m.is_public
    JOIN insek_link l ON l.measure_id = m.id AND l.pin_id IS NOT NULL
    WHERE mg.goal_id = ANY(%(goals)s)
    UNION
    SELECT mg.goal_id, l.pin_id
    FROM insek_measuregoal mg
    JOIN insek_measure m ON m.id = mg.measure_id AND m.is_public
    JOIN insek_milestone s ON s.measure_id = m.id
    JOIN insek_link l ON l.milestone_id = s.id AND l.pin_id IS NOT NULL
    WHERE mg.goal_id = ANY(%(goals)s)
"""
# Few repeat another one: only their way is followed.
_REPEATING = """
    SELECT p.id FROM linked JOIN pins_publicpin p ON p.id = linked.pin_id
    WHERE p.duplicate_of <> ''
"""
_ANSWERED = f"""
    WITH linked AS MATERIALIZED ({_LINKED})
    SELECT linked.goal_id, count(DISTINCT COALESCE(survivor.id, p.id))
    FROM linked
    JOIN pins_publicpin p ON p.id = linked.pin_id
    LEFT JOIN ({PUBLIC_SURVIVORS.format(ids=f"ARRAY({_REPEATING})")}) survivor
        ON survivor.start = p.id
    GROUP BY linked.goal_id
"""  # noqa: S608 -- fixed text


@dataclass
class Branch:
    """A goal with those below it; counts of public measures and contributions."""

    goal: Goal
    measures: int = 0
    pins: int = 0
    children: list["Branch"] = dataclasses.field(default_factory=list)


@dataclass
class FieldTree:
    """A field of action with its goals."""

    field: FieldOfAction
    branches: list[Branch] = dataclasses.field(default_factory=list)


def read_trees(
    fields: Iterable[FieldOfAction], goals: Iterable[Goal]
) -> list[FieldTree]:
    """Return the fields with these goals in the order of their numbers, with counts.

    A goal whose parent is not among them stands where that would. Two queries, whatever
    their number, and those that read them.
    """
    known = list(goals)
    ids = [goal.pk for goal in known]
    measures = dict(
        Goal.objects.filter(pk__in=ids)
        .order_by()
        .values_list("pk")
        .annotate(n=Count("measures", filter=Q(measures__is_public=True)))
    )
    pins = answered_by_goal(ids)
    branches = {
        goal.pk: Branch(goal, measures.get(goal.pk, 0), pins.get(goal.pk, 0))
        for goal in known
    }
    trees = {found.pk: FieldTree(found) for found in fields}
    for branch in branches.values():
        above = branches.get(branch.goal.parent_id or 0)
        if above is not None:
            above.children.append(branch)
        elif branch.goal.field_id in trees:
            trees[branch.goal.field_id].branches.append(branch)
    return list(trees.values())


def answered_by_goal(goal_ids: Iterable[int]) -> dict[int, int]:
    """Return how many published contributions each goal answers, by its id.

    As its page counts them: one that repeats another counts as that one. One query.
    """
    with connection.cursor() as cursor:
        cursor.execute(_ANSWERED, {"goals": list(goal_ids)})
        return dict(cursor.fetchall())
