"""Keyset paging: a page costs the same at the start and at the end of the list."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.http import QueryDict

from pins.models.public import PublicPin, PublicPinQuerySet
from pins.orders import LISTED, NEWEST, Order

PAGE_SIZE = 20


class BadCursor(ValueError):
    """The cursor of a page link is none that this site wrote."""


@dataclass(frozen=True)
class Cursor:
    """The place of a pin in an order: by the order's value, then by id."""

    order: Order
    value: Any
    id: int

    def __str__(self) -> str:
        return f"{self.order.write(self.value)}-{self.id}"

    @classmethod
    def of(cls, pin: PublicPin, order: Order) -> "Cursor":
        return cls(order, order.value_of(pin), pin.id)

    @classmethod
    def read(cls, text: str, order: Order) -> "Cursor":
        """Return the cursor a text gives in an order; raises BadCursor."""
        value, _, pin_id = text.rpartition("-")
        try:
            cursor = cls(order, order.read(value), int(pin_id))
        except (ValueError, OverflowError) as error:
            raise BadCursor(text) from error
        if not 0 <= cursor.id < 2**63:
            raise BadCursor(text)
        return cursor


@dataclass(frozen=True)
class Page:
    """One page of the list and the query strings of its neighbours.

    `ends_after` is the number of pins after which the list ends early, on its last page.
    """

    pins: list[PublicPin]
    next_query: str | None
    previous_query: str | None
    ends_after: int | None = None


def read_page(
    pins: PublicPinQuerySet,
    query: QueryDict,
    order: Order = NEWEST,
    *,
    total: int | None = None,
    parts: Sequence[Q] = (),
) -> Page:
    """Return the page the query asks for by `after` or `before`.

    One database query whatever the size of the table. `total`, the number of the pins
    where it is known, tells whether a list by distance ends early. With `parts`, only
    pins of which just one condition holds: each part is read along its index as far as
    the page goes, and what was read is merged. Raises BadCursor.
    """
    after, before = query.get("after"), query.get("before")
    if after is not None and before is not None:
        raise BadCursor("after and before")
    backwards = before is not None
    rows = order.prepare(pins.for_list())
    if total is None or total > LISTED:
        rows = order.within_reach(rows)
    place = before if after is None else after
    if place is not None:
        cursor = Cursor.read(place, order)
        rows = rows.filter(order.beyond(cursor.value, cursor.id, backwards=backwards))
    found = _first(rows, order, parts, backwards=backwards)
    has_more = len(found) > PAGE_SIZE
    found = found[:PAGE_SIZE]
    if backwards:
        found.reverse()
    has_next = bool(found) and (has_more or backwards)
    has_previous = bool(found) and (has_more if backwards else after is not None)
    ends_early = order.near and not has_next and (total or 0) > LISTED
    return Page(
        pins=found,
        next_query=_link(query, "after", found[-1], order) if has_next else None,
        previous_query=_link(query, "before", found[0], order)
        if has_previous
        else None,
        ends_after=LISTED if ends_early else None,
    )


def _first(
    rows: PublicPinQuerySet, order: Order, parts: Sequence[Q], *, backwards: bool
) -> list[PublicPin]:
    """Return the first of the prepared pins, one more than fit on a page."""

    def in_order(some: PublicPinQuerySet) -> PublicPinQuerySet:
        return order.sort(some, backwards=backwards)[: PAGE_SIZE + 1]

    first, *others = [in_order(rows.filter(part)) for part in parts or (Q(),)]
    if not others:
        return list(first)
    return list(in_order(first.union(*others, all=True)))


def _link(query: QueryDict, name: str, pin: PublicPin, order: Order) -> str:
    link = query.copy()
    link.pop("after", None)
    link.pop("before", None)
    link[name] = str(Cursor.of(pin, order))
    return link.urlencode()
