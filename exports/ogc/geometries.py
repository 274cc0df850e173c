"""Reading geometries that a client sends: boxes, and those of a filter as GeoJSON.

Each number is checked before a library sees it: GEOS and GDAL print what they dislike,
and do not survive all of it.
"""

from typing import Any

from django.contrib.gis.geos import (
    GeometryCollection,
    GEOSException,
    GEOSGeometry,
    LineString,
    MultiLineString,
    MultiPoint,
    MultiPolygon,
    Point,
    Polygon,
)
from django.utils.translation import gettext as _

from exports.ogc.crs import Crs
from exports.ogc.errors import BadParameter
from exports.ogc.spatial import BBox
from geo.coordinates import read_number

Position = tuple[float, float]
# Farther from its origin than any place is in any CRS.
FAR = 1e9


def read_bbox(name: str, text: str, crs: Crs) -> BBox:
    """Return the box that a query gives; raises BadParameter."""
    try:
        numbers = [read_number(part) for part in text.split(",")]
    except ValueError as error:
        raise BadParameter(name, _("A box is four or six numbers.")) from error
    return box_of(name, numbers, crs)


def box_of(name: str, numbers: Any, crs: Crs) -> BBox:
    """Return the box of four or six numbers, in the order of the CRS's axes.

    Heights are left out: nothing here has one. With its east west of its west it reaches
    across the 180th meridian. Raises BadParameter for the parameter `name`.
    """
    if not (isinstance(numbers, list) and len(numbers) in {4, 6}):
        raise BadParameter(name, _("A box is four or six numbers."))
    half = len(numbers) // 2
    west, south = _position(name, numbers[:half], crs)
    east, north = _position(name, numbers[half:], crs)
    if south > north or (west > east and not crs.is_geographic):
        raise BadParameter(name, _("The lower corner of a box comes first."))
    return BBox(west, south, east, north, crs.srid)


def read_geometry(name: str, node: Any, crs: Crs) -> GEOSGeometry:
    """Return the geometry of a filter: GeoJSON, or a box. Raises BadParameter."""
    if isinstance(node, dict) and set(node) == {"bbox"}:
        return box_of(name, node["bbox"], crs).area()
    try:
        geometry = _geometry(name, node, crs)
        is_valid = geometry.valid
    except (GEOSException, TypeError, ValueError) as error:
        if isinstance(error, BadParameter):
            raise
        raise _no_geometry(name) from error
    if not is_valid or geometry.empty:
        raise _no_geometry(name)
    geometry.srid = crs.srid
    return geometry


def _no_geometry(name: str) -> BadParameter:
    return BadParameter(name, _("A geometry is none, is empty or crosses itself."))


def _position(name: str, node: Any, crs: Crs) -> Position:
    if not (isinstance(node, list) and len(node) in {2, 3}):
        raise _no_geometry(name)
    for number in node:
        is_number = isinstance(number, int | float) and not isinstance(number, bool)
        # Neither endless, nor not a number, nor too long for one.
        if not (is_number and -FAR < number < FAR):
            raise _no_geometry(name)
    x, y = node[:2]
    if crs.is_north_first:
        x, y = y, x
    if not crs.holds(x, y):
        message = _("Coordinates lie outside of %(crs)s.")
        raise BadParameter(name, message % {"crs": crs.uri})
    return float(x), float(y)


def _geometry(name: str, node: Any, crs: Crs) -> GEOSGeometry:
    kind = node.get("type") if isinstance(node, dict) else None
    if kind == "GeometryCollection":
        parts = node.get("geometries")
        return GeometryCollection([_simple(name, part, crs) for part in parts])
    return _simple(name, node, crs)


def _simple(name: str, node: Any, crs: Crs) -> GEOSGeometry:
    def point(part: Any) -> Point:
        return Point(*_position(name, part, crs))

    def line(part: Any) -> LineString:
        return LineString([_position(name, one, crs) for one in part])

    def polygon(part: Any) -> Polygon:
        return Polygon(*([_position(name, one, crs) for one in ring] for ring in part))

    makers: dict[str, Any] = {
        "Point": point,
        "LineString": line,
        "Polygon": polygon,
        "MultiPoint": lambda part: MultiPoint([point(one) for one in part]),
        "MultiLineString": lambda part: MultiLineString([line(one) for one in part]),
        "MultiPolygon": lambda part: MultiPolygon([polygon(one) for one in part]),
    }
    if not isinstance(node, dict) or node.get("type") not in makers:
        raise _no_geometry(name)
    made: GEOSGeometry = makers[node["type"]](node.get("coordinates"))
    return made
