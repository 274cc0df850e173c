"""Everything that changes an event, and tells those who registered for it."""

from collections.abc import Iterable
from copy import copy

from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from insek.events.files import erase_files_of
from insek.events.letters import Letter, tell_all
from insek.events.registering import move_up
from insek.models import Event, InterestGroup, Invitation
from insek.reading import digest_of, hold_as_read

# What the form of an event holds.
FIELDS = (
    "format",
    "title_de",
    "title_en",
    "text_de",
    "text_en",
    "theme",
    "phase",
    "starts_at",
    "ends_at",
    "place",
    "location",
    "online_url",
    "online_url_is_public",
    "accessibility_de",
    "accessibility_en",
    "is_by_invitation",
    "takes_registrations",
    "capacity",
    "registration_ends_at",
    "groups",
)
# A change of these makes calendars take the event anew; of the first four, people are told.
TOLD = ("starts_at", "ends_at", "place", "online_url")
SCHEDULED = (*TOLD, "location", "title_de", "title_en")


class EventRefused(Exception):
    """This cannot be done with the event as it is now; the message says why."""


def digest_of_event(event: Event) -> str:
    """Return what changes with anything that the form of an event holds."""
    return digest_of(event, FIELDS)


@transaction.atomic
def keep_event(*, event: Event, groups: Iterable[InterestGroup], read: str) -> Event:
    """Save an event, new or changed.

    Calendars follow, those who registered are told of another time or place, and whoever
    waits moves up where there is room now. Raises ChangedMeanwhile where it is no longer
    what was `read`, and Event.DoesNotExist where it was deleted.
    """
    is_moved = False
    if event.pk is not None:
        held = hold_as_read(Event, event.pk, FIELDS, read)
        # Not what the form holds: as it is now, not as it was when this was asked for.
        event.state, event.sequence = held.state, held.sequence
        event.cancelled_because = held.cancelled_because
        event.result_de, event.result_en = held.result_de, held.result_en
        if event.state != Event.State.DRAFT and _differ(event, held, SCHEDULED):
            event.sequence += 1
        is_moved = event.state == Event.State.PUBLIC and _differ(event, held, TOLD)
    event.modified_at = timezone.now()
    event.save()
    event.groups.set(groups)
    if is_moved and not event.is_over:
        tell_all(event, Letter.MOVED)
    move_up(event)
    return event


def _differ(event: Event, held: Event, names: tuple[str, ...]) -> bool:
    return any(getattr(event, name) != getattr(held, name) for name in names)


@transaction.atomic
def publish_event(*, event: Event) -> Event:
    """Show a draft to everyone; once more is the same. Raises EventRefused."""
    held = _hold(event)
    if held.state == Event.State.CANCELLED:
        raise EventRefused(_("This event is cancelled."))
    if held.state == Event.State.DRAFT:
        held.state = Event.State.PUBLIC
        _save(held, "state")
    return held


@transaction.atomic
def cancel_event(*, event: Event, reason: str) -> Event:
    """Cancel a public event, and tell everybody who registered. Raises EventRefused."""
    held = _hold(event)
    if held.state != Event.State.PUBLIC:
        raise EventRefused(_("Only a public event can be cancelled."))
    if held.is_over:
        raise EventRefused(_("This event is over."))
    held.state, held.cancelled_because = Event.State.CANCELLED, reason
    held.sequence += 1
    _save(held, "state", "cancelled_because", "sequence")
    tell_all(held, Letter.EVENT_CANCELLED)
    return held


@transaction.atomic
def delete_draft(*, event: Event) -> None:
    """Delete an event that nobody has seen yet. Raises EventRefused."""
    held = _hold(event)
    if held.state != Event.State.DRAFT:
        raise EventRefused(_("Only a draft can be deleted. Please cancel the event."))
    erase_files_of(held)
    try:
        held.delete()
    except ProtectedError as error:
        raise EventRefused(
            _("Contributions, stands or cards belong to this event, so it stays.")
        ) from error


@transaction.atomic
def duplicate_event(*, event: Event) -> Event:
    """Return a new draft that says what this event says, without what came of it."""
    again = copy(event)
    again.pk, again._state.adding = None, True
    again.state, again.cancelled_because, again.sequence = Event.State.DRAFT, "", 0
    again.result_de = again.result_en = ""
    again.created_at = again.modified_at = timezone.now()
    again.save()
    again.groups.set(event.groups.all())
    return again


@transaction.atomic
def keep_result(*, event: Event, result_de: str, result_en: str) -> Event:
    """Say what came of an event."""
    held = _hold(event)
    held.result_de, held.result_en = result_de, result_en
    _save(held, "result_de", "result_en")
    return held


@transaction.atomic
def delete_unused(*, group: InterestGroup) -> bool:
    """Delete a group, and say whether it was: one that was ever invited stays."""
    held = InterestGroup.objects.select_for_update().filter(pk=group.pk).first()
    if held is None:
        return True
    if held.events.exists() or Invitation.objects.filter(group=held).exists():
        return False
    held.delete()
    return True


def _hold(event: Event) -> Event:
    return Event.objects.select_for_update(no_key=True).get(pk=event.pk)


def _save(event: Event, *fields: str) -> None:
    event.modified_at = timezone.now()
    event.save(update_fields=[*fields, "modified_at"])
