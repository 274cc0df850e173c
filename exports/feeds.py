"""Atom feeds (RFC 4287): sittings announced, moved, cancelled, held; the news."""

import datetime
import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.timezone import localtime
from django.utils.translation import get_language, gettext

from councils.models import Sitting
from councils.public.agenda import PublicItem, read_agendas
from districts.models import Body
from insek.pages.models import NewsPage

MEDIA_TYPE = "application/atom+xml; charset=utf-8"
# XML 1.0 has no way to write these.
UNWRITABLE = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]")
# A tag: URI names its owner at a day; it stays when the site moves its pages.
SINCE = "2026"


def feed_of(
    sittings: Sequence[Sitting], *, address: str, body: Body | None = None
) -> bytes:
    """Return the feed of these sittings, the latest change first; `address` is its own.

    Three queries, for the agendas.
    """
    page = f"{settings.BASE_URL}{reverse('sittings')}"
    feed = Feed(
        title=writable(_title(body)),
        link=f"{page}?body={body.slug}" if body else page,
        description="",
        subtitle=writable(gettext("Announced, moved, cancelled and held sittings")),
        language=get_language(),
        author_name=writable(settings.SITE_NAME),
        feed_url=address,
        feed_guid=tag(f"sittings/{body.slug if body else 'all'}"),
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
    return str(feed.writeString("utf-8")).encode()


class Feed(Atom1Feed):
    """A feed that says of itself when its latest entry changed, also when it has none."""

    def latest_post_date(self) -> datetime.datetime:
        days = [item["updateddate"] for item in self.items]
        return max(days, default=datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC))


def tag(name: str) -> str:
    """Return the lasting name of a feed or an entry (RFC 4151)."""
    host = urlsplit(settings.BASE_URL).hostname
    return f"tag:{host},{SINCE}:{name}"


def news_feed(news: Sequence[NewsPage], *, address: str, page: str) -> bytes:
    """Return the feed of the process's news, the latest first, of the page's language.

    `address` is its own, `page` that of the page which lists the news.
    """
    feed = Feed(
        title=writable(gettext("News of the INSEK process")),
        link=page,
        description="",
        language=get_language(),
        author_name=writable(settings.SITE_NAME),
        feed_url=address,
        feed_guid=tag(f"news/{get_language()}"),
    )
    for item in news:
        feed.add_item(
            title=writable(item.title),
            link=f"{settings.BASE_URL}{item.url}",
            description=writable(format_html("<p>{}</p>", item.intro)),
            unique_id=tag(f"news/{item.pk}"),
            pubdate=item.first_published_at,
            updateddate=item.last_published_at,
        )
    return str(feed.writeString("utf-8")).encode()


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


def writable(text: str) -> str:
    """Return a text without what XML cannot hold."""
    return UNWRITABLE.sub(" ", text)
