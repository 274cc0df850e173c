"""Finding many addresses at once: a table of them is not asked for one by one."""

from collections import defaultdict
from collections.abc import Sequence

from django.conf import settings
from django.db import connection

from layers.places import Kind, Place, split_key, without_city

KEYS = """
    SELECT layers_place_key(words), layers_place_key(%(city)s)
    FROM unnest(%(words)s::text[]) WITH ORDINALITY AS asked (words, position)
    ORDER BY position
"""
NAMED = """
    SELECT found.position, found.label, COALESCE(d.name, ''),
           ST_X(found.point), ST_Y(found.point)
    FROM (
        SELECT asked.position, concat_ws(' ', s.name, a.housenumber) AS label,
               COALESCE(a.location::geometry, s.location) AS point
        FROM unnest(%(streets)s::text[], %(numbers)s::text[])
            WITH ORDINALITY AS asked (street, number, position)
        JOIN layers_street s ON s.key = asked.street
        LEFT JOIN layers_address a ON a.street_id = s.id AND a.key = asked.number
        WHERE asked.street <> '' AND (asked.number = '' OR a.id IS NOT NULL)
    ) AS found
    LEFT JOIN districts_district d ON d.id = districts_at(found.point, CURRENT_DATE)
    ORDER BY found.position, d.number, found.label
"""


def find_addresses(words: Sequence[str]) -> list[list[Place]]:
    """Return for each of many texts the places whose name it is in full.

    As `places_named` does for one, in a fixed number of queries: addresses where a house
    number is given, or else streets. `detail` is the name of the district.
    """
    keys = _keys(words)
    parts = [split_key(key) for key in keys]
    found = _named([street for street, _ in parts], [number for _, number in parts])
    # A number that belongs to the name of the street.
    whole = ["" if found[n] else key for n, key in enumerate(keys)]
    named = _named(whole, [""] * len(keys))
    return [found[n] or named[n] for n in range(len(keys))]


def _keys(words: Sequence[str]) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(KEYS, {"words": list(words), "city": settings.CITY_NAME})
        return [without_city(key, city) for key, city in cursor.fetchall()]


def _named(streets: list[str], numbers: list[str]) -> dict[int, list[Place]]:
    places: dict[int, list[Place]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(NAMED, {"streets": streets, "numbers": numbers})
        for position, label, district, lon, lat in cursor.fetchall():
            kind = Kind.ADDRESS if numbers[position - 1] else Kind.STREET
            places[position - 1].append(Place(label, district, kind, lon, lat))
    return places
