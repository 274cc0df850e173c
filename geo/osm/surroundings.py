"""The area of a city with a margin around it."""

import shapely
from shapely import MultiPolygon

from geo.shapes import WGS84, polygons_of, reproject

# A margin need not follow every bend.
ROUGHNESS_METRES = 20.0


def with_margin(city: MultiPolygon, metres: float, *, srid: int) -> MultiPolygon:
    """Return an area (EPSG:4326) with a margin; `srid` is a metric CRS to measure in."""
    metric = f"EPSG:{srid}"
    (measured,) = reproject([city], WGS84, metric)
    widened = shapely.simplify(shapely.buffer(measured, metres), ROUGHNESS_METRES)
    (area,) = reproject([widened], metric, WGS84)
    return polygons_of(area)
