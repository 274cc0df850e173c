"""Where features lie: conditions on places that indexes can answer, and answer rightly.

An index compares boxes, and rounds them: it only picks candidates. What holds is decided
by the geometries themselves, in the coordinate reference system that was asked in, since
what is straight in one is not in another. PostGIS moves boxes from one to the other: here
each time would cost ten milliseconds.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from django.contrib.gis.db.models import GeometryField
from django.contrib.gis.db.models.functions import Transform
from django.contrib.gis.geos import (
    GeometryCollection,
    GEOSGeometry,
    LineString,
    Point,
    Polygon,
)
from django.db.models import BooleanField, F, FloatField, Func, Q, Value
from django.db.models.expressions import Combinable

from exports.ogc.blanks import Condition
from exports.ogc.crs import WEB
from geo.mercator import HALF_WORLD

DEGREES = 4326
# An edge is cut into so many parts before it is moved: what bends between them is far
# less than the part of its length by which the box is then made larger.
PARTS = 16
SLACK = 0.02
# Beyond, the web map ends.
LAST_LATITUDE = 85.06
# At most so many units of the second make one of the first, where the city is.
UNITS = {
    (False, False): 2.0,
    (False, True): 1 / 50_000,
    (True, False): 2 * HALF_WORLD / 180,
}
# What a float of four bytes may be wrong by: metres, degrees.
LEAST = {False: 2.0, True: 1e-4}
# The values of a condition: the box itself, and the one that an index is asked for.
SIDES = ("west", "south", "east", "north")
NUMBERS = ("index_west", "index_south", "index_east", "index_north", "length", "slack")


class Related(Func):
    """Whether two geometries relate as a function of PostGIS says."""

    output_field = BooleanField()


class BoxesMeet(Func):
    """Whether the boxes of two geometries overlap: what an index answers."""

    function = ""
    arg_joiner = " && "
    output_field = BooleanField()


class Envelope(Func):
    """A box of its west, south, east and north, in a CRS."""

    function = "ST_MakeEnvelope"
    template = "%(function)s(%(expressions)s, %(srid)d)"
    output_field = GeometryField()


class InBox(Func):
    """Whether a point lies in a box, or on its edge: point, west, south, east, north.

    Of one comparison for all four sides PostgreSQL expects that a third of the points
    pass. Of four it would expect that nearly none does, and of a function of PostGIS that
    it takes longer than anything else: either way it would sort all points of a large box
    instead of reading the newest.
    """

    output_field = BooleanField()

    def __init__(self, point: F, *sides: Combinable) -> None:
        west, south, east, north = sides
        x = Func(point, function="ST_X", output_field=FloatField())
        y = Func(point, function="ST_Y", output_field=FloatField())
        beyond = (west - x, x - east, south - y, y - north)
        super().__init__(*beyond, template="GREATEST(%(expressions)s) <= 0")


@dataclass(frozen=True)
class BBox:
    """What a client asks for, x before y; its east may lie beyond the last meridian.

    Then it is less than its west.
    """

    west: float
    south: float
    east: float
    north: float
    srid: int

    @property
    def sides(self) -> tuple[float, float, float, float]:
        return self.west, self.south, self.east, self.north

    @property
    def has_inside(self) -> bool:
        return self.west < self.east and self.south < self.north

    def area(self) -> GEOSGeometry:
        """Return its area, or what is left of that without a width or a height."""
        if self.west <= self.east:
            area = _area(*self.sides)
        else:
            area = GeometryCollection(
                _area(self.west, self.south, 180, self.north),
                _area(-180, self.south, self.east, self.north),
            )
        area.srid = self.srid
        return area


def _area(west: float, south: float, east: float, north: float) -> GEOSGeometry:
    if west < east and south < north:
        return Polygon.from_bbox((west, south, east, north))
    if west < east or south < north:
        return LineString((west, south), (east, north))
    return Point(west, south)


def literal(geometry: GEOSGeometry) -> Value:
    return Value(geometry, GeometryField(srid=geometry.srid or DEGREES))


def relates(function: str, geometry: GEOSGeometry, *, column: str, index: str) -> Q:
    """Return the condition that features relate to a geometry as `function` says.

    `column` holds their places in EPSG:4326, `index` the same with an index on it: the
    column itself, or `mercator` in EPSG:3857. Without a place it is unknown.
    """
    srid = geometry.srid or DEGREES
    related = Q(
        Related(_in_crs(srid, column, index), literal(geometry), function=function)
    )
    if function == "ST_Disjoint":
        return related
    numbers = _numbers(geometry.extent, srid, index)
    return _boxes_meet(lambda name: Value(numbers[name]), srid, index) & related


def points_within(box: BBox, *, column: str, index: str) -> Condition:
    """Return the condition that points lie in a box."""
    moves = isinstance(_in_crs(box.srid, column, index), Transform)
    # What is in two parts is left to PostGIS, and so is what has no inside when moved.
    if box.west > box.east or (moves and not box.has_inside):
        related = relates("ST_Intersects", box.area(), column=column, index=index)
        return Condition(None, lambda _put: related, {})
    return Condition(
        ("box", box.srid),
        partial(_points_within, srid=box.srid, column=column, index=index),
        dict(zip(SIDES, box.sides, strict=True)) | _numbers(box.sides, box.srid, index),
    )


def _points_within(
    put: Callable[[str], Combinable], *, srid: int, column: str, index: str
) -> Q:
    subject, sides = _in_crs(srid, column, index), map(put, SIDES)
    if isinstance(subject, Transform):
        area = Envelope(*sides, srid=srid)
        inside: Func = Related(subject, area, function="ST_Intersects")
    else:
        inside = InBox(subject, *sides)
    return _boxes_meet(put, srid, index) & Q(inside)


def _in_crs(srid: int, column: str, index: str) -> F | Transform:
    if srid == WEB.srid and index == "mercator":
        return F(index)
    if srid == DEGREES:
        return F(column)
    return Transform(column, srid)


def _boxes_meet(put: Callable[[str], Combinable], srid: int, index: str) -> Q:
    """Return the condition that features lie in the box that an index is asked for.

    That one is in the CRS of the index, and a little larger than what was asked for.
    """
    around: Func = Envelope(*map(put, NUMBERS[:4]), srid=srid)
    for function, number in (
        ("ST_Segmentize", put("length")),
        ("ST_Transform", Value(_srid_of(index))),
        ("ST_Expand", put("slack")),
    ):
        around = Func(around, number, function=function, output_field=GeometryField())
    return Q(BoxesMeet(F(index), around))


def _srid_of(index: str) -> int:
    return WEB.srid if index == "mercator" else DEGREES


def _numbers(
    sides: tuple[float, float, float, float], srid: int, index: str
) -> dict[str, float]:
    """Return the box that an index is asked for, and how it is to be made larger."""
    west, south, east, north = sides
    source, target = srid == DEGREES, _srid_of(index) == DEGREES
    if source and not target:
        south = min(max(south, -LAST_LATITUDE), LAST_LATITUDE)
        north = min(max(north, -LAST_LATITUDE), LAST_LATITUDE)
    size = max(east - west, north - south)
    # A box without an extent has nothing to be cut.
    length = max(size / PARTS, 1e-3)
    slack = SLACK * size * UNITS.get((source, target), 1.0) + LEAST[target]
    numbers = (west, south, east, north, length, slack)
    return dict(zip(NUMBERS, numbers, strict=True))
