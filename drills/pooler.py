"""A pooler of connections in transaction mode: `./run drill pooler`.

All web processes share two connections to the database, by PgBouncer as
`deploy/pgbouncer` has it. Residents send contributions, some with photos, visitors read
pages, tiles, interfaces and streamed files, a moderator publishes. Nothing fails, nobody
gets what belongs to somebody else's session, and nothing is left in one.
"""

import http.client
import io
import sys
import time
from contextlib import ExitStack
from uuid import uuid4

from PIL import Image

from drills._ground import DrillFailed, Ground, run
from drills._pooler import pooler
from drills._readers import ADDRESSES, Browser, Readers
from drills._town import Town, town
from drills._visitors import Visitor

CONNECTIONS = 2
READERS = 12
MODERATOR, PASSWORD = "moderator", "nur-fuer-diese-Uebung-7"
PHOTOS, DECISIONS = 4, 6
SECONDS = 60.0
WAITING = """
    SELECT reference FROM pins_pin WHERE visibility = 'submitted' ORDER BY id LIMIT 1
"""
# Sessions of the web processes, all of them PgBouncer's.
LEFT_BEHIND = """
    SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'
    UNION ALL SELECT count(*) FROM pg_class WHERE relpersistence = 't'
    UNION ALL SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in trans%'
"""


def drill(ground: Ground, ends: ExitStack) -> None:
    """Let everybody come at once over few connections."""
    place = ends.enter_context(ground.server("first", "max_connections=30"))
    url = ends.enter_context(pooler(place, CONNECTIONS))
    site = town(
        *(ground, place, ground.size(300)),
        rest=0.2,
        DATABASE_POOLER_URL=url,
        MAPAPP_SECOND_FACTOR="false",
    )
    here = ends.enter_context(site)
    readers = Readers(here.crowd.port)
    ends.callback(readers.go_home)
    readers.come(READERS)
    with ground.console.step("A moderator publishes"):
        _moderate(here)
    with ground.console.step("Photos are sent"):
        keys = {_send_photo(here, number) for number in range(PHOTOS)}
    here.crowd.wait_for(here.crowd.wanted)
    readers.wait_for(2 * len(ADDRESSES))
    readers.go_home()
    for key in keys:
        here.crowd.count_in(key)
    here.finish()
    _find_readers_content(ground, readers)
    _find_few_connections(here)


def _moderate(here: Town) -> None:
    """Sign in and publish what waits, by the forms of the site."""
    account = {"DJANGO_SUPERUSER_PASSWORD": PASSWORD}
    here.ground.manage(
        {**here.environ, **account},
        *("createsuperuser", "--no-input", "--username", MODERATOR),
        *("--email", "moderator@example.org"),
    )
    browser = Browser(here.crowd.port)
    browser.sign_in(MODERATOR, PASSWORD)
    for _ in range(DECISIONS):
        reference = _next_waiting(here)
        path = f"/moderation/{reference}/"
        browser.send(browser.get(path), path, to="published")
        if _next_waiting(here) == reference:
            message = f"{reference} still waits."
            raise DrillFailed(message)


def _next_waiting(here: Town) -> str:
    began = time.monotonic()
    while not (reference := here.ground.ask(here.place, WAITING)):
        here.ground.must_be_early(began, SECONDS, "no contribution waits")
        time.sleep(0.2)
    return reference


def _send_photo(here: Town, number: int) -> str:
    """Send a contribution with a photo until it has been thanked for; return its key."""
    picture = io.BytesIO()
    Image.effect_noise((900, 600), 60).convert("RGB").save(picture, "JPEG")
    # The mails are counted by address: a number that no other has.
    visitor, key = Visitor(here.crowd.port), str(uuid4())
    status, _page = visitor.send_photo(key, 90_000 + number, picture.getvalue())
    if status != http.client.FOUND:
        message = f"A photo was answered {status}."
        raise DrillFailed(message)
    return key


def _find_readers_content(ground: Ground, readers: Readers) -> None:
    said = ", ".join(f"{what} ({n} times)" for what, n in readers.failures.items())
    ground.must(
        not readers.failures, said or f"{readers.read:,} reads without an error"
    )
    ground.console.say(f"  the slowest of them took {readers.slowest:.1f} s")


def _find_few_connections(here: Town) -> None:
    """Count what is left in the sessions, of which there were two."""
    left = here.ground.ask(here.place, LEFT_BEHIND).split()
    here.ground.must(set(left) == {"0"}, "no session keeps anything")
    counted = here.ground.ask(
        here.place,
        "SELECT count(*) FROM pg_stat_activity WHERE client_port IS NOT NULL "
        "AND application_name = '' AND query NOT LIKE '%procrastinate%'",
    )
    here.ground.console.say(f"  {counted} sessions besides those of the worker")


if __name__ == "__main__":
    sys.exit(run("A pooler in transaction mode", drill))
