"""The feed of the sittings: announced, moved, cancelled, held."""

from collections.abc import Sequence

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.timezone import localtime
from django.utils.translation import gettext

from councils.models import Sitting
from councils.public.agenda import PublicItem, read_agendas
from districts.models import Body
from exports.feeds.atom import Feed, tag, writable


def feed_of(
    sittings: Sequence[Sitting], *, address: str, body: Body | None = None
) -> bytes:
    """Return the feed of these sittings, the latest change first; `address` is its own.

    Three queries, for the agendas.
    """
    page = f"{settings.BASE_URL}{reverse('sittings')}"
    feed = Feed(
        _title(body),
        page=f"{page}?body={body.slug}" if body else page,
        address=address,
        name=f"sittings/{body.slug if body else 'all'}",
        subtitle=writable(gettext("Announced, moved, cancelled and held sittings")),
    )
    agendas = read_agendas(sittings)
    for sitting in sittings:
        agenda = agendas[sitting.pk]
        feed.add_item(
            title=writable(_headline(sitting)),
            link=f"{settings.BASE_URL}{sitting.get_absolute_url()}",
            description=writable(_content(sitting, agenda)),
            unique_id=tag(f"sitting/{sitting.pk}"),
            pubdate=sitting.created_at,
            updateddate=sitting.modified_at,
            categories=[writable(sitting.body.name), str(sitting.get_state_display())],
        )
    return feed.written()


def _title(body: Body | None) -> str:
    what = body.name if body else gettext("All bodies")
    return gettext("Sittings: %(body)s") % {"body": what}


def _headline(sitting: Sitting) -> str:
    day = date_format(localtime(sitting.start), "DATE_FORMAT")
    names = {"body": sitting.body.name, "day": day}
    if sitting.state == Sitting.State.CANCELLED:
        return gettext("%(body)s, %(day)s: cancelled") % names
    if sitting.state == Sitting.State.HELD:
        return gettext("%(body)s, %(day)s: results") % names
    if sitting.state == Sitting.State.INVITED:
        return gettext("%(body)s, %(day)s: agenda") % names
    return gettext("%(body)s, %(day)s: announced") % names


def _content(sitting: Sitting, agenda: list[PublicItem]) -> str:
    """Return the text of an entry as HTML, everything in it escaped."""
    start = date_format(localtime(sitting.start), "DATETIME_FORMAT")
    parts = [format_html("<p>{}, {}</p>", start, sitting.place)]
    if sitting.cancelled_because:
        parts.append(format_html("<p>{}</p>", sitting.cancelled_because))
    elif sitting.moved_from:
        before = date_format(localtime(sitting.moved_from), "DATETIME_FORMAT")
        moved = gettext("Before: %(before)s") % {"before": before}
        parts.append(format_html("<p>{}</p>", moved))
    if agenda:
        items = format_html_join("", "<li>{}</li>", ((_line(i),) for i in agenda))
        parts.append(format_html("<ol>{}</ol>", items))
    return "".join(parts)


def _line(item: PublicItem) -> str:
    said = [item.result.label, str(item.result.votes or "")] if item.result else []
    reason = item.result.reason if item.result else ""
    words = ", ".join(text for text in said if text)
    return ": ".join(text for text in (item.heading, words, reason) if text)
