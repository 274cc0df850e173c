"""What OGC API Features costs: `./run bench ogc [PINS]`.

Makes a scratch database with so many published pins, and compares within the same run
how many answers a second with 1,000 contributions of a box there are

- from the site by HTTP, and from the same SQL over a bare psycopg connection, both for
  the same number of clients;
- from tipg, pygeoapi and Django REST framework with its GIS part, each with two workers,
  from the same rows (`bench/_peers.py`).

Half of the boxes lie in the crowd, where there are far more contributions than an answer
holds, half elsewhere in the city. Nobody keeps answers here: the site has a memory of
tiles, and none of items, and each box is asked for in its turn. All answer with the newest
contributions first, so that it is checked before that all answer with the same ones.

Each round does all of them one after the other; ratios are medians of the rounds. The site
leaves out how many match a box, as the standard allows, and its peers count them: the
more pins, the more that weighs.
"""

import json
import os
import random
import statistics
import sys
import time
from collections.abc import Sequence
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench._http_load import CLIENTS, answer_to, requests_per_second, serving
from bench._peers import LIMIT, Peer, make_view, serving_peers, versions
from bench._scratch import scratch_city
from bench.map import CROWD, say

PINS = 1_000_000
ROUNDS, SECONDS = 5, 3.0
# So many times the rate of the same SQL the site must reach by HTTP.
LEAST_OF_SQL = 0.8
BOXES = 24
ITEMS = "/ogc/v1/collections/pins/items?limit={limit}&bbox={box}"
# A peer may differ by so much of the features: PostGIS rounds the boxes of some of them.
TOLERANCE = 0.01


def boxes() -> list[str]:
    """Return boxes in the crowd and elsewhere in turns, the same at every run."""
    chosen = random.Random(6)  # noqa: S311 -- no secret
    found = []
    for number in range(BOXES):
        if number % 2:
            lon, lat = chosen.uniform(7.70, 7.80), chosen.uniform(49.40, 49.43)
        else:
            lon = CROWD[0] + chosen.uniform(-0.001, 0.001)
            lat = CROWD[1] + chosen.uniform(-0.001, 0.001)
        width, height = chosen.uniform(0.008, 0.012), chosen.uniform(0.005, 0.008)
        corners = lon - width, lat - height, lon + width, lat + height
        found.append(",".join(f"{corner:.6f}" for corner in corners))
    return found


def statement_of(box: str) -> str:
    """Return the SQL of a page of items, as the site runs it."""
    from django.db import connection
    from django.http import QueryDict
    from django.test.utils import CaptureQueriesContext

    from exports.ogc.items import read_page, read_request
    from exports.ogc.pins import PINS as COLLECTION

    asked = read_request(COLLECTION, QueryDict(f"limit={LIMIT}&bbox={box}"))
    with CaptureQueriesContext(connection) as queries:
        read_page(COLLECTION, asked)
    if len(queries) != 1:
        sys.exit(f"A page of items takes {len(queries)} queries.")
    return str(queries[0]["sql"])


def run_bare(parameters: dict[str, Any], turn: Sequence[str], seconds: float) -> float:
    """Return how many statements a second run over one connection, in turns."""
    import psycopg

    # Planned anew each time, as for the site: whoever asks it asks for another box.
    with psycopg.connect(
        **parameters, autocommit=True, prepare_threshold=None
    ) as connection:
        start, done = time.perf_counter(), 0
        while time.perf_counter() - start < seconds:
            connection.execute(turn[done % len(turn)]).fetchall()
            done += 1
        return done / (time.perf_counter() - start)


def bare_per_second(parameters: dict[str, Any], statements: Sequence[str]) -> float:
    step = len(statements) // CLIENTS
    turns = [[*statements[n * step :], *statements[: n * step]] for n in range(CLIENTS)]
    with get_context("spawn").Pool(CLIENTS) as pool:
        work = [(parameters, turn, SECONDS) for turn in turns]
        return sum(pool.starmap(run_bare, work))


def references(port: int, path: str) -> set[str]:
    """Return which contributions an answer holds."""
    status, _headers, body = answer_to(port, path)
    if status != 200:
        sys.exit(f"{path} was answered with {status}.")
    return {feature["id"] for feature in json.loads(body)["features"]}


def check_features(port: int, peers: list[Peer], asked: list[str]) -> None:
    """End the program where somebody answers with other contributions than the site."""
    for box in asked[:4]:
        ours = references(port, ITEMS.format(limit=LIMIT, box=box))
        if not ours:
            sys.exit(f"There is nothing in the box {box}.")
        for peer in peers:
            theirs = references(peer.port, peer.path_of(box))
            if len(ours ^ theirs) > TOLERANCE * len(ours):
                sys.exit(
                    f"{peer.package} answers with {len(theirs)} in the box {box}, "
                    f"{len(ours ^ theirs)} of them others than the site's {len(ours)}."
                )


def main() -> None:
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else PINS
    installed = versions()
    say(", ".join(f"{name} {version}" for name, version in installed.items()))
    with scratch_city(wanted) as database, TemporaryDirectory() as folder:
        make_view(database)
        statements = [statement_of(box) for box in boxes()]
        parameters = bare_parameters()
        # As libpq knows it: without the name of Django's driver.
        rest = os.environ["DATABASE_URL"].partition("://")[2].rpartition("/")[0]
        url = f"postgresql://{rest}/{database}"
        with (
            serving(f"postgis://{rest}/{database}") as port,
            serving_peers(url, Path(folder)) as peers,
        ):
            check_features(port, peers, boxes())
            found = [
                measure(port, peers, statements, parameters) for _ in range(ROUNDS)
            ]
    least = {"the same SQL": LEAST_OF_SQL}
    least |= {peer.package: peer.least for peer in peers}
    report(found, least)


def bare_parameters() -> dict[str, Any]:
    """Return how the site itself connects to the scratch database."""
    from django.db import connection

    parameters = connection.get_connection_params()
    known = {"dbname", "user", "password", "host", "port", "options"}
    connection.close()
    return {name: parameters[name] for name in known & parameters.keys()}


def measure(
    port: int, peers: list[Peer], statements: list[str], parameters: dict[str, Any]
) -> dict[str, float]:
    """Return how many times as many answers a second the site gives as each other."""
    asked = boxes()
    rates = {"the same SQL": bare_per_second(parameters, statements)}
    paths = [ITEMS.format(limit=LIMIT, box=box) for box in asked]
    site = requests_per_second(port, paths, "", SECONDS)
    for peer in peers:
        paths = [peer.path_of(box) for box in asked]
        rates[peer.package] = requests_per_second(peer.port, paths, "", SECONDS)
    listed = ", ".join(f"{name} {rate:.1f}" for name, rate in rates.items())
    say(f"answers a second: the site {site:.1f}, {listed}")
    return {name: site / rate for name, rate in rates.items()}


def report(found: list[dict[str, float]], least: dict[str, float]) -> None:
    for name, limit in least.items():
        value = statistics.median(round_[name] for round_ in found)
        held = "held" if value >= limit else "NOT HELD"
        say(f"times as many as {name:24} {value:8.2f}  at least {limit:<4g} {held}")


if __name__ == "__main__":
    main()
