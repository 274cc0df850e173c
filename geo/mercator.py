"""The projection of web maps (EPSG:3857), reckoned on a sphere, in metres."""

import math

EARTH_RADIUS = 6_378_137.0
# From its middle to each edge.
HALF_WORLD = math.pi * EARTH_RADIUS


def mercator(lon: float, lat: float) -> tuple[float, float]:
    """Return a place in degrees (EPSG:4326) as metres of the projection."""
    north = math.asinh(math.tan(math.radians(lat)))
    return EARTH_RADIUS * math.radians(lon), EARTH_RADIUS * north


def degrees(x: float, y: float) -> tuple[float, float]:
    """Return longitude and latitude (EPSG:4326) of a place in the projection."""
    lat = math.degrees(math.atan(math.sinh(y / EARTH_RADIUS)))
    return math.degrees(x / EARTH_RADIUS), lat
