"""How much room and log contributions take: `./run bench size [PINS]`.

Makes a scratch city of 20,000 published contributions unless told otherwise, and prints

- the bytes that one of them takes in each table with its indexes;
- the bytes of the write-ahead log, by which replicas follow and backups are kept up to
  date, that one takes when it is sent in and when it is published; whole pages after a
  checkpoint are among them where the server writes such (`full_page_writes`), and all that
  anybody else does on it meanwhile;
- the bytes of a city that has its boundaries and no contribution yet.

Photos are not among them: each takes what `pins.photos` leaves of it. Any machine with the
same PostgreSQL measures about the same.
"""

import sys
from collections.abc import Iterable
from itertools import islice
from typing import Any

from bench._scratch import scratch_city
from bench.submit import submitting

PINS = 20_000
WRITTEN = 300
SIZES = """
    SELECT relname, pg_table_size(oid), pg_indexes_size(oid) FROM pg_class
    WHERE relkind = 'r' AND relname LIKE 'pins\\_%%' ORDER BY pg_total_relation_size(oid) DESC
    LIMIT 3
"""


def main() -> None:
    pins = int(sys.argv[1]) if sys.argv[1:] else PINS
    with scratch_city() as database:
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_database_size(current_database())")
            say("a city without contributions", cursor.fetchone()[0])
        connection.close()
        measure_log(database)
        connection.close()
    with scratch_city(pins):
        measure_tables()


def measure_tables() -> None:
    from django.db import connection

    from pins.models import PublicPin

    pins = PublicPin.objects.count()
    with connection.cursor() as cursor:
        cursor.execute(SIZES)
        for table, rows, indexes in cursor.fetchall():
            say(f"{table}, for each of {pins:,}", rows / pins)
            say("  its indexes", indexes / pins)


def measure_log(database: str) -> None:
    """Send contributions in and publish them, each kind of step by itself."""
    from django.contrib.auth.models import User

    from pins.actions import publish_pin
    from pins.models import Pin

    sending = submitting(database)
    # The first fills caches.
    next(sending)
    say("log of one sent in", logged(islice(sending, WRITTEN)))
    moderator = User.objects.create(username="bench")
    waiting = list(Pin.objects.filter(visibility="submitted"))
    publishing: Iterable[object] = (
        publish_pin(pin=pin, actor=moderator, read=pin.words_digest) for pin in waiting
    )
    say("log of one published", logged(publishing))


def logged(steps: Iterable[object]) -> float:
    """Return the bytes of the write-ahead log that one step takes, in the mean."""
    from django.db import connection

    with connection.cursor() as cursor:
        before = position(cursor)
        done = sum(1 for _ in steps)
        cursor.execute("SELECT pg_current_wal_lsn() - %s::pg_lsn", [before])
        written: Any = cursor.fetchone()
    return float(written[0]) / done


def position(cursor: Any) -> str:
    cursor.execute("SELECT pg_current_wal_lsn()")
    (lsn,) = cursor.fetchone()
    return str(lsn)


def say(what: str, size: float) -> None:
    sys.stdout.write(f"{what}: {size:,.0f} bytes\n")


if __name__ == "__main__":
    main()
