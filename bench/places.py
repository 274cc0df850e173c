"""What looking for a place costs: `./run bench places [ADDRESSES]`.

Fills a scratch database with invented streets and 50,000 house numbers, and compares
searches as people type them, and the address nearest to a point, with fetching one row by
its primary key over the same connection. Only the ratios travel to another machine.

Ends with an error where a search reads all addresses or compares with all names, or usually
takes longer than 20 ms.
"""

import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import product

from bench._scratch import scratch_city

ADDRESSES = 50_000
PER_STREET = 30
TIMES = 200
LIMIT_MS = 20
BEGINNINGS = [
    f"{first}{second}"
    for first, second in product(
        ["Mann", "Kaisers", "Frucht", "Burg", "Wald", "Stein", "Rosen", "Linden"],
        ["heimer ", "hall", "berg", "hof", "brunnen", "wiesen", "graben", "tal"],
    )
]
ENDINGS = ["straße", "weg", "platz", "gasse", "ring", "allee", "pfad", "steig"]
NUMBERED = ["", "Alte ", "Neue ", "Obere "]
QUERIES = [
    "ma",
    "Frucht",
    "Fruchthallstraße",
    "Frucht halstrasse",
    "Fruchthallstr. 2",
    "Mannheimer str. 11",
    "Manheimer Strase 11",
    "Kaisersbergweg 12, 67655 Kaiserslautern",
    "hohenecken",
    "Strasse",
    "Xylophonallee 7",
]


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def streets() -> Iterator[str]:
    """Yield names as uneven and alike as those of a city."""
    for before, beginning, ending in product(NUMBERED, BEGINNINGS, ENDINGS):
        yield f"{before}{beginning}{ending}"


def fill(wanted: int) -> None:
    """Put so many addresses into the scratch database, the same at every run."""
    from layers.places import AddressRow, replace_places

    dice = random.Random(42)  # noqa: S311 -- the same streets at every run
    rows = []
    for name in streets():
        lon, lat = 7.65 + 0.2 * dice.random(), 49.38 + 0.12 * dice.random()
        rows += [
            AddressRow(name, str(n), "67655", lon + n / 9_000, lat + n / 20_000)
            for n in range(1, max(PER_STREET, -(-wanted // 2_048)) + 1)
        ]
    started = time.perf_counter()
    counts = replace_places(streets=[], addresses=rows[:wanted])
    say(f"{counts} in {time.perf_counter() - started:.1f} s")


def milliseconds(work: Callable[[], object]) -> list[float]:
    """Return how long the work takes, again and again; the first time warms up."""
    work()
    taken = []
    for _ in range(TIMES):
        started = time.perf_counter()
        work()
        taken.append(1_000 * (time.perf_counter() - started))
    return sorted(taken)


def by_primary_key(number: int) -> object:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM layers_address WHERE id = %s", [number])
        return cursor.fetchone()


def whole_tables(work: Callable[[], object]) -> list[str]:
    """Return the plans that read all addresses, or compare with all names of streets."""
    from django.db import connection, transaction
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        work()
    plans = []
    with transaction.atomic(), connection.cursor() as cursor:
        for query in (each["sql"].strip() for each in captured.captured_queries):
            if query.startswith("SET LOCAL"):
                cursor.execute(query)
            elif query.startswith("SELECT"):
                cursor.execute(f"EXPLAIN {query}")
                plans.append("\n".join(line for (line,) in cursor.fetchall()))
    return [
        plan
        for plan in plans
        if "Seq Scan on layers_address" in plan
        or ("Seq Scan on layers_street" in plan and "%>" in plan)
    ]


def measure() -> bool:
    """Print times and ratios; return whether all were good enough."""
    from layers.models import Address
    from layers.places import nearest_address, search_places

    some = Address.objects.order_by("pk").values_list("pk", flat=True)[0]
    bare = statistics.median(milliseconds(partial(by_primary_key, some)))
    say(f"one row by its primary key: {bare:.2f} ms")
    works: dict[str, Callable[[], object]] = {
        f"“{words}”": partial(search_places, words, 8) for words in QUERIES
    }
    works["nearest to a point"] = partial(nearest_address, 7.75, 49.44)
    good = True
    for name, work in works.items():
        taken = milliseconds(work)
        middle, slow = statistics.median(taken), taken[TIMES * 95 // 100]
        say(f"{name}: {middle:.1f} ms, {slow:.1f} at 95 %, {middle / bare:.0f} × bare")
        for plan in whole_tables(work):
            say(plan)
            good = False
        good = good and middle < LIMIT_MS
    return good


def main() -> None:
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else ADDRESSES
    with scratch_city():
        fill(wanted)
        good = measure()
    if not good:
        sys.exit("That is too slow, or reads too much.")


if __name__ == "__main__":
    main()
