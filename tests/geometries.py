"""Small shapes for tests, the same at every run.

Degrees that are sums of powers of two are exact as floats, so that neighbours made of
them share an edge and do not overlap by a rounding error.
"""

import math

from django.contrib.gis.geos import MultiPolygon, Point, Polygon

STEP = 1 / 64


def tile_url(point: Point, zoom: int) -> str:
    """Return the address of the tile with the pins around a point (EPSG:4326)."""
    n = 2**zoom
    north = math.asinh(math.tan(math.radians(point.y)))
    x, y = int((point.x + 180) / 360 * n), int((1 - north / math.pi) / 2 * n)
    return f"/tiles/pins/{zoom}/{x}/{y}.pbf"


def square(lon: float, lat: float, size: float = STEP) -> MultiPolygon:
    """Return a square in EPSG:4326; `lon`, `lat` is its south-western corner."""
    box = Polygon.from_bbox((lon, lat, lon + size, lat + size))
    return MultiPolygon(box, srid=4326)


def district_square(number: int) -> MultiPolygon:
    """Return the square of a district: number 17 is the eastern neighbour of 16."""
    return square(7.5 + number * STEP, 49.375)


def point_in(number: int, east: float = 0.5, north: float = 0.5) -> Point:
    """Return a point in a district's square, in fractions of its width and height."""
    return Point(7.5 + (number + east) * STEP, 49.375 + north * STEP, srid=4326)
