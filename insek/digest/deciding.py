"""What planners make of suggestions: confirm, dismiss, name, mend and merge them.

Each change says which version its planner saw: where somebody else, or a new search, was
faster, it is refused, and nothing is overwritten.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from insek.models import Suggestion, SuggestionPin

State = Suggestion.State


class SuggestionChanged(Exception):
    """Somebody else was faster; the message is for the planner."""


@dataclass(frozen=True)
class Seen:
    """A suggestion as a planner saw it."""

    id: int
    version: int


@transaction.atomic
def confirm(*, seen: Seen, name_de: str, name_en: str, actor: User) -> Suggestion:
    """Make a suggestion one of the city's topics or hot spots, or give it another name.

    Raises `SuggestionChanged`.
    """
    suggestion = _hold(seen)
    suggestion.name_de, suggestion.name_en = name_de, name_en
    return _decide(suggestion, State.CONFIRMED, actor)


@transaction.atomic
def dismiss(*, seen: Seen, actor: User) -> Suggestion:
    """Put a suggestion aside: the same is not suggested again. Raises `SuggestionChanged`."""
    return _decide(_hold(seen), State.DISMISSED, actor)


@transaction.atomic
def reopen(*, seen: Seen) -> Suggestion:
    """Take a decision back; the name stays. Raises `SuggestionChanged`."""
    suggestion = _hold(seen)
    suggestion.state = State.SUGGESTED
    suggestion.decided_by = suggestion.decided_at = None
    return _save(suggestion)


@transaction.atomic
def move_pins(
    *, seen: Seen, pin_ids: Collection[int], to: SuggestionPin.State
) -> Suggestion:
    """Take contributions into a suggestion, or out of it. Raises `SuggestionChanged`."""
    suggestion = _hold(seen)
    suggestion.members.filter(pin__in=pin_ids).update(state=to)
    return _save(suggestion)


@transaction.atomic
def merge(*, seen: Seen, into: Seen, actor: User) -> Suggestion:
    """Give the contributions of one suggestion to another of its kind, and put it aside.

    What a planner has taken out of the other stays out. Returns the other. Raises
    `SuggestionChanged`.
    """
    # Always in one order: two planners who merge crosswise must not wait for each other.
    held = {one.id: _hold(one) for one in sorted((seen, into), key=lambda one: one.id)}
    suggestion, other = held[seen.id], held[into.id]
    if suggestion.pk == other.pk or suggestion.kind != other.kind:
        raise SuggestionChanged(_("These two cannot be put together."))
    if State.DISMISSED in {suggestion.state, other.state}:
        raise SuggestionChanged(_("One of the two was dismissed meanwhile."))
    taken_out = other.members.filter(state=SuggestionPin.State.REMOVED)
    rows = suggestion.members.members().exclude(pin__in=taken_out.values("pin"))
    SuggestionPin.objects.bulk_create(
        (
            SuggestionPin(suggestion=other, pin_id=row.pin_id, score=row.score)
            for row in rows
        ),
        update_conflicts=True,
        unique_fields=["suggestion", "pin"],
        update_fields=["state"],
    )
    if other.geometry is not None and suggestion.geometry is not None:
        both: Any = other.geometry.union(suggestion.geometry)
        other.geometry = both.convex_hull
    _decide(suggestion, State.DISMISSED, actor)
    return _save(other)


def _hold(seen: Seen) -> Suggestion:
    """Lock a suggestion as it was seen."""
    suggestion = Suggestion.objects.select_for_update().filter(pk=seen.id).first()
    if suggestion is None:
        raise SuggestionChanged(
            _("This suggestion is gone: a new search has replaced it meanwhile.")
        )
    if suggestion.version != seen.version:
        raise SuggestionChanged(
            _(
                "Somebody else has changed this suggestion meanwhile. Please look at it again."
            )
        )
    return suggestion


def _decide(suggestion: Suggestion, state: State, actor: User) -> Suggestion:
    suggestion.state = state
    suggestion.decided_by = actor
    suggestion.decided_at = timezone.now()
    return _save(suggestion)


def _save(suggestion: Suggestion) -> Suggestion:
    suggestion.version += 1
    suggestion.save()
    return suggestion
