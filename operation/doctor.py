"""What is wrong on this machine, each with what to do about it."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path

from django.conf import settings
from django.contrib.gis.gdal import gdal_version
from django.contrib.gis.geos import geos_version
from django.core import checks, mail
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

OLDEST_POSTGRES, OLDEST_POSTGIS = 15, "3.1"
CLOCK_SLACK = timedelta(seconds=2)
# A worker gives a sign of life every ten seconds.
HEARTBEAT = timedelta(minutes=1)
PATIENCE = timedelta(minutes=10)
LEAST_ROOM = 2 * 1024**3
BASEMAP_AGE = timedelta(days=365)
FONTS = Path("/usr/share/fonts")
JOBS = """
    SELECT
        (SELECT max(last_heartbeat) FROM procrastinate_workers),
        (SELECT min(coalesce(scheduled_at, (
            SELECT min(at) FROM procrastinate_events e
            WHERE e.job_id = j.id AND e.type = 'deferred'
        ))) FROM procrastinate_jobs j WHERE j.status = 'todo')
"""


class State(StrEnum):
    """How something is."""

    WELL = "well"
    LOOK = "LOOK"
    WRONG = "WRONG"


@dataclass(frozen=True)
class Result:
    """What was found about one thing; the hint says what to do where it is not well."""

    name: str
    state: State
    said: str
    hint: str = ""


def look_at_everything() -> Iterator[Result]:
    """Yield what is found, one thing after the other; asks the mail server as well."""
    try:
        yield from _database()
    except DatabaseError as error:
        said = str(error).strip().splitlines()[0]
        hint = "Is it running, and does DATABASE_URL lead to it?"
        yield Result("database", State.WRONG, said, hint)
    else:
        for examine in DATABASE_CHECKS:
            yield examine()
    for examine in CHECKS:
        yield examine()
    yield from _settings()


def _database() -> Iterator[Result]:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        ((number,),) = cursor.fetchall()
        cursor.execute(
            "SELECT default_version FROM pg_available_extensions WHERE name = 'postgis'"
        )
        row = cursor.fetchone()
    major = int(number) // 10_000
    is_old = major < OLDEST_POSTGRES
    hint = f"PostgreSQL {OLDEST_POSTGRES} is the oldest that works."
    yield _either("PostgreSQL", wrong=is_old, said=str(major), hint=hint)
    version = row[0] if row else ""
    is_old = _numbers(version) < _numbers(OLDEST_POSTGIS)
    hint = f"Install PostGIS {OLDEST_POSTGIS} or newer (Debian: postgresql-postgis)."
    yield _either("PostGIS", wrong=is_old, said=version or "missing", hint=hint)


def _migrations() -> Result:
    executor = MigrationExecutor(connection)
    count = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    hint = "Run manage.py check_upgrade, then migrate."
    return _either("migrations", wrong=count > 0, said=f"{count} pending", hint=hint)


def _clock() -> Result:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        ((there,),) = cursor.fetchall()
    apart = abs(timezone.now() - there)
    said = f"{apart.total_seconds():.1f} s from the database's"
    hint = "Let both machines keep time (systemd-timesyncd): jobs and links hang on it."
    return _either("clock", wrong=apart > CLOCK_SLACK, said=said, hint=hint)


def _worker() -> Result:
    try:
        heartbeat, waiting = _jobs()
    except DatabaseError:
        return Result(
            "worker", State.WRONG, "no table of jobs", "Run manage.py migrate."
        )
    now = timezone.now()
    if heartbeat is None or now - heartbeat > HEARTBEAT:
        said = f"last seen {heartbeat:%Y-%m-%d %H:%M}" if heartbeat else "never seen"
        hint = "Start it: manage.py procrastinate worker. Nothing is mailed without it."
        return Result("worker", State.WRONG, said, hint)
    if waiting and now - waiting > PATIENCE:
        said = f"runs, and the oldest job waits since {waiting:%Y-%m-%d %H:%M}"
        return Result("worker", State.LOOK, said, "Its log says what it is busy with.")
    return Result("worker", State.WELL, "runs")


def _jobs() -> tuple[datetime | None, datetime | None]:
    """Return when a worker was last seen, and since when the oldest due job waits."""
    with connection.cursor() as cursor:
        cursor.execute(JOBS)
        ((heartbeat, waiting),) = cursor.fetchall()
    return heartbeat, waiting


def _libraries() -> Result:
    said = (
        f"GDAL {gdal_version().decode()}, GEOS {geos_version().decode().split('-')[0]}"
    )
    return Result("libraries", State.WELL, said)


def _mail() -> Result:
    if settings.MAIL_FOLDER:
        said = f"written into {settings.MAIL_FOLDER}, sent to nobody"
        state = State.WELL if settings.DEMO else State.LOOK
        return Result("mail", state, said, "Unset MAPAPP_MAIL_FOLDER to send them.")
    where = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    try:
        with mail.get_connection():
            return Result("mail", State.WELL, f"{where} takes mails")
    except OSError as error:
        hint = "See MAPAPP_SMTP_URL; mails wait until it answers."
        return Result("mail", State.WRONG, f"{where}: {error}", hint)


def _media() -> Result:
    folder = Path(settings.MEDIA_ROOT)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            free = shutil.disk_usage(folder).free
    except OSError as error:
        hint = "Give the folder to the user that runs the site: MAPAPP_MEDIA_ROOT."
        return Result("files", State.WRONG, f"{folder}: {error.strerror}", hint)
    said = f"{free / 1024**3:.1f} GB free in {folder}"
    hint = "Photos, large files and papers need room."
    return Result("files", State.LOOK if free < LEAST_ROOM else State.WELL, said, hint)


def _basemap() -> Result:
    path = Path(settings.BASEMAP_PATH)
    if settings.BASEMAP_STYLE_URL:
        return Result("basemap", State.WELL, f"of {settings.BASEMAP_ORIGIN}")
    if not path.is_file():
        hint = "Build it: ./run basemap. Until then maps show districts alone."
        return Result("basemap", State.LOOK, "none", hint)
    made = datetime.fromtimestamp(path.stat().st_mtime, tz=UTC)
    is_old = timezone.now() - made > BASEMAP_AGE
    state = State.LOOK if is_old else State.WELL
    hint = "Streets change: ./run basemap builds it anew."
    return Result("basemap", state, f"of {made:%Y-%m-%d}", hint)


def _fonts() -> Result:
    count = sum(1 for _ in FONTS.rglob("*.[ot]t[fc]"))
    hint = "Papers show □ for rarer scripts: install fonts-noto-core."
    state = State.WELL if count else State.LOOK
    return Result(
        "fonts", state, f"{count} on the machine, besides those of ours", hint
    )


def _static() -> Result:
    manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
    hint = "Run ./run install, or manage.py collectstatic."
    is_missing = not manifest.is_file() and not settings.DEBUG
    said = "missing" if is_missing else "collected"
    return _either("static files", wrong=is_missing, said=said, hint=hint)


def _settings() -> Iterator[Result]:
    found = checks.run_checks(include_deployment_checks=not settings.DEMO)
    told = [message for message in found if not message.is_silenced()]
    for message in told:
        is_serious = message.level >= checks.ERROR
        state = State.WRONG if is_serious else State.LOOK
        yield Result(f"settings ({message.id})", state, message.msg, message.hint or "")
    if not told:
        yield Result("settings", State.WELL, "nothing to say")


def _either(name: str, *, wrong: bool, said: str, hint: str) -> Result:
    return Result(name, State.WRONG if wrong else State.WELL, said, hint)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())


Check = Callable[[], Result]
DATABASE_CHECKS: tuple[Check, ...] = (_migrations, _clock, _worker)
CHECKS: tuple[Check, ...] = (_libraries, _mail, _media, _basemap, _fonts, _static)
