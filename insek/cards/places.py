"""Where the cards of a table are about: all places found at once."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, NamedTuple

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import override

from districts.models import District
from geo.coordinates import CoordinateError, read_position
from geo.functions import PointInside
from insek.cards.columns import plain
from layers.addresses import find_addresses
from layers.places import Kind, Place, search_places

DEGREES = 4326
HALF_TURN = 180
# What a grid of UTM may hold at all, with room on every side.
EASTINGS, NORTHINGS = (100_000.0, 900_000.0), (4_000_000.0, 7_500_000.0)
SUGGESTED = 3
# Searching for what is misspelt takes some milliseconds each.
MOST_SUGGESTIONS = 60
WITHIN = """
    SELECT ST_X(point), ST_Y(point), districts_at(point, CURRENT_DATE) IS NOT NULL,
           districts_at(ST_FlipCoordinates(point), CURRENT_DATE) IS NOT NULL
    FROM (
        SELECT position,
               ST_Transform(ST_SetSRID(ST_MakePoint(x, y), srid), 4326) AS point
        FROM unnest(%(x)s::float8[], %(y)s::float8[], %(srid)s::int[])
            WITH ORDINALITY AS given (x, y, srid, position)
    ) AS places
    ORDER BY position
"""


@dataclass
class Wish:
    """What a row says of its place, and what came of it."""

    COLUMNS: ClassVar[tuple[str, ...]] = (
        *("lon", "lat", "easting", "northing"),
        *("address", "district", "place_note"),
    )
    values: dict[str, str]
    row: dict[str, Any]
    content: dict[str, Any] = field(default_factory=dict)
    problems: list[tuple[str, str]] = field(default_factory=list)
    point: tuple[float, float, int] | None = None
    # The column that gave the point.
    way: str = ""

    def take(self, way: str, x: float, y: float, srid: int = DEGREES) -> None:
        self.way, self.point = way, (x, y, srid)

    def refuse(self, column: str, reason: str) -> None:
        self.problems.append((column, reason))


class Places:
    """Finds places; reads the districts once."""

    def __init__(self) -> None:
        current = District.objects.current().annotate(inside=PointInside("geometry"))
        self.districts: dict[str, tuple[str, Any]] = {}
        for name, slug, inside in current.values_list("name", "slug", "inside"):
            self.districts[plain(name)] = self.districts[plain(slug)] = (name, inside)

    def find(self, wishes: Sequence[Wish]) -> Sequence[Wish]:
        """Fill in where each is, or what is wrong: coordinates, address, district."""
        by_address = [wish for wish in wishes if self._read(wish) == "address"]
        self._find_addresses(by_address)
        self._look_whether_inside([wish for wish in wishes if wish.point])
        return wishes

    def _read(self, wish: Wish) -> str:
        """Return by which column the place is given, and take what needs no look-up."""
        values = wish.values
        if values["district"] and plain(values["district"]) not in self.districts:
            wish.refuse("district", _("There is no district of this name."))
        if values["lon"] or values["lat"]:
            _read_degrees(wish)
            return "lon"
        if values["easting"] or values["northing"]:
            _read_grid(wish)
            return "easting"
        if values["address"]:
            return "address"
        if not values["district"]:
            wish.refuse(
                "address",
                _("Please give an address, coordinates or at least a district."),
            )
        elif not wish.problems:
            self._take_district(wish)
        return "district"

    def _take_district(self, wish: Wish) -> None:
        name, inside = self.districts[plain(wish.values["district"])]
        wish.take("district", inside.x, inside.y)
        wish.content["is_approximate"] = True
        if not wish.row.get("place_note"):
            with override(wish.row.get("language", "de")):
                words = _("District of {name}").format(name=name)
            wish.content["place_note"] = words

    def _find_addresses(self, wishes: Sequence[Wish]) -> None:
        found = find_addresses([wish.values["address"] for wish in wishes])
        suggested = 0
        for wish, places in zip(wishes, found, strict=True):
            fitting = self._in_district(wish, places)
            if len(fitting) == 1:
                wish.take("address", fitting[0].lon, fitting[0].lat)
            elif fitting:
                wish.refuse(
                    "address",
                    _("Several places are called so: {places}.").format(
                        places=_listed(fitting)
                    ),
                )
            else:
                suggested += 1
                wish.refuse("address", _unknown(wish, places, suggested))

    def _in_district(self, wish: Wish, places: list[Place]) -> list[Place]:
        """Keep those in the district that the row names, where it names one."""
        wanted = self.districts.get(plain(wish.values["district"]))
        return [p for p in places if wanted is None or p.detail == wanted[0]]

    def _look_whether_inside(self, wishes: Sequence[Wish]) -> None:
        points = [wish.point for wish in wishes if wish.point]
        for wish, found in zip(wishes, look_whether_inside(points), strict=True):
            if found.is_inside:
                wish.content |= {"lon": found.lon, "lat": found.lat}
            elif found.is_swapped:
                wish.refuse(wish.way, _("Longitude and latitude seem to be swapped."))
            else:
                wish.refuse(wish.way, _("This place is outside the city."))


class Located(NamedTuple):
    """A point in degrees, and whether a district of today holds it, or its reverse."""

    lon: float
    lat: float
    is_inside: bool
    is_swapped: bool


def look_whether_inside(points: Sequence[tuple[float, float, int]]) -> list[Located]:
    """Return where points (x, y, SRID) are, in their order."""
    columns = list(zip(*points, strict=True)) or [(), (), ()]
    names = dict(zip(("x", "y", "srid"), map(list, columns), strict=True))
    with connection.cursor() as cursor:
        cursor.execute(WITHIN, names)
        return [Located(*row) for row in cursor.fetchall()]


def _read_degrees(wish: Wish) -> None:
    lon, lat = (_decimal(wish.values[name]) for name in ("lon", "lat"))
    try:
        position = read_position(lon, lat)
    except CoordinateError:
        column = "lat" if _is_number(lon) and abs(float(lon)) <= HALF_TURN else "lon"
        wish.refuse(column, _("Longitude and latitude must be degrees."))
    else:
        wish.take("lon", position.lon, position.lat)


def _read_grid(wish: Wish) -> None:
    values = {}
    for name, limits in (("easting", EASTINGS), ("northing", NORTHINGS)):
        words = _decimal(wish.values[name])
        number = float(words) if _is_number(words) else None
        if number is None or not limits[0] <= number <= limits[1]:
            message = _("This is no coordinate in metres of EPSG:{srid}.")
            wish.refuse(name, message.format(srid=settings.PLANNING_SRID))
        else:
            values[name] = number
    if len(values) == len(("easting", "northing")):
        wish.take(
            "easting", values["easting"], values["northing"], settings.PLANNING_SRID
        )


def _decimal(words: str) -> str:
    """Return a number as programs write it: 49,44 and 5.477.600,5 as people do."""
    plain_words = words.replace(" ", "").replace("\u00a0", "")
    if "," in plain_words:
        return plain_words.replace(".", "").replace(",", ".")
    return plain_words


def _is_number(words: str) -> bool:
    try:
        return math.isfinite(float(words))
    except ValueError:
        return False


def _unknown(wish: Wish, elsewhere: list[Place], count: int) -> str:
    """Say that an address is not known, with what may be meant."""
    if elsewhere:
        return _("It is not in this district, but: {places}.").format(
            places=_listed(elsewhere)
        )
    if count <= MOST_SUGGESTIONS:
        found = search_places(wish.values["address"], SUGGESTED)
        if places := [place for place in found if place.kind != Kind.DISTRICT]:
            return _("This address is not known. Perhaps: {places}.").format(
                places=_listed(places)
            )
    return _("This address is not known.")


def _listed(places: Sequence[Place]) -> str:
    named = [f"{p.label} ({p.detail})" if p.detail else p.label for p in places]
    return "; ".join(named[:SUGGESTED])
