"""What a collection of OGC API Features is, whatever its features are."""

import datetime
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.gis.db.models.functions import Transform
from django.contrib.gis.geos import GEOSGeometry
from django.db.models import F, Func, Q, QuerySet, TextField, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce
from django.utils import timezone

from exports.lines import Joined
from exports.ogc.blanks import Condition
from exports.ogc.crs import CRS84, Crs
from exports.ogc.literals import SECOND, up_to_second
from exports.ogc.properties import Property
from exports.ogc.spatial import BBox, points_within, relates
from pins.orders import Order

# How filters call the place of a feature.
GEOMETRY = "geometry"
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Place:
    """Where the places of features stand: `column` in EPSG:4326, `index` with an index.

    Where these are two, all places are points. `format` names their kinds as in OGC API
    Features Part 3.
    """

    format: str
    column: str = GEOMETRY
    index: str = GEOMETRY

    @property
    def expression(self) -> Combinable:
        return F(self.column)

    def relates(self, function: str, geometry: GEOSGeometry) -> Q:
        """Return the condition that features relate to a geometry as PostGIS says."""
        return relates(function, geometry, column=self.column, index=self.index)

    def within(self, box: BBox) -> Condition:
        """Return the condition for a box: a feature without a place is in each."""
        if self.index != self.column:
            return points_within(box, column=self.column, index=self.index)
        meets = self.relates("ST_Intersects", box.area())
        return Condition(None, lambda _put: meets | Q(**{self.column: None}), {})

    def as_geojson(self, crs: Crs) -> Func:
        """Return the text of the geometry, in a CRS and in the order of its axes."""
        shape: Any = F(self.column)
        if crs.srid != CRS84.srid:
            shape = Transform(shape, crs.srid)
        if crs.is_north_first:
            shape = Func(shape, function="ST_FlipCoordinates")
        # 0: without a `crs` in each of them.
        text = Func(
            shape,
            Value(crs.decimals),
            Value(0),
            function="ST_AsGeoJSON",
            output_field=TextField(),
        )
        return Coalesce(text, Value("null"), output_field=TextField())


@dataclass(frozen=True)
class Period:
    """The columns that say from when to when a feature holds; null: without an end.

    `are_days` says that they are dates, of the city's time; else they are moments, which
    are shown and asked for in whole seconds.
    """

    start: str
    end: str
    are_days: bool = False

    def meets(
        self, first: datetime.datetime | None, last: datetime.datetime | None
    ) -> Q:
        """Return the condition that a feature holds at some moment from first to last."""
        condition = Q()
        if last is not None:
            condition &= self._is_null(self.start) | self._by(last)
        if first is not None:
            condition &= self._is_null(self.end) | self._since(first)
        return condition

    def _is_null(self, column: str) -> Q:
        return Q(**{column: None}) if self.are_days else Q()

    def _by(self, last: datetime.datetime) -> Q:
        if self.are_days:
            return Q(**{f"{self.start}__lte": timezone.localdate(last)})
        return Q(**{f"{self.start}__lt": last.replace(microsecond=0) + SECOND})

    def _since(self, first: datetime.datetime) -> Q:
        if self.are_days:
            return Q(**{f"{self.end}__gte": timezone.localdate(first)})
        return Q(**{f"{self.end}__gte": up_to_second(first)})


@dataclass(frozen=True)
class Extent:
    """What encloses all features: a box in CRS84, the first and last of their times."""

    box: Box | None
    start: str | None = None
    end: str | None = None


def read_word(text: str) -> str:
    """Return a text that the database can look for; raises ValueError."""
    if "\0" in text:
        raise ValueError(text)
    return text


@dataclass(frozen=True)
class Collection:
    """Features of one kind, and all that is known of them.

    `key` is the column of their ids. `order` is total, so that pages neither repeat nor
    leave out. `feature` gives the whole feature as text. `count` tells how many have
    these values of properties, or None where counting would cost more than the page.
    `state` is what changes with every change of its features. Of few features neither is
    needed: they are counted, and their state is they themselves. `is_steady` says that
    `rows` and `feature` make the same query at any time, by the settings and CRS alone.
    """

    id: str
    title: object
    description: object
    properties: tuple[Property, ...]
    place: Place
    key: str
    order: Order
    rows: Callable[[], QuerySet[Any, Any]]
    feature: Callable[[Crs], Combinable]
    extent: Callable[[], Extent]
    count: Callable[[Mapping[str, Any]], int | None] | None = None
    state: Callable[[], object] | None = None
    period: Period | None = None
    read_key: Callable[[str], Any] = read_word
    has_tiles: bool = False
    is_steady: bool = False

    def queryable(self, name: str) -> Property | None:
        """Return the property of this name that can be asked for."""
        found = (p for p in self.queryables if p.name == name)
        return next(found, None)

    @property
    def queryables(self) -> list[Property]:
        return [p for p in self.properties if p.is_queryable]


class Built(Func):
    """A JSON object as text, its members in this order."""

    template = "(json_build_object(%(expressions)s))::text"
    output_field = TextField()

    def __init__(self, members: Mapping[str, Any]) -> None:
        named = [
            part for name, value in members.items() for part in (Value(name), value)
        ]
        super().__init__(*named)


def built_feature(
    key: Combinable,
    place: Place,
    crs: Crs,
    properties: Iterable[Property],
    shown: Mapping[str, Any],
) -> Joined:
    """Return the expression of a feature that is not kept ready.

    `shown` gives the properties that have no expression of their own, by their names.
    """
    members = {p.name: p.expression or shown[p.name] for p in properties}
    quoted = Func(
        key, template="to_json((%(expressions)s)::text)::text", output_field=TextField()
    )
    return Joined(
        Value('{"type":"Feature","id":'),
        quoted,
        Value(',"geometry":'),
        place.as_geojson(crs),
        Value(',"properties":'),
        Built(members),
        Value("}"),
    )
