"""Reading coordinates that people, browsers and programs send."""

import math
from dataclasses import dataclass


class CoordinateError(ValueError):
    """The text is no longitude and latitude in EPSG:4326."""


@dataclass(frozen=True)
class Position:
    """Longitude and latitude in degrees, EPSG:4326, in that order."""

    lon: float
    lat: float

    def swapped(self) -> "Position | None":
        """Return the position with the two exchanged, where that is one at all."""
        return Position(self.lat, self.lon) if abs(self.lon) <= 90 else None


def read_position(lon: str, lat: str) -> Position:
    """Return the position two texts give.

    Raises CoordinateError for anything but two finite numbers in range; `nan` and
    `inf`, which Python would read, are none.
    """
    try:
        position = Position(float(lon), float(lat))
    except ValueError as error:
        raise CoordinateError("Longitude and latitude are numbers.") from error
    if not (math.isfinite(position.lon) and math.isfinite(position.lat)):
        raise CoordinateError("Longitude and latitude are finite numbers.")
    if abs(position.lon) > 180 or abs(position.lat) > 90:
        raise CoordinateError("Longitude is within ±180, latitude within ±90 degrees.")
    return position
