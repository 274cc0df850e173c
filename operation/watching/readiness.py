"""Whether this machine can serve: what a balancer asks every few seconds.

Two statements, and no word about anything but these checks. What is wrong in detail,
`manage.py doctor` says on the machine.
"""

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone

from operation import bucket
from operation.doctor import HEARTBEAT, LEAST_ROOM
from operation.replicas.figures import in_words
from trust.clock import doubt_about

MISSING = """
    SELECT count(*) FROM unnest(%s::text[], %s::text[]) AS needed (app, name)
    WHERE NOT EXISTS (
        SELECT FROM django_migrations run
        WHERE run.app = needed.app AND run.name = needed.name
    )
"""
# When a worker was last seen, and what `trust.clock` says of the clock.
SIGNS = """
    SELECT ARRAY[
        (SELECT max(last_heartbeat) FROM procrastinate_workers),
        clock_timestamp(),
        (SELECT held_until FROM trust_clockmark)
    ]
"""
# With less, a photo or a large file may find no room.
NO_ROOM = 100 * 1024**2


@dataclass(frozen=True)
class Check:
    """One thing that was looked at, in a word; whether the site can serve all the same."""

    name: str
    said: str
    is_serious: bool = False


def look() -> Iterator[Check]:
    """Yield the five checks, each of them in any case; that of a bucket where there is one.

    A worker that is gone makes nobody unready: the site takes what is sent, and mails wait.
    To take the web servers away for it would turn a delay into an outage. The same holds
    for a bucket, which would take all of them at once.
    """
    try:
        missing = _ask(MISSING, *needed())
    except DatabaseError:
        yield Check("database", "does not answer", is_serious=True)
        yield Check("migrations", "not known")
        yield from _not_known("worker", "clock")
    else:
        yield Check("database", "ok")
        yield from _with_database(int(missing))
    if settings.DATABASE_REPLICAS:
        # Nobody goes without an answer where there is none: the primary gives it.
        yield Check("replicas", in_words())
    yield _disk()
    if settings.MEDIA_BUCKET:
        # What was found with the last file: to ask now could take longer than a balancer
        # waits.
        yield Check("files", "ok" if bucket.answers() else "do not answer")


def _with_database(missing: int) -> Iterator[Check]:
    if missing:
        yield Check("migrations", "missing", is_serious=True)
        yield from _not_known("worker", "clock")
        return
    yield Check("migrations", "ok")
    heartbeat, there, held_until = _ask(SIGNS)
    now = timezone.now()
    # By the database's clock, as workers are seen.
    is_there = heartbeat and there - heartbeat <= HEARTBEAT
    yield Check("worker", "ok" if is_there else "gives no sign of life")
    yield Check("clock", doubt_about(now - there, held_until, now) or "ok")


def _not_known(*names: str) -> Iterator[Check]:
    yield from (Check(name, "not known") for name in names)


def files_folder() -> Path:
    """Return where what people send needs room on this machine."""
    if settings.MEDIA_BUCKET:
        return Path(tempfile.gettempdir())
    return Path(settings.MEDIA_ROOT)


def _disk() -> Check:
    folder = files_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(folder).free
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError:
        return Check("disk", "cannot be written to", is_serious=True)
    if free < NO_ROOM:
        return Check("disk", "full", is_serious=True)
    return Check("disk", "low" if free < LEAST_ROOM else "ok")


@cache
def needed() -> tuple[list[str], list[str]]:
    """Return app and name of each migration of this release, by the names of its files.

    Loading them, as `migrate` does, takes longer than a balancer waits.
    """
    found = [
        (app.label, file.stem)
        for app in apps.get_app_configs()
        for file in sorted((Path(app.path) / "migrations").glob("[0-9]*.py"))
    ]
    return [label for label, _name in found], [name for _label, name in found]


def _ask(statement: str, *values: list[str]) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        ((found,),) = cursor.fetchall()
    return found
