"""Where features lie: conditions on places that indexes can answer, and answer rightly.

An index compares boxes, and rounds them: it only picks candidates. What holds is decided
by the geometries themselves, in the coordinate reference system that was asked in, since
what is straight in one is not in another. PostGIS moves boxes from one to the other: here
each time would cost ten milliseconds.
"""

from typing import Any

from django.contrib.gis.db.models import GeometryField
from django.contrib.gis.db.models.functions import Transform
from django.contrib.gis.geos import GEOSGeometry, Polygon
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


def rectangle(west: float, south: float, east: float, north: float) -> Polygon:
    return Polygon.from_bbox((west, south, east, north))


def literal(geometry: GEOSGeometry) -> Value:
    return Value(geometry, GeometryField(srid=geometry.srid or DEGREES))


def relates(function: str, geometry: GEOSGeometry, *, column: str, index: str) -> Q:
    """Return the condition that features relate to a geometry as `function` says.

    `column` holds their places in EPSG:4326, `index` the same with an index on it: the
    column itself, or `mercator` in EPSG:3857. Without a place it is unknown.
    """
    has_mercator = index == "mercator"
    if geometry.srid == WEB.srid and has_mercator:
        subject: Any = F(index)
    elif geometry.srid == DEGREES:
        subject = F(column)
    else:
        subject = Transform(column, geometry.srid or DEGREES)
    related = Q(Related(subject, literal(geometry), function=function))
    if function == "ST_Disjoint":
        return related
    around = _around(geometry, WEB.srid if has_mercator else DEGREES)
    return Q(BoxesMeet(F(index), around)) & related


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
