"""Sittings as iCalendar (RFC 5545, with RFC 7986): one, or all around today.

A cancelled sitting stays, as CANCELLED, so that it does not just vanish from calendars;
one that was moved keeps its UID and counts its SEQUENCE up.
"""

import datetime
import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils.timezone import get_default_timezone, localtime
from django.utils.translation import get_language, gettext
from icalendar import Calendar, Event, Timezone

from councils.models import Sitting
from councils.public.agenda import PublicItem, read_agendas
from districts.models import Body

MEDIA_TYPE = "text/calendar; charset=utf-8"
# RFC 5545 allows none of these in a text; a line end it writes as \n.
UNWRITABLE = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")
STATUS = {
    Sitting.State.PLANNED: "TENTATIVE",
    Sitting.State.INVITED: "CONFIRMED",
    Sitting.State.HELD: "CONFIRMED",
    Sitting.State.CANCELLED: "CANCELLED",
}
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


def to_subscribe(sittings: Sequence[Sitting], body: Body | None = None) -> bytes:
    """Return the file of a calendar that asks for changes by itself.

    The bodies of the sittings must have been read; three queries, for the agendas.
    """
    calendar = _calendar(sittings)
    for key in ("name", "x-wr-calname"):
        calendar.add(key, _name(body))
    calendar.add("x-wr-timezone", str(get_default_timezone()))
    calendar.add("url", f"{settings.BASE_URL}{reverse('sittings')}")
    calendar.add("refresh-interval", ASK_AGAIN, parameters={"VALUE": "DURATION"})
    # The same for Outlook, as the text it expects.
    calendar.add("x-published-ttl", "PT12H")
    return bytes(calendar.to_ical())


def to_keep(sitting: Sitting) -> bytes:
    """Return the file of one sitting, to be put into a calendar that is there."""
    return bytes(_calendar([sitting]).to_ical())


def _calendar(sittings: Sequence[Sitting]) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", f"-//{writable(settings.SITE_NAME)}//{get_language()}")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add_component(Timezone.from_ical(BERLIN))
    agendas = read_agendas(sittings)
    for sitting in sittings:
        calendar.add_component(_event(sitting, agendas[sitting.pk]))
    return calendar


def _name(body: Body | None) -> str:
    what = gettext("Sittings: %(body)s") % {"body": body} if body else ""
    return writable(what or f"{gettext('Sittings')} – {settings.SITE_NAME}")


def _event(sitting: Sitting, agenda: list[PublicItem]) -> Event:
    event = Event()
    host = urlsplit(settings.BASE_URL).hostname
    event.add("uid", f"sitting-{sitting.pk}@{host}")
    # Without a METHOD both tell when the sitting was last changed.
    event.add("dtstamp", sitting.modified_at.astimezone(datetime.UTC))
    event.add("last-modified", sitting.modified_at.astimezone(datetime.UTC))
    event.add("created", sitting.created_at.astimezone(datetime.UTC))
    event.add("sequence", sitting.sequence)
    event.add("status", STATUS[Sitting.State(sitting.state)])
    event.add("dtstart", localtime(sitting.start))
    if sitting.end is not None:
        event.add("dtend", localtime(sitting.end))
    event.add("summary", _summary(sitting))
    event.add("location", writable(sitting.place))
    event.add("url", f"{settings.BASE_URL}{sitting.get_absolute_url()}")
    event.add("description", describe(sitting, agenda))
    return event


def _summary(sitting: Sitting) -> str:
    name = gettext("Sitting: %(body)s") % {"body": sitting.body.name}
    if sitting.state == Sitting.State.CANCELLED:
        name = gettext("Cancelled: %(sitting)s") % {"sitting": name}
    return writable(name)


def describe(sitting: Sitting, agenda: list[PublicItem]) -> str:
    """Return what stands in the entry of a sitting: state and public agenda, as text."""
    lines = []
    if sitting.cancelled_because:
        lines.append(
            gettext("Cancelled: %(reason)s") % {"reason": sitting.cancelled_because}
        )
    if agenda:
        lines.append(gettext("Agenda:"))
    for item in agenda:
        lines.append(f"{item.number}. {item.heading}")
        lines += [f"   {line}" for line in _result(item)]
    lines.append(f"{settings.BASE_URL}{sitting.get_absolute_url()}")
    return writable("\n".join(lines))


def _result(item: PublicItem) -> list[str]:
    if not item.result:
        return []
    said = [item.result.label, str(item.result.votes or ""), item.result.reason]
    return [line for text in said for line in text.splitlines() if line.strip()]


def writable(text: str) -> str:
    """Return a text without what a calendar cannot hold."""
    return UNWRITABLE.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n"))
