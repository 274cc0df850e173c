"""The calendar of the sittings: all around today, or one."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext

from councils.models import Sitting
from councils.public.agenda import PublicItem, read_agendas
from districts.models import Body
from exports.calendars import ical

if TYPE_CHECKING:
    from icalendar import Event

STATUS = {
    Sitting.State.PLANNED: "TENTATIVE",
    Sitting.State.INVITED: "CONFIRMED",
    Sitting.State.HELD: "CONFIRMED",
    Sitting.State.CANCELLED: "CANCELLED",
}


def to_subscribe(sittings: Sequence[Sitting], body: Body | None = None) -> bytes:
    """Return the file of a calendar, of one body where it is given.

    The bodies of the sittings must have been read; three queries, for the agendas.
    """
    name = gettext("Sittings: %(body)s") % {"body": body} if body else ""
    return ical.to_subscribe(
        _entries(sittings),
        name=name or f"{gettext('Sittings')} – {settings.SITE_NAME}",
        path=reverse("sittings"),
    )


def to_keep(sitting: Sitting) -> bytes:
    """Return the file of one sitting; three queries, for its agenda."""
    [entry] = _entries([sitting])
    return ical.to_keep(entry)


def _entries(sittings: Sequence[Sitting]) -> "list[Event]":
    agendas = read_agendas(sittings)
    return [_entry(sitting, agendas[sitting.pk]) for sitting in sittings]


def _entry(sitting: Sitting, agenda: list[PublicItem]) -> "Event":
    entry = ical.new_entry(
        "sitting",
        sitting,
        status=STATUS[Sitting.State(sitting.state)],
        start=sitting.start,
        end=sitting.end,
        summary=_summary(sitting),
    )
    entry.add("location", ical.writable(sitting.place))
    entry.add("description", ical.writable(_description(sitting, agenda)))
    return entry


def _summary(sitting: Sitting) -> str:
    name = gettext("Sitting: %(body)s") % {"body": sitting.body.name}
    if sitting.state == Sitting.State.CANCELLED:
        return gettext("Cancelled: %(sitting)s") % {"sitting": name}
    return name


def _description(sitting: Sitting, agenda: list[PublicItem]) -> str:
    """Return why it was cancelled, its public agenda and its page, as text."""
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
    return "\n".join(lines)


def _result(item: PublicItem) -> list[str]:
    if not item.result:
        return []
    said = [item.result.label, str(item.result.votes or ""), item.result.reason]
    return [line for text in said for line in text.splitlines() if line.strip()]
