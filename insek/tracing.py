"""Linking what was said and resolved to goals, measures and milestones."""

from collections import defaultdict
from collections.abc import Collection, Iterable

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import translation

from insek.models import Goal, Link, Measure, Milestone
from pins.models import Pin
from pins.outcomes import Outcome, show_outcomes

Target = Goal | Measure | Milestone


class LinkRefused(Exception):
    """Something cannot be linked; the message is for who tried it."""


def target_field(target: Target) -> str:
    """Return the field of `Link` that such a target stands in."""
    return {Goal: "goal", Measure: "measure", Milestone: "milestone"}[type(target)]


@transaction.atomic
def link_pins(
    *, pins: Iterable[Pin], target: Target, actor: User, reason: str = ""
) -> list[Link]:
    """Say that a part of the concept answers these contributions; return the new links.

    What is linked already stays as it is. Two statements whatever the number.
    """
    field = target_field(target)
    ids = sorted({pin.pk for pin in pins})
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
    links = Link.objects.bulk_create(
        Link(pin_id=pk, linked_by=actor, reason=reason, **{field: target})
        for pk in ids
        if pk not in known
    )
    refresh_outcomes(link.pin_id for link in links if link.pin_id)
    return links


@transaction.atomic
def unlink(*, link: Link) -> None:
    """Take a link back; what lists and exports say of the contribution follows."""
    pin_id = link.pin_id
    link.delete()
    if pin_id:
        refresh_outcomes([pin_id])


@transaction.atomic
def refresh_outcomes(pin_ids: Iterable[int]) -> None:
    """Bring up to date what lists and exports say became of these contributions.

    Called by everything that changes links, or the names and the visibility of what they
    lead to. In German, as the concept is.
    """
    ids = set(pin_ids)
    with translation.override(settings.LANGUAGE_CODE):
        goals, measures = _names(ids)
    show_outcomes(
        {
            pk: Outcome("; ".join(goals[pk]) or None, "; ".join(measures[pk]) or None)
            for pk in ids
        }
    )


def _names(
    ids: Collection[int],
) -> tuple[dict[int, list[str]], dict[int, list[str]]]:
    """Return the public goals and measures of each contribution, by its id."""
    goals: dict[int, list[str]] = defaultdict(list)
    measures: dict[int, list[str]] = defaultdict(list)
    links = (
        Link.objects.to_public()
        .filter(pin__in=ids)
        .select_related("goal", "measure", "milestone__measure")
    )
    for link in links:
        if link.pin_id is None:
            continue
        if link.goal is not None:
            _add(goals[link.pin_id], str(link.goal))
        measure = link.measure or (link.milestone.measure if link.milestone else None)
        if measure is not None:
            _add(measures[link.pin_id], str(measure))
    return goals, measures


def _add(names: list[str], name: str) -> None:
    if name not in names:
        names.append(name)


def pins_of(target: Target) -> set[int]:
    """Return the ids of all contributions linked to a part of the concept.

    To a measure also those linked to its milestones.
    """
    links = Link.objects.filter(**{target_field(target): target}, pin__isnull=False)
    if isinstance(target, Measure):
        links |= Link.objects.filter(milestone__measure=target, pin__isnull=False)
    return set(links.values_list("pin_id", flat=True))
