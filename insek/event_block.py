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


def _mode(event: Event) -> str:
    if not event.online_url and event.format != Event.Format.ONLINE:
        return "OfflineEventAttendanceMode"
    return "MixedEventAttendanceMode" if event.place else "OnlineEventAttendanceMode"


def _location(event: Event) -> dict[str, Any]:
    if not event.place:
        page = f"{settings.BASE_URL}{event.get_absolute_url()}"
        return {"@type": "VirtualLocation", "url": event.public_url_online or page}
    place: dict[str, Any] = {
        "@type": "Place",
        "name": event.place,
        "address": event.place,
    }
    if event.location:
        place["geo"] = {
            "@type": "GeoCoordinates",
            "latitude": event.location.y,
            "longitude": event.location.x,
        }
    return place
