"""An event as search engines read it."""

from typing import Any

from django.conf import settings
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

from insek.models import Event
from layers.structured_data import SCHEMA, data_block


def event_block(event: Event) -> SafeString:
    """Return the event as schema.org's Event, in a block of data for the page."""
    state = "EventCancelled" if event.is_cancelled else "EventScheduled"
    data = {
        "@type": "Event",
        "name": event.title,
        "startDate": localtime(event.starts_at).isoformat(timespec="minutes"),
        "endDate": localtime(event.ends_at).isoformat(timespec="minutes"),
        "eventStatus": f"{SCHEMA}/{state}",
        "eventAttendanceMode": f"{SCHEMA}/{_mode(event)}",
        "location": _location(event),
        "organizer": {"@type": "GovernmentOrganization", "name": settings.CITY_NAME},
        "url": f"{settings.BASE_URL}{event.get_absolute_url()}",
    }
    return data_block(data)


def _is_online(event: Event) -> bool:
    return bool(event.online_url) or event.format == Event.Format.ONLINE


def _mode(event: Event) -> str:
    if not _is_online(event):
        return "OfflineEventAttendanceMode"
    return "MixedEventAttendanceMode" if event.place else "OnlineEventAttendanceMode"


def _location(event: Event) -> dict[str, Any]:
    if not event.place and _is_online(event):
        page = f"{settings.BASE_URL}{event.get_absolute_url()}"
        return {"@type": "VirtualLocation", "url": event.public_url_online or page}
    # Where the place is not known yet, the city is.
    where = event.place or settings.CITY_NAME
    place: dict[str, Any] = {"@type": "Place", "name": where, "address": where}
    if event.location:
        place["geo"] = {
            "@type": "GeoCoordinates",
            "latitude": event.location.y,
            "longitude": event.location.x,
        }
    return place
