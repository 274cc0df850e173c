"""What all calendars have in common: iCalendar (RFC 5545, with RFC 7986).

What is cancelled stays, as CANCELLED, so that it does not just vanish from calendars;
what was moved keeps its UID and counts its SEQUENCE up.
"""

import datetime
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.timezone import get_default_timezone, localtime
from django.utils.translation import get_language

if TYPE_CHECKING:
    from icalendar import Calendar, Event

MEDIA_TYPE = "text/calendar; charset=utf-8"
# RFC 5545 allows none of these in a text; a line end it writes as \n.
UNWRITABLE = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")
ASK_AGAIN = datetime.timedelta(hours=12)
# As rules, which every calendar reads; the library would list each change of the clocks.
BERLIN = """BEGIN:VTIMEZONE
TZID:Europe/Berlin
BEGIN:DAYLIGHT
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
TZNAME:CEST
DTSTART:19960331T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
BEGIN:STANDARD
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
TZNAME:CET
DTSTART:19961027T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
END:VTIMEZONE
"""


class Appointment(Protocol):
    """What everything that stands in a calendar knows of itself."""

    pk: int
    created_at: datetime.datetime
    modified_at: datetime.datetime
    sequence: int

    def get_absolute_url(self) -> str:
        """Return the path of its page."""


def to_subscribe(entries: Iterable["Event"], *, name: str, path: str) -> bytes:
    """Return the file of a calendar that asks for changes by itself.

    `path` is that of the page which shows the same.
    """
    calendar = _calendar(entries)
    for key in ("name", "x-wr-calname"):
        calendar.add(key, writable(name))
    calendar.add("x-wr-timezone", str(get_default_timezone()))
    calendar.add("url", f"{settings.BASE_URL}{path}")
    calendar.add("refresh-interval", ASK_AGAIN, parameters={"VALUE": "DURATION"})
    # The same for Outlook, as the text it expects.
    calendar.add("x-published-ttl", "PT12H")
    return bytes(calendar.to_ical())


def to_keep(entry: "Event") -> bytes:
    """Return the file of one entry, to be put into a calendar that is there."""
    return bytes(_calendar([entry]).to_ical())


def _calendar(entries: Iterable["Event"]) -> "Calendar":
    # Here, not above: only who makes a calendar pays for its memory.
    from icalendar import Calendar, Timezone

    calendar = Calendar()
    calendar.add("prodid", f"-//{writable(settings.SITE_NAME)}//{get_language()}")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add_component(Timezone.from_ical(BERLIN))
    for entry in entries:
        calendar.add_component(entry)
    return calendar


def new_entry(
    kind: str,
    of: Appointment,
    *,
    status: str,
    start: datetime.datetime,
    end: datetime.datetime | None,
    summary: str,
) -> "Event":
    """Return the entry of a sitting or an event; `kind` tells their numbers apart."""
    from icalendar import Event

    entry = Event()
    entry.add("uid", f"{kind}-{of.pk}@{urlsplit(settings.BASE_URL).hostname}")
    # Without a METHOD both tell when it was last changed.
    entry.add("dtstamp", of.modified_at.astimezone(datetime.UTC))
    entry.add("last-modified", of.modified_at.astimezone(datetime.UTC))
    entry.add("created", of.created_at.astimezone(datetime.UTC))
    entry.add("sequence", of.sequence)
    entry.add("status", status)
    entry.add("dtstart", localtime(start))
    if end is not None:
        entry.add("dtend", localtime(end))
    entry.add("summary", writable(summary))
    entry.add("url", f"{settings.BASE_URL}{of.get_absolute_url()}")
    return entry


def writable(text: str) -> str:
    """Return a text without what a calendar cannot hold."""
    return UNWRITABLE.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n"))
