"""What planners do with the concept: fields of action and goals (`insek.concept.measuring`:
measures and milestones).
"""

from collections.abc import Iterable

import psycopg
from django.db import IntegrityError, transaction
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from insek.models import FieldOfAction, Goal, Link
from insek.reading import digest_of, hold_as_read
from insek.trace.telling import tell_linked
from insek.trace.tracing import links_of, pins_of, refresh_outcomes
from layers.models import Theme

FIELD_FIELDS = (
    "number",
    "slug",
    "title_de",
    "title_en",
    "text_de",
    "text_en",
    "themes",
)
# What is saved has a moment of its own.
GOAL_FIELDS = ("modified_at",)
NUMBER_LENGTH = 12


class ConceptRefused(Exception):
    """It cannot be done with the concept; `field` is where the form says so."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


def keep(row: Model, taken: str) -> None:
    """Save a row; raises ConceptRefused, with the message `taken`, where somebody else
    has just used what must be its own.
    """
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        cause = error.__cause__
        if isinstance(cause, psycopg.errors.UniqueViolation):
            raise ConceptRefused(taken, "number") from error
        raise


def digest_of_field(field: FieldOfAction) -> str:
    """Return what changes with anything that a field of action says."""
    return digest_of(field, FIELD_FIELDS)


def digest_of_goal(goal: Goal) -> str:
    """Return what changes with each time that a goal is saved."""
    return digest_of(goal, GOAL_FIELDS)


@transaction.atomic
def save_field(
    *, field: FieldOfAction, themes: Iterable[Theme], read: str = ""
) -> FieldOfAction:
    """Save a field of action, new or changed.

    Raises ConceptRefused for another number where goals carry it, ChangedMeanwhile where
    it is no longer what was `read`, and DoesNotExist where it is gone.
    """
    if field.pk is not None:
        held = hold_as_read(FieldOfAction, field.pk, FIELD_FIELDS, read)
        if held.number != field.number and held.goals.exists():
            message = _(
                "Its goals carry the number: please renumber or move them first."
            )
            raise ConceptRefused(message, "number")
    keep(field, _("Another field has this number, or this name in the address."))
    field.themes.set(themes)
    return field


@transaction.atomic
def delete_field(*, field: FieldOfAction) -> None:
    """Delete a field of action; raises ConceptRefused where goals belong to it."""
    FieldOfAction.objects.select_for_update().get(pk=field.pk)
    if field.goals.exists():
        raise ConceptRefused(
            _("Goals belong to this field: delete or move them first.")
        )
    field.delete()


@transaction.atomic
def save_goal(*, goal: Goal, read: str = "") -> Goal:
    """Save a goal, new, changed, or moved with all that is below it.

    A goal carries the number of what it is part of, and one part more. Whoever follows
    contributions to it is told when it becomes public. Raises ConceptRefused,
    ChangedMeanwhile and DoesNotExist as `save_field`.
    """
    # The tree is small: it is held whole while one goal finds its place.
    tree = {g.pk: g for g in Goal.objects.select_for_update(no_key=True).order_by("pk")}
    before = _as_read(goal, read)
    _require_place(goal, tree)
    below = _below(goal, tree) if before else []
    goal.modified_at = timezone.now()
    if before is not None and before.number != goal.number:
        _renumber(below, before.number, goal.number, tree)
    keep(goal, _("Another goal has this number."))
    for child in below:
        child.field_id = goal.field_id
        child.save()
    refresh_outcomes({pk for one in [goal, *below] for pk in pins_of(one)})
    if goal.is_public and (before is None or not before.is_public):
        tell_linked(links_of(goal))
    return goal


def _as_read(goal: Goal, read: str) -> Goal | None:
    return hold_as_read(Goal, goal.pk, GOAL_FIELDS, read) if goal.pk else None


def _require_place(goal: Goal, tree: dict[int, Goal]) -> None:
    parent = tree.get(goal.parent_id or 0)
    if parent is not None:
        if parent.pk in {goal.pk, *(g.pk for g in _below(goal, tree))}:
            raise ConceptRefused(
                _("A goal cannot be part of what is part of it."), "parent"
            )
        if parent.field_id != goal.field_id:
            raise ConceptRefused(
                _("That goal lies in another field of action."), "parent"
            )
    above = parent.number if parent is not None else str(goal.field.number)
    last = goal.number.removeprefix(f"{above}.")
    if last == goal.number or not (last.isascii() and last.isdigit()):
        message = _("Here the number begins with %(above)s. and has one part more.")
        raise ConceptRefused(message % {"above": above}, "number")
    if any(g.number == goal.number and g.pk != goal.pk for g in tree.values()):
        raise ConceptRefused(_("Another goal has this number."), "number")


def _below(goal: Goal, tree: dict[int, Goal]) -> list[Goal]:
    """Return all goals below one, each after that which it is part of."""
    found: list[Goal] = []
    waiting = [goal.pk] if goal.pk else []
    while waiting:
        children = [g for g in tree.values() if g.parent_id in waiting]
        found += children
        waiting = [g.pk for g in children]
    return found


def _renumber(below: list[Goal], old: str, new: str, tree: dict[int, Goal]) -> None:
    """Let the goals below follow a new number; raises ConceptRefused where they cannot."""
    moving = {g.pk for g in below}
    taken = {g.number for g in tree.values() if g.pk not in moving}
    for child in below:
        child.number = new + child.number.removeprefix(old)
        child.modified_at = timezone.now()
        if len(child.number) > NUMBER_LENGTH:
            message = _("The numbers below it would become too long: %(number)s.")
            raise ConceptRefused(message % {"number": child.number}, "number")
        if child.number in taken - {old}:
            message = _("The number %(number)s below it is taken.")
            raise ConceptRefused(message % {"number": child.number}, "number")


@transaction.atomic
def delete_goal(*, goal: Goal) -> None:
    """Delete a goal; raises ConceptRefused, with the reason, where something hangs on it."""
    held = Goal.objects.select_for_update().get(pk=goal.pk)
    reasons = []
    if held.children.exists():
        reasons.append(_("goals below it"))
    if held.measures.exists():
        reasons.append(_("measures that serve it"))
    if Link.objects.filter(goal=held).exists():
        reasons.append(_("linked contributions or resolutions"))
    if held.submissions.exists():
        reasons.append(_("submissions to the bodies"))
    if reasons:
        message = _("It cannot be deleted. There are still: %(reasons)s.")
        raise ConceptRefused(message % {"reasons": ", ".join(reasons)})
    held.delete()
