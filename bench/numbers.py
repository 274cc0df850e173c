"""What the numbers of the process cost with a million pins: `./run bench numbers [PINS]`.

Makes a scratch database with so many public rows (some minutes for a million) and
prints how long the numbers take to be counted, and then the milliseconds and queries of

- the page from what was counted, by period and district, and by a city that changes;
- the page for who has it already (304);
- each figure as CSV, the map as a file, and the key numbers of the home of the process.
"""

import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from bench._pins import fill
from bench._scratch import scratch_city
from bench.map import milliseconds, say

PINS = 1_000_000
PAGE = "/insek/numbers/"
ADDRESSES = [
    # A page without these numbers, to compare with.
    "/districts/",
    PAGE,
    f"{PAGE}?period=year",
    f"{PAGE}?period=12-months",
    f"{PAGE}?district=hohenecken",
    f"{PAGE}?period=year&district=innenstadt-ost",
    f"{PAGE}district.csv",
    f"{PAGE}answer-time.csv?period=year",
    f"{PAGE}map.html",
]
# So many are published as pins are; the others are copies of their public rows, which
# are all that numbers are counted from.
REAL = 20_000
# What differs between copies: an answer after up to 200 days, two years, outcomes of some.
COPIED = {
    "id": "id + n * 10000000",
    "reference": "reference || '-' || n",
    "published_at": "published_at - random() * interval '700 days'",
    "answered_after": "CASE WHEN status NOT IN ('received', 'in_review', 'scheduled') "
    "THEN random() * interval '200 days' END",
    "goal": "CASE WHEN random() < 0.2 THEN '1.1 Ziel' END",
    "measure": "CASE WHEN random() < 0.1 THEN 'M 1 Maßnahme' END",
    "source": "(ARRAY['online', 'online', 'stand', 'card'])[1 + (random() * 3)::integer]",
}


def multiply(wanted: int) -> None:
    """Copy the public rows until there are so many at least, and count them in the cells."""
    from django.db import connection

    from pins.models import PublicPin

    known = PublicPin.objects.count()
    copies = max(-(-wanted // known) - 1, 0)
    columns = [f.column for f in PublicPin._meta.concrete_fields if not f.generated]
    values = ", ".join(COPIED.get(name, name) for name in columns)
    with connection.cursor() as cursor:
        # Searching and the map are not measured here.
        cursor.execute("DROP INDEX publicpin_search, publicpin_mercator")
        cursor.execute("SET session_replication_role = replica")
        for n in range(1, copies + 1):
            cursor.execute(
                f"INSERT INTO pins_publicpin ({', '.join(columns)}) "  # noqa: S608 -- names from the model only
                f"SELECT {values} FROM (SELECT *, {n} AS n FROM pins_publicpin "
                "WHERE id < 10000000) originals"
            )
        cursor.execute("UPDATE pins_publiccell SET n = n * %s", [copies + 1])
        cursor.execute("SET session_replication_role = origin")
        cursor.execute("VACUUM ANALYZE")
    say(f"{PublicPin.objects.count():,} public rows")


def cpu(work: Callable[[], object], times: int = 20) -> str:
    """Return the milliseconds of this process alone, whatever else the machine does."""
    start = time.process_time()
    for _ in range(times):
        work()
    return f"({(time.process_time() - start) * 1000 / times:.1f} here)"


def measure_counting() -> None:
    from insek.models import NumbersSnapshot
    from insek.numbers.snapshots import recount

    taken = []
    for _ in range(3):
        NumbersSnapshot.objects.all().delete()
        start = time.perf_counter()
        recount()
        taken.append(time.perf_counter() - start)
    snapshot = NumbersSnapshot.objects.get()
    say(f"counted in {sorted(taken)[1]:.2f} s, {len(snapshot.data['counts']):,} counts")


def visit(client: Any, address: str, status: int = 200, **headers: str) -> Any:
    response = client.get(address, headers={"host": "localhost", **headers})
    if response.status_code != status:
        sys.exit(f"{address} was answered with {response.status_code}.")
    return response


def measure_pages() -> None:
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from insek.numbers import key_numbers

    client = Client()
    for address in ADDRESSES:
        visit(client, address)
        with CaptureQueriesContext(connection) as queries:
            visit(client, address)
        number = len(queries)
        work = partial(visit, client, address)
        say(f"{milliseconds(work):8.1f} ms {cpu(work)} {number:3} queries  {address}")
    etag = visit(client, PAGE)["ETag"]
    known = partial(visit, client, PAGE, 304, **{"if-none-match": etag})
    say(f"{milliseconds(known):8.1f} ms              {PAGE}, unchanged")
    say(f"{milliseconds(key_numbers):8.1f} ms              key numbers")


def measure_change() -> None:
    """The page of a city that has changed since: shown at once, a job asked for."""
    from django.test import Client
    from django.utils import timezone
    from procrastinate.contrib.django.models import ProcrastinateJob

    from insek.models import NumbersSnapshot
    from insek.numbers.snapshots import REST
    from pins.models import PublicVersion

    PublicVersion.objects.update(version=PublicVersion.now() + 1)
    NumbersSnapshot.objects.update(computed_at=timezone.now() - 2 * REST)
    time.sleep(1.1)
    taken = milliseconds(partial(visit, Client(), PAGE))
    jobs = ProcrastinateJob.objects.filter(task_name="insek.tasks.count_numbers")
    say(f"{taken:8.1f} ms              {PAGE}, changed; jobs: {jobs.count()}")


def main() -> None:
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else PINS
    with scratch_city():
        fill(min(wanted, REAL), lambda reached: say(f"{reached:,} pins"), REAL)
        multiply(wanted)
        measure_counting()
        measure_pages()
        measure_change()


if __name__ == "__main__":
    main()
