"""Where features lie: conditions on places that indexes can answer, and answer rightly.

An index compares boxes, and rounds them: it only picks candidates. What holds is decided
by the geometries themselves, in the coordinate reference system that was asked in, since
what is straight in one is not in another. PostGIS moves boxes from one to the other: here
each time would cost ten milliseconds.
"""

from django.contrib.gis.db.models import GeometryField
from django.contrib.gis.db.models.functions import Transform
from django.contrib.gis.geos import GeometryCollection, GEOSGeometry, Polygon
from django.db.models import BooleanField, F, Func, Q, Value

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


class Related(Func):
    """Whether two geometries relate as a function of PostGIS says."""

    output_field = BooleanField()


class BoxesMeet(Func):
    """Whether the boxes of two geometries overlap: what an index answers."""

    function = ""
    arg_joiner = " && "
    output_field = BooleanField()


class Around(Func):
    """A box around another, in another CRS, a little too large."""

    template = (
        "ST_Expand(ST_Transform(ST_Segmentize(%(expressions)s, %(length)r), %(srid)d), "
        "%(slack)r)"
    )
    output_field = GeometryField()


class InBox(Func):
    """Whether a point lies in a box, or on its edge.

    Of one comparison for all four sides PostgreSQL expects that a third of the points
    pass. Of four it would expect that nearly none does, and of a function of PostGIS that
    it takes longer than anything else: either way it would sort all points of a large box
    instead of reading the newest.
    """

    template = (
        "GREATEST(%(west)r - ST_X(%(expressions)s), ST_X(%(expressions)s) - %(east)r, "
        "%(south)r - ST_Y(%(expressions)s), ST_Y(%(expressions)s) - %(north)r) <= 0"
    )
    output_field = BooleanField()


def rectangle(west: float, south: float, east: float, north: float) -> Polygon:
    return Polygon.from_bbox((west, south, east, north))


def literal(geometry: GEOSGeometry) -> Value:
    return Value(geometry, GeometryField(srid=geometry.srid or DEGREES))


def relates(function: str, geometry: GEOSGeometry, *, column: str, index: str) -> Q:
    """Return the condition that features relate to a geometry as `function` says.

    `column` holds their places in EPSG:4326, `index` the same with an index on it: the
    column itself, or `mercator` in EPSG:3857. Without a place it is unknown.
    """
    subject = _in_crs(geometry.srid, column, index)
    related = Q(Related(subject, literal(geometry), function=function))
    if function == "ST_Disjoint":
        return related
    return _boxes_meet(geometry, index) & related


def points_within(area: GEOSGeometry, *, column: str, index: str) -> Q:
    """Return the condition that points lie in what `geometries.read_bbox` made of a box."""
    subject = _in_crs(area.srid, column, index)
    # What is moved or in two parts is left to PostGIS.
    if isinstance(subject, Transform) or isinstance(area, GeometryCollection):
        return relates("ST_Intersects", area, column=column, index=index)
    west, south, east, north = area.extent
    inside = InBox(subject, west=west, south=south, east=east, north=north)
    return _boxes_meet(area, index) & Q(inside)


def _in_crs(srid: int | None, column: str, index: str) -> F | Transform:
    if srid == WEB.srid and index == "mercator":
        return F(index)
    if srid == DEGREES:
        return F(column)
    return Transform(column, srid or DEGREES)


def _boxes_meet(geometry: GEOSGeometry, index: str) -> Q:
    around = _around(geometry, WEB.srid if index == "mercator" else DEGREES)
    return Q(BoxesMeet(F(index), around))


def _around(geometry: GEOSGeometry, srid: int) -> Around:
    west, south, east, north = geometry.extent
    source, target = geometry.srid == DEGREES, srid == DEGREES
    if source and not target:
        south = min(max(south, -LAST_LATITUDE), LAST_LATITUDE)
        north = min(max(north, -LAST_LATITUDE), LAST_LATITUDE)
    size = max(east - west, north - south)
    box = rectangle(west, south, east, north)
    box.srid = geometry.srid
    return Around(
        literal(box),
        # A box without an extent has nothing to be cut.
        length=max(size / PARTS, 1e-3),
        srid=srid,
        slack=SLACK * size * UNITS.get((source, target), 1.0) + LEAST[target],
    )
