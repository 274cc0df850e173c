"""The orders of the list. Each is total, by a value and then by id, for keyset paging."""

import datetime
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib.gis.db.models import PointField
from django.contrib.gis.geos import Point
from django.db.models import BooleanField, F, FloatField, Func, Q, Subquery, Value
from django.db.models.functions import Coalesce

from geo.coordinates import Position
from pins.models.public import PublicPin, PublicPinQuerySet

# So many, and those just as far away as the last of them, a list by distance shows.
LISTED = 60
# More than the world is wide, in metres of EPSG:3857.
EVERYWHERE = 1e9
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
MICROSECOND = datetime.timedelta(microseconds=1)


class Apart(Func):
    """How far two points (EPSG:3857) are apart; an index answers who is nearest.

    In metres of the projection, longer than those on the ground by 1/cos(latitude) and
    alike in all directions: good for an order and not for a length.
    """

    function = ""
    arg_joiner = " <-> "
    output_field = FloatField()


class Within(Func):
    """Whether two points (EPSG:3857) are at most so many metres of it apart."""

    function = "ST_DWithin"
    output_field = BooleanField()


def _to_microseconds(moment: datetime.datetime) -> str:
    return str((moment - EPOCH) // MICROSECOND)


def _to_moment(text: str) -> datetime.datetime:
    return EPOCH + int(text) * MICROSECOND


def _to_count(text: str) -> int:
    count = int(text)
    if not 0 <= count < 2**31:
        raise ValueError(text)
    return count


def _to_distance(text: str) -> float:
    distance = float(text)
    if not math.isfinite(distance):
        raise ValueError(text)
    return distance


@dataclass(frozen=True)
class Order:
    """An order by the value `key`, ties by id in the same direction.

    `write` and `read` turn the value into the text of a page link and back; `read` raises
    ValueError or OverflowError for what `write` has not written.
    """

    key: str
    ascending: bool
    write: Callable[[Any], str]
    read: Callable[[str], Any]
    near: Position | None = None

    def prepare(self, pins: PublicPinQuerySet) -> PublicPinQuerySet:
        """Give each pin the value it is ordered by."""
        if self.near is None:
            return pins
        return pins.annotate(distance=Apart(F("mercator"), _place(self.near)))

    def sort(
        self, pins: PublicPinQuerySet, *, backwards: bool = False
    ) -> PublicPinQuerySet:
        """Return the prepared pins in this order, or in the opposite one."""
        sign = "" if self.ascending != backwards else "-"
        return pins.order_by(f"{sign}{self.key}", f"{sign}id")

    def within_reach(self, pins: PublicPinQuerySet) -> PublicPinQuerySet:
        """Keep of the prepared pins what a list shows: by distance, the nearest.

        The index knows who is nearest, and not who comes after somebody: whoever asked
        for what is beyond the thousandth would have it read a thousand, and beyond the
        last all there are. Nor does it tell who is first among equals: so it is asked
        how far away the last one is, and then for all within reach.
        """
        if self.near is None:
            return pins
        last = pins.order_by(self.key).values(self.key)[LISTED - 1 : LISTED]
        reach = Coalesce(Subquery(last), Value(EVERYWHERE))
        return pins.filter(Within(F("mercator"), _place(self.near), reach))

    def beyond(self, value: Any, pin_id: int, *, backwards: bool) -> Q:
        """Return the condition for what comes after a place in one direction."""
        side = "gt" if self.ascending != backwards else "lt"
        # The first half lets the index find the place, the second breaks the tie.
        return Q(**{f"{self.key}__{side}e": value}) & (
            Q(**{f"{self.key}__{side}": value}) | Q(**{f"id__{side}": pin_id})
        )

    def value_of(self, pin: PublicPin) -> Any:
        return getattr(pin, self.key)


NEWEST = Order("published_at", ascending=False, write=_to_microseconds, read=_to_moment)
OLDEST = Order("published_at", ascending=True, write=_to_microseconds, read=_to_moment)
WAITING = Order(
    "waiting_since", ascending=True, write=_to_microseconds, read=_to_moment
)
LATEST = Order("changed_at", ascending=False, write=_to_microseconds, read=_to_moment)
SUPPORTED = Order("support_count", ascending=False, write=str, read=_to_count)


def _place(position: Position) -> Value:
    point = Point(position.lon, position.lat, srid=4326)
    point.transform(3857)
    return Value(point, PointField(srid=3857))


def nearest_to(place: Position) -> Order:
    """Return the order by distance from a place, the nearest first."""
    return Order("distance", ascending=True, write=repr, read=_to_distance, near=place)
