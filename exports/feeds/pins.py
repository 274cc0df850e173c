"""Atom feeds (RFC 4287) of the contributions: published, answered, decided, done.

What changed last comes first. A long feed goes on in further documents (RFC 5005, 3),
each as quick as the first: the place of an entry is its change and its id.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from django.utils.html import format_html, linebreaks
from django.utils.translation import get_language, gettext
from django.utils.xmlutils import SimplerXMLGenerator

from exports.feeds.atom import Feed, tag, writable
from pins.filters import PinFilter
from pins.models import PublicPin
from pins.models.public import PublicPinQuerySet
from pins.orders import LATEST
from pins.paging import Cursor

ENTRIES = 50
# What has a feed at an address of its own, by the name of the filter.
OF_ONE = {
    "district": "district-pins-feed",
    "theme": "theme-feed",
    "body": "body-pins-feed",
}
GEORSS = "http://www.georss.org/georss"


@dataclass(frozen=True)
class Subject:
    """What a feed is about: its title, and the path of the page that shows it."""

    title: str
    page: str


class _PinFeed(Feed):
    """A feed that may go on elsewhere, of entries with a place."""

    def root_attributes(self) -> dict[str, Any]:
        return {**super().root_attributes(), "xmlns:georss": GEORSS}

    def add_root_elements(self, handler: SimplerXMLGenerator) -> None:
        super().add_root_elements(handler)
        for rel in ("first", "next"):
            if href := self.feed.get(rel):
                handler.addQuickElement("link", "", {"rel": rel, "href": href})

    def add_item_elements(
        self, handler: SimplerXMLGenerator, item: dict[str, Any]
    ) -> None:
        super().add_item_elements(handler, item)
        handler.addQuickElement("georss:point", item["place"])


def path_of(filters: PinFilter) -> str:
    """Return the path of the feed of what passes, but for words and order.

    Only after `filters.is_valid()`; in the language of the page.
    """
    chosen = {
        name: values for name, values in filters.wanted_values().items() if values
    }
    path = reverse("pins-feed")
    for name, url_name in OF_ONE.items():
        if len(chosen.get(name, ())) == 1:
            path = reverse(url_name, args=chosen.pop(name))
            break
    language = get_language()
    if language != settings.LANGUAGE_CODE:
        chosen["lang"] = [language]
    return _link(path, chosen)


def read_entries(
    filters: PinFilter, before: str | None, pins: PublicPinQuerySet
) -> list[PublicPin]:
    """Return one document's entries and one more; raises BadCursor.

    One query, along an index whatever the number of pins.
    """
    rows = filters.apply(pins.with_change().for_list())
    if before is not None:
        cursor = Cursor.read(before, LATEST)
        rows = rows.filter(LATEST.beyond(cursor.value, cursor.id, backwards=False))
    return list(LATEST.sort(rows)[: ENTRIES + 1])


def feed_of(
    pins: Sequence[PublicPin], subject: Subject, *, path: str, query: dict[str, Any]
) -> bytes:
    """Return the document with these entries; `path` and `query` are its own address."""
    address = f"{settings.BASE_URL}{path}"
    first = {name: value for name, value in query.items() if name != "before"}
    more: dict[str, Any] = {}
    if "before" in query:
        more["first"] = _link(address, first)
    if len(pins) > ENTRIES:
        place = str(Cursor.of(pins[ENTRIES - 1], LATEST))
        more["next"] = _link(address, {**first, "before": place})
    feed = _PinFeed(
        subject.title,
        page=f"{settings.BASE_URL}{subject.page}",
        address=_link(address, query),
        name=_link(path.removeprefix("/feeds/"), first),
        subtitle=writable(gettext("New contributions, and what came of them")),
        feed_copyright=writable(settings.LICENCE_NAME),
        **more,
    )
    for pin in pins[:ENTRIES]:
        _add(feed, pin)
    return feed.written()


def _link(address: str, query: dict[str, Any]) -> str:
    text = urlencode(query, doseq=True)
    return f"{address}?{text}" if text else address


def _add(feed: _PinFeed, pin: PublicPin) -> None:
    feed.add_item(
        title=writable(pin.title),
        link=f"{settings.BASE_URL}{pin.get_absolute_url()}",
        description=writable(_content(pin)),
        unique_id=tag(f"pin/{pin.reference}"),
        pubdate=pin.published_at,
        updateddate=LATEST.value_of(pin),
        categories=[
            writable(text)
            for text in (
                pin.theme.title,
                pin.kind_label,
                pin.status_label,
                pin.district_name,
            )
        ],
        # Latitude first, as GeoRSS writes it.
        place=f"{pin.lat:.6f} {pin.lon:.6f}",
    )


def _content(pin: PublicPin) -> str:
    """Return the text of an entry as HTML, everything in it escaped."""
    words = " · ".join((pin.kind_label, pin.theme.title, pin.district_name))
    parts = [
        format_html("<p>{}</p>", words),
        linebreaks(pin.text, autoescape=True),
        format_html("<p><strong>{}</strong></p>", pin.status_label),
    ]
    if pin.public_answer:
        answer = gettext("Answer of %(body)s:") % {"body": pin.answered_by}
        parts.append(format_html("<p>{}</p>", answer))
        parts.append(linebreaks(pin.public_answer, autoescape=True))
    return "".join(parts)
