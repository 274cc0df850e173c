"""Linking what was said and resolved to goals, measures and milestones."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ObjectDoesNotExist
from django.db import connection, transaction
from django.db.models import Manager, Q, QuerySet
from django.utils import timezone, translation

from councils.models import Consultation
from insek.models import Event, Goal, Link, Measure, Milestone
from insek.models.trace import LinkQuerySet
from pins.models import Comment, Merge, Pin
from pins.outcomes import Outcome, show_outcomes

Target = Goal | Measure | Milestone
Source = Comment | Event | Consultation

_SURVIVORS = """
    WITH RECURSIVE up(id) AS (
        SELECT unnest(%s::bigint[])
        UNION
        SELECT p.duplicate_of_id FROM pins_pin p JOIN up ON p.id = up.id
        WHERE p.duplicate_of_id IS NOT NULL
    )
    SELECT id FROM up
"""
_MERGED = """
    WITH RECURSIVE down(heir, id) AS (
        SELECT id, id FROM unnest(%s::bigint[]) pin(id)
        UNION
        SELECT d.heir, p.id FROM down d
        JOIN pins_pin p ON p.duplicate_of_id = d.id AND p.visibility = 'published'
    )
    SELECT heir, id FROM down
"""


_TARGETS: dict[str, QuerySet[Any]] = {
    "goal": Goal.objects.all(),
    "measure": Measure.objects.all(),
    "milestone": Milestone.objects.select_related("measure"),
}


class LinkRefused(Exception):
    """Something cannot be linked; the message is for who tried it."""


def source_field(source: Source) -> str:
    """Return the field of `Link` that such a source stands in."""
    fields = {Comment: "comment", Event: "event", Consultation: "consultation"}
    return fields[type(source)]


def target_field(target: Target) -> str:
    """Return the field of `Link` that such a target stands in."""
    return {Goal: "goal", Measure: "measure", Milestone: "milestone"}[type(target)]


def read_target(kind: str, target_id: int) -> Target:
    """Return the part of the concept that stands in this field of `Link`, public or not.

    Raises ObjectDoesNotExist for what is none.
    """
    if kind not in _TARGETS:
        raise ObjectDoesNotExist
    target: Target = _TARGETS[kind].get(pk=target_id)
    return target


@transaction.atomic
def link_pins(
    *, pins: Iterable[Pin], target: Target, actor: User, reason: str = ""
) -> list[Link]:
    """Say that a part of the concept answers these contributions; return the new links.

    What is linked already stays as it is. As many statements whatever the number.
    """
    field = target_field(target)
    ids = sorted({pin.pk for pin in pins})
    _hold(target)
    # Nobody links the same meanwhile, so that what is new is told once.
    list(
        Pin.objects.select_for_update(no_key=True)
        .filter(pk__in=ids)
        .order_by("pk")
        .values_list("pk")
    )
    known = set(
        Link.objects.filter(pin__in=ids, **{field: target}).values_list(
            "pin", flat=True
        )
    )
    now = timezone.now()
    links = Link.objects.bulk_create(
        Link(
            pin_id=pk, linked_by=actor, linked_at=now, reason=reason, **{field: target}
        )
        for pk in ids
        if pk not in known
    )
    refresh_outcomes(link.pin_id for link in links if link.pin_id)
    return links


def _hold(target: Target) -> None:
    """Wait for whoever is publishing a part of the concept: one of both must see the other.

    Before the contributions, as all hold them.
    """
    shown = target.measure if isinstance(target, Milestone) else target
    held = type(shown)._default_manager.select_for_update(no_key=True)
    list(held.filter(pk=shown.pk).values_list("pk"))


@transaction.atomic
def link_source(
    *,
    source: Source,
    target: Target,
    actor: User,
    reason: str = "",
) -> Link:
    """Say that a part of the concept answers a comment, or came from an event or a
    resolution; return the link, the old one where there is one.
    """
    fields = {source_field(source): source, target_field(target): target}
    link, _is_new = Link.objects.get_or_create(
        **fields, defaults={"linked_by": actor, "reason": reason}
    )
    return link


def unlink(*, link: Link) -> None:
    """Take a link back; what lists and exports say of the contribution follows."""
    unlink_all(links=Link.objects.filter(pk=link.pk))


@transaction.atomic
def unlink_all(*, links: LinkQuerySet) -> int:
    """Take links back, as `unlink`; return how many."""
    held = list(links.select_for_update(of=("self",)).values_list("pk", "pin"))
    Link.objects.filter(pk__in=[pk for pk, _pin in held]).delete()
    refresh_outcomes(pin for _pk, pin in held if pin)
    return len(held)


@transaction.atomic
def refresh_outcomes(pin_ids: Iterable[int]) -> None:
    """Bring up to date what lists and exports say became of these contributions.

    Called by everything that changes links, or the names and the visibility of what they
    lead to. In German, as the concept is. What leads from a duplicate leads from its
    survivors too (ADR 0025).
    """
    ids = _with_survivors(pin_ids)
    with translation.override(settings.LANGUAGE_CODE):
        goals, measures = _names(ids)
    show_outcomes(
        {
            pk: Outcome("; ".join(goals[pk]) or None, "; ".join(measures[pk]) or None)
            for pk in ids
        }
    )


def refresh_merged(pin: Pin) -> None:
    """Bring up to date what is said of those that a contribution repeats, or repeated
    before, by their own.
    """
    former = Merge.objects.filter(step__pin=pin).order_by("-pk")
    ids = set(former.values_list("survivor", flat=True)[:1]) | {pin.duplicate_of_id}
    survivors = {pk for pk in ids if pk is not None}
    if survivors:
        refresh_outcomes(survivors)


def follow_merging(
    instance: Pin, update_fields: Collection[str] | None = None, **_kwargs: object
) -> None:
    """Follow what a saved contribution repeats: a receiver of Django's `post_save`.

    `pins` does not know of goals and measures, and need not.
    """
    if {"duplicate_of", "visibility"} & set(update_fields or ()):
        refresh_merged(instance)


def _with_survivors(pin_ids: Iterable[int]) -> set[int]:
    ids = list(set(pin_ids))
    with connection.cursor() as cursor:
        cursor.execute(_SURVIVORS, [ids])
        return {row[0] for row in cursor.fetchall()}


def _with_merged(pin_ids: Collection[int]) -> dict[int, set[int]]:
    """Return to which contributions each one's links belong, its own included."""
    heirs: dict[int, set[int]] = defaultdict(set)
    with connection.cursor() as cursor:
        cursor.execute(_MERGED, [list(pin_ids)])
        for heir, pk in cursor.fetchall():
            heirs[pk].add(heir)
    return heirs


def _names(
    ids: Collection[int],
) -> tuple[dict[int, list[str]], dict[int, list[str]]]:
    """Return the public goals and measures of each contribution, by its id."""
    goals: dict[int, list[str]] = defaultdict(list)
    measures: dict[int, list[str]] = defaultdict(list)
    heirs = _with_merged(ids)
    links = Link.objects.to_public().filter(pin__in=list(heirs))
    rows = list(links.values_list("pin", "goal", "measure", "milestone"))
    of_goals = _by_id(Goal.objects, {goal for _pin, goal, _m, _s in rows})
    of_measures = _by_id(Measure.objects, {measure for _pin, _g, measure, _s in rows})
    milestones = Milestone.objects.filter(pk__in={row[3] for row in rows})
    of_milestones = {
        one.pk: str(one.measure) for one in milestones.select_related("measure")
    }
    for pin_id, goal, measure, milestone in rows:
        for pk in heirs[pin_id or 0]:
            if goal is not None:
                _add(goals[pk], of_goals[goal])
            if measure is not None:
                _add(measures[pk], of_measures[measure])
            if milestone is not None:
                _add(measures[pk], of_milestones[milestone])
    return goals, measures


def _by_id(
    manager: Manager[Goal] | Manager[Measure], ids: set[int | None]
) -> dict[int, str]:
    return {one.pk: str(one) for one in manager.filter(pk__in=ids)}


def _add(names: list[str], name: str) -> None:
    if name not in names:
        names.append(name)


def links_of(target: Target) -> LinkQuerySet:
    """Return the links to a part of the concept; to a measure also those to its
    milestones, which are public with it.
    """
    to_it = Q(**{target_field(target): target})
    if isinstance(target, Measure):
        to_it |= Q(milestone__measure=target)
    return Link.objects.filter(to_it)


def pins_of(target: Target) -> set[int]:
    """Return the ids of all contributions that `links_of` it lead from."""
    links = links_of(target).filter(pin__isnull=False)
    return set(links.values_list("pin_id", flat=True))
