"""The calendar of the events of the process: all around today, or one."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext

from exports.calendars import ical
from insek.models import Event

if TYPE_CHECKING:
    import icalendar


def to_subscribe(events: Sequence[Event]) -> bytes:
    """Return the file of a calendar of these events."""
    return ical.to_subscribe(
        [_entry(event) for event in events],
        name=f"{gettext('Events')} – {settings.SITE_NAME}",
        path=reverse("insek:events"),
    )


def to_keep(event: Event) -> bytes:
    """Return the file of one event."""
    return ical.to_keep(_entry(event))


def _entry(event: Event) -> "icalendar.Event":
    entry = ical.new_entry(
        "event",
        event,
        status="CANCELLED" if event.is_cancelled else "CONFIRMED",
        start=event.starts_at,
        end=event.ends_at,
        summary=_summary(event),
    )
    if place := event.place or event.public_url_online:
        entry.add("location", ical.writable(place))
    if event.location:
        # Latitude first, as RFC 5545 has it.
        entry.add("geo", (event.location.y, event.location.x))
    entry.add("description", ical.writable(_description(event)))
    return entry


def _summary(event: Event) -> str:
    if event.is_cancelled:
        return gettext("Cancelled: %(event)s") % {"event": event.title}
    return event.title


def _description(event: Event) -> str:
    page = f"{settings.BASE_URL}{event.get_absolute_url()}"
    lines = [event.text, event.public_url_online, page]
    if event.is_cancelled:
        reason = gettext("Cancelled: %(reason)s") % {"reason": event.cancelled_because}
        lines.insert(0, reason)
    return "\n".join(line for line in lines if line)
