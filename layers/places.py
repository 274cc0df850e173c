"""Finding a place by its name, a name for a place, and filling what both read."""

import re
from collections.abc import Iterable
from dataclasses import astuple, dataclass
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from layers.models.places import (
    NAME_LENGTH,
    NUMBER_LENGTH,
    POSTCODE_LENGTH,
    Address,
    Street,
)

# An address further away says nothing about a place.
NEAR_METRES = 150
# How many of the streets that are meant best are looked through for a house number.
STREETS_WITH_NUMBER = 3


@dataclass(frozen=True)
class StreetRow:
    """A street or square, at a point on it: degrees, EPSG:4326."""

    name: str
    lon: float
    lat: float


@dataclass(frozen=True)
class AddressRow:
    """A house number of a street, at its entrance or middle: degrees, EPSG:4326."""

    street: str
    housenumber: str
    postcode: str
    lon: float
    lat: float


@dataclass(frozen=True)
class Counts:
    """What was kept, and how many rows were left out: unreadable ones and repeats."""

    streets: int
    addresses: int
    left_out: int


class Kind(StrEnum):
    """What a place is."""

    STREET = "street"
    ADDRESS = "address"
    DISTRICT = "district"


@dataclass(frozen=True)
class Place:
    """A place with a name; `detail` tells it from others of that name.

    Degrees, EPSG:4326.
    """

    label: str
    detail: str
    kind: Kind
    lon: float
    lat: float


# --- Finding --------------------------------------------------------------------------

DISTRICTS = """
    SELECT name, ST_X(point), ST_Y(point)
    FROM (
        SELECT name, number, layers_place_key(name) AS key,
               ST_PointOnSurface(geometry) AS point
        FROM districts_district
        WHERE valid_from <= CURRENT_DATE
          AND (valid_to IS NULL OR valid_to > CURRENT_DATE)
    ) AS d
    WHERE ' ' || key LIKE '%% ' || %(key)s || '%%' OR similarity(key, %(key)s) > 0.5
    ORDER BY key NOT LIKE %(key)s || '%%', number
    LIMIT %(limit)s
"""
# What is spelt the same: whole names first, then beginnings, then words within.
DIRECT = """
    SELECT id, name, key, location, length(key) AS distance,
           CASE WHEN key = %(key)s THEN 0
                WHEN key LIKE %(key)s || '%%' THEN 1
                ELSE 2 END AS rank
    FROM layers_street
    WHERE key LIKE %(key)s || '%%' OR key LIKE '%% ' || %(key)s || '%%'
    ORDER BY rank, distance, key, id
    LIMIT %(limit)s
"""
# What is misspelt: the most alike, and what is nearly as much so.
ALIKE = """
    SELECT id, name, key, location, distance, 3 AS rank
    FROM (
        SELECT *, min(distance) OVER () AS least
        FROM (
            SELECT *, (key <->> %(key)s) + (key <-> %(key)s) AS distance
            FROM layers_street
            WHERE key %%> %(key)s
        ) AS alike
    ) AS compared
    WHERE distance <= least + 0.3
    ORDER BY distance, key, id
    LIMIT %(limit)s
"""
# Half a short name may be misspelt. And the planner takes a comparison of trigrams for as
# cheap as any other, and would rather compare with all names than read the index.
FOR_ALIKE = """
    SET LOCAL pg_trgm.word_similarity_threshold = 0.4;
    SET LOCAL enable_seqscan = off;
"""
WITH_DISTRICT = """
    SELECT s.id, s.name, COALESCE(d.name, ''), ST_X(s.location), ST_Y(s.location),
           s.rank = 0
    FROM ({streets}) AS s
    LEFT JOIN districts_district d ON d.id = districts_at(s.location, CURRENT_DATE)
    ORDER BY s.rank, s.distance, s.key, d.number, s.id
"""
# A house number is read as a number first: 11, 11a, 110, 111.
ADDRESSES = """
    SELECT s.name || ' ' || a.housenumber, concat_ws(' ', NULLIF(a.postcode, ''), d.name),
           ST_X(a.point), ST_Y(a.point)
    FROM (
        SELECT a.*, a.location::geometry AS point, p.position
        FROM unnest(%(streets)s) WITH ORDINALITY AS p (street_id, position)
        JOIN layers_address a USING (street_id)
        WHERE a.key LIKE %(pattern)s
        ORDER BY a.key <> %(number)s, p.position,
                 substring(a.key FROM '^\\d{1,9}')::integer, a.key
        LIMIT %(limit)s
    ) AS a
    JOIN layers_street s ON s.id = a.street_id
    LEFT JOIN districts_district d ON d.id = districts_at(a.point, CURRENT_DATE)
    ORDER BY a.key <> %(number)s, a.position,
             substring(a.key FROM '^\\d{1,9}')::integer, a.key
"""
NEAREST = """
    SELECT s.name || ' ' || a.housenumber, concat_ws(' ', NULLIF(a.postcode, ''), d.name),
           ST_X(a.location::geometry), ST_Y(a.location::geometry)
    FROM (
        SELECT *, location <-> here AS metres
        FROM layers_address,
             CAST(ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4326) AS geography) AS here
        ORDER BY location <-> here
        LIMIT 1
    ) AS a
    JOIN layers_street s ON s.id = a.street_id
    LEFT JOIN districts_district d
        ON d.id = districts_at(a.location::geometry, CURRENT_DATE)
    WHERE a.metres <= %(near)s
"""


def search_places(words: str, limit: int) -> list[Place]:
    """Return what somebody may mean by some words, the likeliest first.

    Without a house number districts come first, then streets, and the numbers of the
    street that is named in full; with one, the addresses that begin with it.
    """
    key = _key(words)
    if not key:
        return []
    street, number = split_key(key)
    districts = [] if number else _districts(key, limit)
    streets = _streets(street, limit, and_alike=not districts)
    if number:
        likely = streets[:STREETS_WITH_NUMBER]
        if addresses := _addresses(likely, f"{number}%", limit):
            return addresses
        # A number that no such street has, or one that belongs to its name.
        streets = _streets(key, limit, and_alike=False) or streets
    found = districts + [each.place for each in streets]
    if not number and len(found) < limit:
        exact = [each for each in streets if each.is_exact]
        found += _addresses(exact, "%", limit - len(found))
    return found[:limit]


def places_named(words: str, limit: int) -> list[Place]:
    """Return the places whose name the words are in full, however it is spelt.

    Addresses where a house number is given, or else streets.
    """
    key = _key(words)
    street, number = split_key(key)
    if number:
        exact = [
            found
            for found in _streets(street, limit, and_alike=False)
            if found.is_exact
        ]
        if addresses := _addresses(exact, number, limit):
            return addresses
    streets = _streets(key, limit, and_alike=False)
    return [found.place for found in streets if found.is_exact]


def nearest_address(lon: float, lat: float) -> Place | None:
    """Return the address nearest to a point (degrees, EPSG:4326) within 150 m, if any."""
    rows = _rows(NEAREST, {"lon": lon, "lat": lat, "near": NEAR_METRES})
    return _place(Kind.ADDRESS, *rows[0]) if rows else None


@dataclass(frozen=True)
class _Street:
    id: int
    place: Place
    is_exact: bool


def _streets(key: str, limit: int, *, and_alike: bool) -> list[_Street]:
    """Return the streets that are spelt so, or else those that nearly are."""
    parameters = {"key": key, "limit": limit}
    rows = _rows(WITH_DISTRICT.format(streets=DIRECT), parameters) if key else []
    if key and and_alike and not rows:
        with transaction.atomic():
            _execute(FOR_ALIKE)
            rows = _rows(WITH_DISTRICT.format(streets=ALIKE), parameters)
    return [
        _Street(id=pk, place=_place(Kind.STREET, *place), is_exact=is_exact)
        for pk, *place, is_exact in rows
    ]


def _addresses(streets: list[_Street], pattern: str, limit: int) -> list[Place]:
    if not streets:
        return []
    parameters = {
        "streets": [street.id for street in streets],
        "pattern": pattern,
        "number": pattern.rstrip("%"),
        "limit": limit,
    }
    return [_place(Kind.ADDRESS, *row) for row in _rows(ADDRESSES, parameters)]


def _districts(key: str, limit: int) -> list[Place]:
    return [
        _place(Kind.DISTRICT, name, "", lon, lat)
        for name, lon, lat in _rows(DISTRICTS, {"key": key, "limit": limit})
    ]


def _place(kind: Kind, label: str, detail: str, lon: float, lat: float) -> Place:
    return Place(label=label, detail=detail, kind=kind, lon=lon, lat=lat)


def _key(words: str) -> str:
    """Return the key of what was typed, without postcode and city at its end."""
    keys = "SELECT layers_place_key(%(words)s), layers_place_key(%(city)s)"
    ((key, city),) = _rows(keys, {"words": words, "city": settings.CITY_NAME})
    return without_city(key, city)


def without_city(key: str, city: str) -> str:
    """Return a key without postcode and city at its end; `city` is a key, too."""
    return re.sub(rf"(?<=.) (\d{{5}}( {city})?|{city})$", "", key)


def split_key(key: str) -> tuple[str, str]:
    """Return the key of a street and the one of a house number at its end, if any."""
    found = re.fullmatch(r"(.*?\D) (\d+[a-z]?(?: \d+[a-z]?)*)", key)
    return (found[1], found[2]) if found else (key, "")


def _execute(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def _rows(sql: str, parameters: dict[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())


# --- Filling --------------------------------------------------------------------------

STAGING = """
    -- A large city takes longer than a request may.
    SET LOCAL statement_timeout = 0;
    DROP TABLE IF EXISTS pg_temp.new_street, pg_temp.new_address;
    CREATE TEMPORARY TABLE new_street (name text, lon float8, lat float8)
        ON COMMIT DROP;
    CREATE TEMPORARY TABLE new_address
        (street text, housenumber text, postcode text, lon float8, lat float8)
        ON COMMIT DROP;
"""
# What cannot be found again, or lies nowhere, is left out rather than ending the build.
CLEANING = """
    UPDATE new_street SET name = btrim(name);
    UPDATE new_address
    SET street = btrim(street), housenumber = btrim(housenumber),
        postcode = left(btrim(postcode), %(postcode)s);
    DELETE FROM new_street
    WHERE layers_place_key(name) = '' OR length(name) > %(name)s
        OR NOT (lon BETWEEN -180 AND 180 AND lat BETWEEN -90 AND 90);
    DELETE FROM new_address
    WHERE layers_place_key(street) = '' OR layers_place_key(housenumber) = ''
        OR length(street) > %(name)s OR length(housenumber) > %(number)s
        OR NOT (lon BETWEEN -180 AND 180 AND lat BETWEEN -90 AND 90);
"""
# A street of which only the addresses are known lies at one of them.
STREETS_OF_ADDRESSES = """
    INSERT INTO new_street
    SELECT DISTINCT ON (layers_place_key(street)) street, lon, lat
    FROM new_address
    WHERE layers_place_key(street) NOT IN (
        SELECT layers_place_key(name) FROM new_street
    )
    ORDER BY layers_place_key(street), housenumber, lon, lat;
"""
# Deleted, not truncated: whoever reads meanwhile still sees the old rows.
EXCHANGE = """
    LOCK TABLE layers_street, layers_address IN SHARE ROW EXCLUSIVE MODE;
    DELETE FROM layers_address;
    DELETE FROM layers_street;
    INSERT INTO layers_street (name, location)
    SELECT DISTINCT name, ST_SetSRID(ST_MakePoint(lon, lat), 4326) FROM new_street;
    -- Where a name occurs more than once, a house number belongs to the nearest.
    INSERT INTO layers_address (street_id, housenumber, postcode, location)
    SELECT DISTINCT ON (s.id, layers_place_key(a.housenumber))
           s.id, a.housenumber, a.postcode, a.point
    FROM (
        SELECT *, layers_place_key(street) AS key,
               ST_SetSRID(ST_MakePoint(lon, lat), 4326) AS point
        FROM new_address
    ) AS a
    CROSS JOIN LATERAL (
        SELECT id FROM layers_street WHERE layers_street.key = a.key
        ORDER BY location <-> a.point, id LIMIT 1
    ) AS s
    ORDER BY s.id, layers_place_key(a.housenumber), a.postcode = '', a.lon, a.lat;
"""


@transaction.atomic
def replace_places(
    *, streets: Iterable[StreetRow], addresses: Iterable[AddressRow]
) -> Counts:
    """Put new streets and addresses in the place of all old ones, at once or not at all.

    A street may come several times under one name where there are several. Rows without
    a name or number that can be searched for, or outside the range of degrees, are left
    out and counted, and so are addresses that come twice.
    """
    limits = {
        "name": NAME_LENGTH,
        "number": NUMBER_LENGTH,
        "postcode": POSTCODE_LENGTH,
    }
    with connection.cursor() as cursor:
        cursor.execute(STAGING)
        given = _copy(cursor, "new_street", streets)
        given += _copy(cursor, "new_address", addresses)
        cursor.execute("ANALYZE new_street; ANALYZE new_address;")
        cursor.execute(CLEANING, limits)
        cursor.execute(STREETS_OF_ADDRESSES)
        added = cursor.rowcount
        cursor.execute(EXCHANGE)
        cursor.execute("ANALYZE layers_street; ANALYZE layers_address;")
    counts = Street.objects.count(), Address.objects.count()
    return Counts(*counts, left_out=given + added - sum(counts))


def _copy(cursor: Any, table: str, rows: Iterable[StreetRow | AddressRow]) -> int:
    """Copy rows into a table, and return how many they were."""
    number = 0
    with cursor.copy(f"COPY {table} FROM STDIN") as copy:
        for row in rows:
            number += 1
            copy.write_row([_without_nul(value) for value in astuple(row)])
    return number


def _without_nul(value: str | float) -> str | float:
    """Return the value as PostgreSQL can hold it."""
    return value.replace("\0", "") if isinstance(value, str) else value
