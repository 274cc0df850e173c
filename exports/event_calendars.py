"""Events of the process as iCalendar (RFC 5545): one, or all around today.

A cancelled event stays, as CANCELLED; one that was moved keeps its UID and counts its
SEQUENCE up.
"""

import datetime
from collections.abc import Sequence
from urllib.parse import urlsplit

import icalendar
from django.conf import settings
from django.urls import reverse
from django.utils.timezone import get_default_timezone, localtime
from django.utils.translation import get_language, gettext

from exports.calendars import ASK_AGAIN, BERLIN, writable
from insek.models import Event


def to_subscribe(events: Sequence[Event]) -> bytes:
    """Return the file of a calendar that asks for changes by itself."""
    calendar = _calendar(events)
    name = writable(f"{gettext('Events')} – {settings.SITE_NAME}")
    for key in ("name", "x-wr-calname"):
        calendar.add(key, name)
    calendar.add("x-wr-timezone", str(get_default_timezone()))
    calendar.add("url", f"{settings.BASE_URL}{reverse('insek:events')}")
    calendar.add("refresh-interval", ASK_AGAIN, parameters={"VALUE": "DURATION"})
    # The same for Outlook, as the text it expects.
    calendar.add("x-published-ttl", "PT12H")
    return bytes(calendar.to_ical())


def to_keep(event: Event) -> bytes:
    """Return the file of one event, to be put into a calendar that is there."""
    return bytes(_calendar([event]).to_ical())


def _calendar(events: Sequence[Event]) -> icalendar.Calendar:
    calendar = icalendar.Calendar()
    calendar.add("prodid", f"-//{writable(settings.SITE_NAME)}//{get_language()}")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add_component(icalendar.Timezone.from_ical(BERLIN))
    for event in events:
        calendar.add_component(_entry(event))
    return calendar


def _entry(event: Event) -> icalendar.Event:
    entry = icalendar.Event()
    host = urlsplit(settings.BASE_URL).hostname
    page = f"{settings.BASE_URL}{event.get_absolute_url()}"
    entry.add("uid", f"event-{event.pk}@{host}")
    entry.add("dtstamp", event.modified_at.astimezone(datetime.UTC))
    entry.add("last-modified", event.modified_at.astimezone(datetime.UTC))
    entry.add("created", event.created_at.astimezone(datetime.UTC))
    entry.add("sequence", event.sequence)
    entry.add("status", "CANCELLED" if event.is_cancelled else "CONFIRMED")
    entry.add("dtstart", localtime(event.starts_at))
    entry.add("dtend", localtime(event.ends_at))
    entry.add("summary", _summary(event))
    if place := event.place or event.public_url_online:
        entry.add("location", writable(place))
    if event.location:
        entry.add("geo", (event.location.y, event.location.x))
    entry.add("url", page)
    entry.add("description", _description(event, page))
    return entry


def _summary(event: Event) -> str:
    if event.is_cancelled:
        return writable(gettext("Cancelled: %(event)s") % {"event": event.title})
    return writable(event.title)


def _description(event: Event, page: str) -> str:
    lines = []
    if event.is_cancelled:
        reason = gettext("Cancelled: %(reason)s") % {"reason": event.cancelled_because}
        lines.append(reason)
    lines += [event.text, event.public_url_online, page]
    return writable("\n".join(line for line in lines if line))
