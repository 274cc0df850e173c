"""The streets and addresses of a city, out of what OpenStreetMap holds of it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import shapely
from shapely import LineString, MultiPolygon, Point
from shapely.geometry.base import BaseGeometry

from geo.osm.features import Edge, Thing
from geo.osm.tags import LINKED, STREET_ZOOMS, Tags

# Ways of one name are two streets where twice this lies between them: some 600 m.
APART_DEGREES = 0.004
# "12;14" and "12,14" are two numbers, "12-14" is one.
SEPARATORS = re.compile(r"[;,]")


@dataclass(frozen=True)
class FoundStreet:
    """A street or square with a point on it (degrees, EPSG:4326)."""

    name: str
    lon: float
    lat: float


@dataclass(frozen=True)
class FoundAddress:
    """A house number, at its entrance or in the middle of its house (degrees)."""

    street: str
    housenumber: str
    postcode: str
    lon: float
    lat: float


class Places:
    """Collects the streets and addresses of the things it is shown, within the city."""

    def __init__(self, city: Edge) -> None:
        self._city = city
        self._streets: dict[str, list[BaseGeometry]] = {}
        self.addresses: list[FoundAddress] = []

    def add(self, thing: Thing) -> None:
        """Keep the address and the part of a street that a thing is, if any."""
        self.addresses += self._addresses(thing)
        if (name := _street_name(thing)) and (part := self._part(thing.shape)):
            self._streets.setdefault(name, []).append(part)

    def streets(self) -> Iterator[FoundStreet]:
        """Return the streets by name, more than one where they lie apart."""
        for name, parts in sorted(self._streets.items()):
            for lines in _apart(parts):
                longest = max(lines, key=lambda line: line.length)
                yield FoundStreet(name, *_point_on(longest).coords[0])

    def _part(self, shape: BaseGeometry) -> BaseGeometry | None:
        """Return the longest part within the city."""
        if isinstance(shape, Point):
            return shape if self._city.holds(shape) else None
        part = self._city.cut(shape)
        if part is None:
            return None
        parts: list[BaseGeometry] = list(shapely.get_parts(part))
        return max(parts, key=lambda piece: piece.length)

    def _addresses(self, thing: Thing) -> Iterator[FoundAddress]:
        tags = thing.tags
        # Where a hamlet has no streets, its houses are numbered by its own name.
        street = tags.get("addr:street") or tags.get("addr:place", "")
        numbers = tags.get("addr:housenumber", "")
        if not street or not numbers or isinstance(thing.shape, LineString):
            return
        place = shapely.point_on_surface(thing.shape)
        if not self._city.holds(place):
            return
        postcode = tags.get("addr:postcode", "")
        for number in filter(None, map(str.strip, SEPARATORS.split(numbers))):
            yield FoundAddress(street, number, postcode, place.x, place.y)


def _street_name(thing: Thing) -> str:
    if isinstance(thing.shape, LineString):
        return thing.tags.get("name", "") if _is_street(thing.tags) else ""
    is_square = thing.tags.get("place") == "square"
    is_street = isinstance(thing.shape, MultiPolygon) and _is_street(thing.tags)
    return thing.tags.get("name", "") if is_square or is_street else ""


def _is_street(tags: Tags) -> bool:
    kind = tags.get("highway", "")
    return kind in STREET_ZOOMS or kind.removesuffix("_link") in LINKED


def _apart(parts: list[BaseGeometry]) -> Iterator[list[BaseGeometry]]:
    """Group the parts of one name by where they lie."""
    around = shapely.union_all(shapely.buffer(parts, APART_DEGREES, quad_segs=2))
    for area in shapely.get_parts(around):
        yield [part for part in parts if shapely.intersects(area, part)]


def _point_on(part: BaseGeometry) -> Point:
    if isinstance(part, LineString):
        return part.interpolate(0.5, normalized=True)
    return shapely.point_on_surface(part)
