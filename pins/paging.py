"""Keyset paging: a page costs the same at the start and at the end of the list."""

import datetime
from dataclasses import dataclass

from django.db.models import Q
from django.http import QueryDict

from pins.models.public import PublicPin, PublicPinQuerySet

PAGE_SIZE = 20
# Counting on would cost more than the page; "more than 1,000" says enough.
COUNT_LIMIT = 1_000
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
MICROSECOND = datetime.timedelta(microseconds=1)


class BadCursor(ValueError):
    """The cursor of a page link is none that this site wrote."""


@dataclass(frozen=True)
class Cursor:
    """The place of a pin in the list: by time of publication, then by id."""

    published_at: datetime.datetime
    id: int

    def __str__(self) -> str:
        return f"{(self.published_at - EPOCH) // MICROSECOND}-{self.id}"

    @classmethod
    def of(cls, pin: PublicPin) -> "Cursor":
        return cls(pin.published_at, pin.id)

    @classmethod
    def read(cls, text: str) -> "Cursor":
        """Return the cursor a text gives; raises BadCursor."""
        try:
            microseconds, pin_id = (int(part) for part in text.split("-"))
            moment = EPOCH + microseconds * MICROSECOND
        except (ValueError, OverflowError) as error:
            raise BadCursor(text) from error
        if not 0 <= pin_id < 2**63:
            raise BadCursor(text)
        return cls(moment, pin_id)

    def beyond(self, *, older: bool) -> Q:
        """Return the condition for what comes after this place in one direction."""
        side = "lt" if older else "gt"
        # The first half lets the index find the place, the second breaks the tie.
        return Q(**{f"published_at__{side}e": self.published_at}) & (
            Q(**{f"published_at__{side}": self.published_at})
            | Q(**{f"id__{side}": self.id})
        )


@dataclass(frozen=True)
class Page:
    """One page of the list and the query strings of its neighbours."""

    pins: list[PublicPin]
    total: int
    is_capped: bool
    next_query: str | None
    previous_query: str | None


def read_page(
    pins: PublicPinQuerySet, query: QueryDict, *, oldest_first: bool = False
) -> Page:
    """Return the page the query asks for by `after` or `before`.

    Two database queries whatever the size of the table. Raises BadCursor.
    """
    after, before = query.get("after"), query.get("before")
    if after is not None and before is not None:
        raise BadCursor("after and before")
    backwards = before is not None
    older = oldest_first == backwards
    place = before if after is None else after
    rows = pins.for_list()
    if place is not None:
        rows = rows.filter(Cursor.read(place).beyond(older=older))
    sign = "-" if older else ""
    found = list(rows.order_by(f"{sign}published_at", f"{sign}id")[: PAGE_SIZE + 1])
    has_more = len(found) > PAGE_SIZE
    found = found[:PAGE_SIZE]
    if backwards:
        found.reverse()
    has_next = bool(found) and (has_more or backwards)
    has_previous = bool(found) and (has_more if backwards else after is not None)
    total = pins.order_by()[: COUNT_LIMIT + 1].count()
    return Page(
        pins=found,
        total=min(total, COUNT_LIMIT),
        is_capped=total > COUNT_LIMIT,
        next_query=_link(query, "after", found[-1]) if has_next else None,
        previous_query=_link(query, "before", found[0]) if has_previous else None,
    )


def _link(query: QueryDict, name: str, pin: PublicPin) -> str:
    link = query.copy()
    link.pop("after", None)
    link.pop("before", None)
    link[name] = str(Cursor.of(pin))
    return link.urlencode()
