"""What submitting costs: `./run bench submit`.

Compares submits through the whole application (middleware, CSRF check, guard against spam,
form, insert with the triggers that look up the district, commit, redirect) with a bare SQL
insert that looks up the district and commits; once more with an address to keep; once
with what was sent before, which is marked for moderators; and publishing, which writes the
public read model, search vector and feature. All run in two processes against the same
scratch database, in turns; only the ratios travel to another machine. The processor's time
that the application takes for one says more where others are at work as well.

The application is called by WSGI: reading HTTP from a socket is not in the figure.
"""

import datetime
import io
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from itertools import count
from multiprocessing import get_context
from typing import NamedTuple
from urllib.parse import urlencode
from uuid import uuid4

from bench._scratch import scratch_city

ROUNDS, SECONDS, PROCESSES = 5, 2.0, 2
WITHOUT_LIMIT = 10**9
MINUTE = datetime.timedelta(minutes=1)
# What the browser sends as cookie and as field; the check compares the two.
CSRF_TOKEN = "a" * 32
LON, LAT = 7.7100, 49.4200
BARE_INSERT = """
    INSERT INTO bench_pin (title, text, location, district_id, created_at)
    SELECT %s, %s, place, (
        SELECT id FROM districts_district
        WHERE ST_Covers(geometry, place) ORDER BY number LIMIT 1
    ), now()
    FROM (SELECT ST_SetSRID(ST_MakePoint(%s, %s), 4326) AS place) AS point
"""
TEXT = "Am Ortseingang fehlt ein sicherer Überweg für die Kinder der Grundschule. " * 6
# Of each word of it there are so many: together about what a city writes.
FORMS = 90


class Reached(NamedTuple):
    """How much is done in a second, and what one of it takes."""

    rate: float
    # Milliseconds of the processor, without those of the database.
    cpu: float


def reach(work: Iterator[object]) -> Reached:
    """Do as much of the work as there is time, or work.

    The first piece is not counted: it imports, connects and fills caches.
    """
    next(work)
    start, begun, done = time.perf_counter(), time.process_time(), 0
    for _ in work:
        done += 1
        if time.perf_counter() - start > SECONDS:
            break
    cpu = (time.process_time() - begun) * 1_000 / max(1, done)
    return Reached(done / (time.perf_counter() - start), cpu)


def bare_inserts(database: str, share: int) -> Reached:
    connect(database)
    from django.db import connection

    def insert() -> Iterator[object]:
        with connection.cursor() as cursor:
            while True:
                yield cursor.execute(BARE_INSERT, ("Ein Überweg fehlt", TEXT, LON, LAT))

    return reach(insert())


def submits(database: str, share: int) -> Reached:
    return reach(submitting(database))


def submits_with_address(database: str, share: int) -> Reached:
    return reach(submitting(database, has_email=True))


def submits_again(database: str, share: int) -> Reached:
    return reach(submitting(database, is_known=True))


def submitting(
    database: str, *, has_email: bool = False, is_known: bool = False
) -> Iterator[object]:
    """Send the form for ever, to the WSGI application as the web server calls it.

    Each by somebody else, in words of their own unless they are known.
    """
    connect(database)
    from django.core.wsgi import get_wsgi_application

    from trust.guard import OPENED, stamp

    application = get_wsgi_application()
    fields = {
        OPENED: stamp(datetime.datetime.now(datetime.UTC) - MINUTE),
        "csrfmiddlewaretoken": CSRF_TOKEN,
        "kind": "problem",
        "theme": "mobility",
        "title": "Ein Überweg fehlt",
        "text": TEXT,
        "lon": str(LON),
        "lat": str(LAT),
        # All are about the same: the page's script has shown what is there already.
        "similar_seen": "1",
    }

    def answer(
        status: str, headers: list[tuple[str, str]], error: object = None, /
    ) -> Callable[[bytes], object]:
        if not status.startswith("302"):
            sys.exit(f"A submit was answered with {status}.")
        return sys.stdout.buffer.write

    for number in count():
        sent = {"idempotency_key": str(uuid4()), "proof": make_proof()}
        if not is_known:
            sent["text"] = write_text()
        if has_email:
            sent["email"] = f"anna.{number}.{uuid4().hex}@example.org"
        body = urlencode(fields | sent).encode()
        environ = {
            "REQUEST_METHOD": "POST",
            "PATH_INFO": "/pins/new",
            "SERVER_NAME": "testserver",
            "SERVER_PORT": "80",
            "CONTENT_TYPE": "application/x-www-form-urlencoded",
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_COOKIE": f"csrftoken={CSRF_TOKEN}",
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
        }
        response = application(environ, answer)
        yield b"".join(response)
        response.close()


def write_text() -> str:
    """Return as long a text in words of its own."""
    return " ".join(
        f"{word}{random.randrange(FORMS)}"  # noqa: S311 -- no secret
        for word in TEXT.split()
    )


def make_proof() -> str:
    """Return what the page's script makes in the browser; here it costs next to nothing."""
    import altcha

    from trust.proof import make_challenge

    challenge = altcha.Challenge.from_dict(make_challenge())
    solution = altcha.solve_challenge(challenge)
    return altcha.Payload(challenge, solution).to_base64() if solution else ""


def publishes(database: str, share: int) -> Reached:
    """Each process publishes its own share of the waiting pins."""
    connect(database)
    from django.contrib.auth.models import User
    from django.db.models import F

    from pins.actions import publish_pin
    from pins.models import Pin

    moderator = User.objects.get(username="bench")
    waiting = Pin.objects.filter(visibility="submitted").order_by("pk")
    mine = waiting.alias(share=F("pk") % PROCESSES).filter(share=share)
    return reach(
        publish_pin(pin=pin, actor=moderator, read=pin.words_digest)
        for pin in mine.iterator()
    )


def connect(database: str) -> None:
    """Set Django up in a child process, with the scratch database."""
    import django
    from django.conf import settings

    django.setup()
    settings.DATABASES["default"]["NAME"] = database
    settings.ALLOWED_HOSTS = ["testserver"]
    settings.SECURE_SSL_REDIRECT = False
    # All comes from one address; and what the browser does is not measured.
    settings.LIMITS = {"pin": WITHOUT_LIMIT, "pin-day": WITHOUT_LIMIT}
    settings.LIMITS |= {"pin-mailbox": WITHOUT_LIMIT}
    settings.PROOF_STEPS = settings.PROOF_COST = 1


def in_parallel(work: Callable[[str, int], Reached], database: str) -> Reached:
    """Return the sum of what the processes reach side by side."""
    with get_context("spawn").Pool(PROCESSES) as pool:
        shares = [(database, share) for share in range(PROCESSES)]
        reached = pool.starmap(work, shares, chunksize=1)
    return Reached(
        rate=sum(one.rate for one in reached),
        cpu=statistics.mean(one.cpu for one in reached),
    )


def main() -> None:
    with scratch_city() as database:
        from django.contrib.auth.models import User
        from django.db import connection

        User.objects.create(username="bench")
        with connection.cursor() as cursor:
            cursor.execute(
                "CREATE TABLE bench_pin (id bigserial PRIMARY KEY, title text, "
                "text text, location geometry(Point, 4326), district_id bigint "
                "REFERENCES districts_district, created_at timestamptz)"
            )
            cursor.execute("CREATE INDEX ON bench_pin USING gist (location)")
        connection.close()
        measure(database)


def measure(database: str) -> None:
    measured = {
        "submit": submits,
        "submit with address": submits_with_address,
        "submit what is known": submits_again,
        "publish": publishes,
    }
    shares: dict[str, list[float]] = {name: [] for name in measured}
    times: dict[str, list[float]] = {name: [] for name in measured}
    for number in range(1, ROUNDS + 1):
        bare = in_parallel(bare_inserts, database)
        sys.stdout.write(f"round {number}: bare insert {bare.rate:,.0f}/s\n")
        for name, work in measured.items():
            one = in_parallel(work, database)
            shares[name].append(one.rate / bare.rate)
            times[name].append(one.cpu)
            sys.stdout.write(
                f"  {name} {one.rate:,.0f}/s ({one.rate / bare.rate:.3f}), "
                f"{one.cpu:.1f} ms\n"
            )
    for name in measured:
        share, cpu = statistics.median(shares[name]), statistics.median(times[name])
        sys.stdout.write(f"{name}: {share:.3f} of a bare insert, {cpu:.1f} ms\n")


if __name__ == "__main__":
    main()
