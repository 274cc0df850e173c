"""What part of the world a map shows, and where on the paper its points come to lie.

Everything is reckoned in spherical Mercator, as the tiles are; within a city that differs
from the true distances by less than one in two hundred, once it is scaled at its middle.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from geo.mercator import EARTH_RADIUS

Point = tuple[float, float]


@dataclass(frozen=True)
class Box:
    """A rectangle in metres of the projection."""

    west: float
    south: float
    east: float
    north: float

    @property
    def middle(self) -> Point:
        return (self.west + self.east) / 2, (self.south + self.north) / 2

    def meets(self, other: "Box") -> bool:
        return (
            self.west <= other.east
            and other.west <= self.east
            and self.south <= other.north
            and other.south <= self.north
        )


def box_around(points: Sequence[Point]) -> Box:
    """Return the smallest rectangle that holds the points, of which there is one at least."""
    eastings, northings = zip(*points, strict=True)
    return Box(min(eastings), min(northings), max(eastings), max(northings))


@dataclass(frozen=True)
class Frame:
    """A picture of `width` × `height` units around a place (EPSG:3857, `middle`).

    `metres` is how much of the ground a unit stands for.
    """

    middle: Point
    width: float
    height: float
    metres: float

    @cached_property
    def stretch(self) -> float:
        """How many metres of the projection one on the ground takes here."""
        return math.cosh(self.middle[1] / EARTH_RADIUS)

    @cached_property
    def box(self) -> Box:
        half = self.metres * self.stretch / 2
        east, north = self.middle
        return Box(
            east - half * self.width,
            north - half * self.height,
            east + half * self.width,
            north + half * self.height,
        )

    def place(self, point: Point) -> Point:
        """Return where on the picture a point of the projection lies."""
        unit = self.metres * self.stretch
        return (
            (point[0] - self.box.west) / unit,
            (self.box.north - point[1]) / unit,
        )

    def holds(self, at: Point, margin: float = 0) -> bool:
        """Tell whether something at this place of the picture is seen."""
        return (
            margin <= at[0] <= self.width - margin
            and margin <= at[1] <= self.height - margin
        )


def frame_around(
    box: Box, width: float, height: float, *, least_metres: float
) -> Frame:
    """Return the frame that shows a box whole, with a rim around it.

    `least_metres` is the width on the ground that a picture shows at least.
    """
    rim = 0.86
    stretch = math.cosh(box.middle[1] / EARTH_RADIUS)
    metres = max(
        (box.east - box.west) / stretch / (width * rim),
        (box.north - box.south) / stretch / (height * rim),
        least_metres / width,
    )
    return Frame(box.middle, width, height, metres)
