"""What map and list cost with a million pins: `./run bench map [PINS]`.

Makes a scratch database with so many published pins, half of them crowded around one
place (some ten minutes for a million), and compares within the same run

- tiles of the crowded place at zooms 14 to 16 by HTTP with the same SQL over a bare
  psycopg connection, both from the same number of clients;
- tiles below zoom 14: milliseconds of SQL and bytes;
- unchanged tiles: 304 a second;
- the list with each filter and order: milliseconds of the whole page, and its queries;
- publishing, moving and hiding one pin: milliseconds with all its counts.

Ratios travel to another machine; absolute figures say where time goes on this one.
"""

import math
import os
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from multiprocessing import get_context
from typing import Any

from bench._http_load import CLIENTS, answer_to, requests_per_second, serving
from bench._scratch import scratch_city

PINS = 1_000_000
ROUNDS, SECONDS = 5, 3.0
CROWD = 7.7690, 49.4440
LISTS = [
    "",
    "theme=energy",
    "kind=keep",
    "status=done",
    "district=hohenecken",
    "district=hohenecken&status=adopted&kind=keep&theme=digital",
    "q=Spielplatz",
    "q=Spielplatz+Radweg",
    "sort=oldest",
    "sort=supported",
    "sort=supported&district=moelschbach&kind=keep",
    "sort=nearest&near=7.77,49.44",
    "sort=nearest&near=7.66,49.41&status=done&theme=digital",
]


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def tile_at(zoom: int) -> tuple[int, int, int]:
    """Return the tile over the crowd."""
    lon, lat = CROWD
    north = math.asinh(math.tan(math.radians(lat)))
    n = 2**zoom
    return zoom, int((lon + 180) / 360 * n), int((1 - north / math.pi) / 2 * n)


def statement_of(zoom: int) -> tuple[str, Any]:
    """Return the SQL of a tile as the site runs it."""
    from django.db import connection
    from django.http import QueryDict
    from django.test.utils import CaptureQueriesContext

    from layers.tiles import Tile
    from pins.filters import PinFilter
    from pins.tiles import make_tile

    filters = PinFilter.from_query(QueryDict())
    filters.is_valid()
    with CaptureQueriesContext(connection) as queries:
        make_tile(Tile(*tile_at(zoom)), filters)
    return queries[-1]["sql"], make_tile(Tile(*tile_at(zoom)), filters)


def bare_queries(parameters: dict[str, Any], statement: str, seconds: float) -> float:
    """Return how often a statement runs in a second over one connection."""
    import psycopg

    with psycopg.connect(**parameters, autocommit=True) as connection:
        connection.execute(statement)
        start, done = time.perf_counter(), 0
        while time.perf_counter() - start < seconds:
            connection.execute(statement).fetchone()
            done += 1
        return done / (time.perf_counter() - start)


def milliseconds(work: Callable[[], object], times: int = 20) -> float:
    """Return the median of how long something takes; the first time is not counted."""
    work()
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        taken.append((time.perf_counter() - start) * 1000)
    return statistics.median(taken)


def measure_low_zooms() -> None:
    from django.db import connection

    def fetch(statement: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement)
            cursor.fetchone()

    for zoom in (5, 9, 10, 11, 12, 13):
        statement, content = statement_of(zoom)
        taken = milliseconds(partial(fetch, statement))
        say(f"tile z{zoom:<2} {taken:8.2f} ms of SQL {len(content) / 1000:8.1f} kB")


def measure_hot_tiles(port: int, parameters: dict[str, Any]) -> None:
    for zoom in (14, 15, 16):
        statement, content = statement_of(zoom)
        path = "/tiles/pins/{}/{}/{}.pbf".format(*tile_at(zoom))
        ratios = []
        for _ in range(ROUNDS):
            with get_context("spawn").Pool(CLIENTS) as pool:
                work = [(parameters, statement, SECONDS)] * CLIENTS
                bare = sum(pool.starmap(bare_queries, work))
            web = requests_per_second(port, [path], "", SECONDS)
            ratios.append(web / bare)
            say(f"  z{zoom}: SQL {bare:,.0f}/s, HTTP {web:,.0f}/s")
        say(
            f"tile z{zoom} {statistics.median(ratios):6.2f} of the bare SQL, "
            f"{len(content) / 1000:.1f} kB"
        )


def measure_unchanged(port: int) -> None:
    paths = ["/tiles/pins/{}/{}/{}.pbf".format(*tile_at(zoom)) for zoom in (12, 14, 16)]
    _status, headers, _body = answer_to(port, paths[0])
    known = f"If-None-Match: {headers['etag']}\r\n"
    rates = [requests_per_second(port, paths, known, SECONDS) for _ in range(ROUNDS)]
    say(f"304   {statistics.median(rates):8,.0f} /s")


def measure_lists() -> None:
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client(headers={"host": "localhost"})

    def visit(query: str) -> None:
        response = client.get(f"/?{query}")
        if response.status_code != 200:
            sys.exit(f"/?{query} was answered with {response.status_code}.")

    for query in LISTS:
        with CaptureQueriesContext(connection) as queries:
            visit(query)
        number = len(queries)
        taken = milliseconds(partial(visit, query), times=7)
        say(f"list {taken:8.1f} ms {number:3} queries  /?{query}")


def measure_changes() -> None:
    from django.contrib.auth.models import User
    from django.contrib.gis.geos import Point

    from pins.actions import hide_pin, publish_pin
    from pins.models import Pin

    moderator = User.objects.create(username="bench")
    pin = Pin.objects.filter(visibility="published").order_by("pk")[0]
    places = [Point(7.77, 49.44, srid=4326), Point(7.68, 49.42, srid=4326)]
    taken: dict[str, list[float]] = {"hide": [], "publish": [], "move": []}

    def timed(name: str, work: Callable[[], object]) -> None:
        start = time.perf_counter()
        work()
        taken[name].append((time.perf_counter() - start) * 1000)

    for number in range(30):
        timed("hide", lambda: hide_pin(pin=pin, actor=moderator, reason="Messung"))
        timed(
            "publish",
            lambda: publish_pin(pin=pin, actor=moderator, read=pin.words_digest),
        )
        place = places[number % 2]
        timed("move", partial(Pin.objects.filter(pk=pin.pk).update, location=place))
    for name, values in taken.items():
        say(f"{name:8} {statistics.median(values):6.1f} ms")


def main() -> None:
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else PINS
    with scratch_city(wanted) as database:
        measure(database)


def measure(database: str) -> None:
    from django.db import connection

    measure_low_zooms()
    measure_lists()
    measure_changes()
    parameters = connection.get_connection_params()
    known = {"dbname", "user", "password", "host", "port", "options"}
    parameters = {name: parameters[name] for name in known & parameters.keys()}
    url = os.environ["DATABASE_URL"].rpartition("/")[0] + f"/{database}"
    connection.close()
    with serving(url) as port:
        measure_hot_tiles(port, parameters)
        measure_unchanged(port)


if __name__ == "__main__":
    main()
