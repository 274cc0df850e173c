"""Areas as the rest of the product knows them: MultiPolygons, EPSG:4326, without Z."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import shapely
from shapely import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from geo.bounds import Bounds

# What other packages say for an area: shapely is the business of this one alone.
Shape = MultiPolygon

WGS84 = "EPSG:4326"
# About a centimetre: the same boundary written by two programs differs by less.
SAME_WITHIN_DEGREES = 1e-7


def polygons_of(geometry: BaseGeometry | None) -> MultiPolygon:
    """Return the areas of a geometry without Z; lines and points are left out.

    The result is empty where there is no area at all.
    """
    if geometry is None:
        return MultiPolygon()
    parts = shapely.get_parts(shapely.get_parts(shapely.force_2d(geometry)))
    return MultiPolygon(
        [part for part in parts if isinstance(part, Polygon) and not part.is_empty]
    )


def from_wkb(wkb: bytes) -> MultiPolygon:
    """Read an area from well-known binary, the form in which Django hands it over."""
    return polygons_of(shapely.from_wkb(wkb))


def lies_within(shape: MultiPolygon, bounds: Bounds) -> bool:
    """Tell whether all coordinates are finite and within the bounds."""
    if not all(map(math.isfinite, shapely.get_coordinates(shape).ravel())):
        return False
    west, south, east, north = shape.bounds
    return (
        bounds[0] <= west
        and bounds[1] <= south
        and east <= bounds[2]
        and north <= bounds[3]
    )


def area_of_use(srid: int) -> Bounds:
    """Return the part of the Earth that a CRS is made for, in degrees."""
    # Here, not above: loading it takes a second, which only who needs it should pay.
    import geopandas

    west, south, east, north = geopandas.GeoSeries(crs=srid).crs.area_of_use.bounds
    return west, south, east, north


@dataclass(frozen=True)
class Repair:
    """What `repair` made of an area: `problem` is empty where nothing was wrong."""

    shape: MultiPolygon
    problem: str


def repair(shape: MultiPolygon) -> Repair:
    """Return the area with valid rings, and what was wrong with the old ones.

    Lines and points that the repair leaves over are dropped; a shape that has no
    area at all comes back empty.
    """
    if shape.is_valid:
        return Repair(shape, "")
    mended = shapely.make_valid(shape, method="structure", keep_collapsed=False)
    return Repair(polygons_of(mended), shapely.is_valid_reason(shape))


def same_shape(
    one: MultiPolygon, other: MultiPolygon, tolerance: float = SAME_WITHIN_DEGREES
) -> bool:
    """Tell whether two areas are the same, wherever their rings begin and turn.

    No point of one boundary is farther than `tolerance` degrees from the other's.
    """
    if one.normalize().equals_exact(other.normalize()):
        return True
    distance = one.boundary.hausdorff_distance(other.boundary)
    return bool(distance <= tolerance)


def shared_part(one: Iterable[MultiPolygon], other: Iterable[MultiPolygon]) -> float:
    """Return which part of the area of some shapes lies within others, from 0 to 1.

    Measured in degrees: areas of one city are stretched alike.
    """
    own, others = (
        shapely.union_all([repair(shape).shape for shape in shapes])
        for shapes in (one, other)
    )
    return float(own.intersection(others).area / own.area)


def reproject(
    shapes: Iterable[BaseGeometry], source: str, target: str
) -> list[BaseGeometry]:
    """Convert shapes from one CRS to another (both such as "EPSG:25832").

    Coordinates are x, y (longitude, latitude), whatever order the CRS names its axes
    in.
    """
    import geopandas

    return list(geopandas.GeoSeries(list(shapes), crs=source).to_crs(target))
