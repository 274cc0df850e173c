"""Reading coordinates that people, browsers and programs send."""

import math
import re
from dataclasses import dataclass

NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)


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


def read_number(text: str) -> float:
    """Return the number a text gives; raises ValueError.

    Only what is one everywhere: Python would also read `1_0`, digits of other alphabets,
    `nan` and `inf`.
    """
    number = float(text) if NUMBER.fullmatch(text.strip()) else math.nan
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def read_position(lon: str, lat: str) -> Position:
    """Return the position two texts give.

    Raises CoordinateError for anything but two finite numbers in range.
    """
    try:
        position = Position(read_number(lon), read_number(lat))
    except ValueError as error:
        message = "Longitude and latitude are numbers, and finite."
        raise CoordinateError(message) from error
    if abs(position.lon) > 180 or abs(position.lat) > 90:
        raise CoordinateError("Longitude is within ±180, latitude within ±90 degrees.")
    return position
