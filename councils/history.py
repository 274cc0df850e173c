"""What happened to a contribution, with who did it: for the desk alone."""

import datetime
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.utils.translation import gettext as _

from pins.models import Handover, Pin, StatusChange
from pins.models.comment import speaker_name


@dataclass(frozen=True)
class Entry:
    """One step; `is_undone` marks one that was taken back, which the public never saw."""

    at: datetime.datetime
    label: str
    body: str
    actor: str
    note: str
    is_undone: bool


def name_of(user: User) -> str:
    """Return how colleagues know somebody."""
    return user.get_full_name() or user.get_username()


def history_of(pin: Pin) -> list[Entry]:
    """Return the changes of status and the handovers, the oldest first. Two queries."""
    changes = StatusChange.objects.filter(pin=pin)
    handovers = Handover.objects.filter(pin=pin)
    entries = [
        *map(_step, changes.select_related("actor", "body", "undone_by")),
        *map(
            _handover,
            handovers.select_related("actor", "from_body", "to_body", "undone_by"),
        ),
    ]
    return sorted(entries, key=lambda entry: entry.at)


def _step(change: StatusChange) -> Entry:
    label = change.get_to_status_display()
    return Entry(
        at=change.created_at,
        label=_("Taken back: %(step)s") % {"step": change.get_from_status_display()}
        if change.undoes_id
        else str(label),
        body=speaker_name(change.body),
        actor=name_of(change.actor),
        note=change.public_note,
        is_undone=hasattr(change, "undone_by"),
    )


def _handover(handover: Handover) -> Entry:
    if handover.undoes_id:
        label = _("Handover taken back")
    else:
        label = _("Handed over to %(body)s") % {"body": handover.to_body}
    giver = handover.to_body if handover.undoes_id else handover.from_body
    return Entry(
        at=handover.created_at,
        label=label,
        body=giver.name,
        actor=name_of(handover.actor),
        note=handover.reason,
        is_undone=hasattr(handover, "undone_by"),
    )
