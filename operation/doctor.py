"""What is wrong on this machine, each with what to do about it."""

import ctypes
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path

from django.conf import settings
from django.contrib.gis.gdal import Driver, GDALException, gdal_version
from django.contrib.gis.geos import Point, geos_version
from django.core import checks, mail
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from operation import bucket, pooling
from operation.replicas import examining
from trust import clock

OLDEST_POSTGRES, OLDEST_POSTGIS = 15, "3.1"
CLOCK_SLACK = timedelta(seconds=2)
TIME_ERROR = 5
# A worker gives a sign of life every ten seconds.
HEARTBEAT = timedelta(minutes=1)
PATIENCE = timedelta(minutes=10)
LEAST_ROOM = 2 * 1024**3
# Some forms with photos at a time.
LEAST_TEMPORARY = 512 * 1024**2
BASEMAP_AGE = timedelta(days=365)
FONTS = Path("/usr/share/fonts")
# What the site reads and writes by GDAL.
DRIVERS = ("GeoJSON", "GPKG", "FlatGeobuf", "ESRI Shapefile", "KML")
POSTGIS = """
    SELECT default_version, coalesce(installed_version, '')
    FROM pg_available_extensions WHERE name = 'postgis'
"""
FAILED = """
    SELECT count(DISTINCT job_id) FROM procrastinate_events
    WHERE type = 'failed' AND at > now() - interval '1 day'
"""
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
        cursor.execute(POSTGIS)
        row = cursor.fetchone()
    major = int(number) // 10_000
    is_old = major < OLDEST_POSTGRES
    hint = f"PostgreSQL {OLDEST_POSTGRES} is the oldest that works."
    yield _either("PostgreSQL", wrong=is_old, said=str(major), hint=hint)
    version, used = row or ("", "")
    is_old = _numbers(version) < _numbers(OLDEST_POSTGIS)
    hint = f"Install PostGIS {OLDEST_POSTGIS} or newer (Debian: postgresql-postgis)."
    yield _either("PostGIS", wrong=is_old, said=version or "missing", hint=hint)
    if used and used != version:
        said = f"{used} in this database, {version} on its machine"
        hint = "As its owner: SELECT postgis_extensions_upgrade();"
        yield Result("PostGIS", State.LOOK, said, hint)


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
    if apart <= CLOCK_SLACK and not _is_kept():
        return Result("clock", State.LOOK, f"{said}, and no time server keeps it", hint)
    return _either("clock", wrong=apart > CLOCK_SLACK, said=said, hint=hint)


def _erasing() -> Result:
    try:
        until = clock.held_until()
    except DatabaseError:
        return Result("erasing", State.LOOK, "not known", "Run manage.py migrate.")
    if until is None or until <= timezone.now():
        return Result("erasing", State.WELL, "each hour")
    said = f"not before {until:%Y-%m-%d %H:%M}: the clock {clock.Doubt.JUMPED}"
    hint = "Set the clock; where it is right: manage.py erase_due --trust-clock."
    return Result("erasing", State.LOOK, said, hint)


def _is_kept() -> bool:
    """Tell whether a time server keeps this machine's clock, where the kernel says so."""
    # adjtimex(2): a struct of 208 bytes that asks for nothing; 5 is TIME_ERROR.
    ask = getattr(ctypes.CDLL(None), "adjtimex", lambda _nothing: 0)
    return bool(ask(ctypes.create_string_buffer(512)) != TIME_ERROR)


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


def _failed_jobs() -> Result:
    try:
        count = _given_up()
    except DatabaseError:
        return Result("jobs", State.LOOK, "not known", "Run manage.py migrate.")
    state = State.LOOK if count else State.WELL
    hint = "The worker's log has the lines of each (job), and /admin/ the list."
    return Result("jobs", state, f"{count} given up since yesterday", hint)


def _given_up() -> int:
    with connection.cursor() as cursor:
        cursor.execute(FAILED)
        ((count,),) = cursor.fetchall()
    return int(count)


def _jobs() -> tuple[datetime | None, datetime | None]:
    """Return when a worker was last seen, and since when the oldest due job waits."""
    with connection.cursor() as cursor:
        cursor.execute(JOBS)
        ((heartbeat, waiting),) = cursor.fetchall()
    return heartbeat, waiting


def _pooler() -> Result:
    if not pooling.is_direct():
        hint = "Point it at PostgreSQL itself, and DATABASE_POOLER_URL at the pooler."
        said = "DATABASE_URL leads through one: the worker would hear of no job"
        return Result("pooler", State.WRONG, said, hint)
    if settings.DATABASE_POOLER is None:
        return Result("pooler", State.WELL, "none")
    try:
        lost = pooling.lost_by(settings.DATABASE_POOLER)
    except DatabaseError as error:
        said = str(error).strip().splitlines()[0]
        hint = "Is it running, and does DATABASE_POOLER_URL lead to it?"
        return Result("pooler", State.WRONG, said, hint)
    said = ", ".join(f"{name} is {value}" for name, value in lost.items())
    hint = "Let it set them: connect_query in deploy/pgbouncer/pgbouncer.ini."
    return _either("pooler", wrong=bool(lost), said=said or "sets all", hint=hint)


def _replicas() -> Result:
    found = list(examining.examine())
    is_well = all(is_well for _said, is_well in found)
    said = ", ".join(said for said, _is_well in found) or "none"
    hint = (
        "Visitors' reads go to the others, or to DATABASE_URL: DATABASE_REPLICA_URLS."
    )
    return Result("replicas", State.WELL if is_well else State.LOOK, said, hint)


def _libraries() -> Result:
    said = (
        f"GDAL {gdal_version().decode()}, GEOS {geos_version().decode().split('-')[0]}"
    )
    missing = [name for name in DRIVERS if not _has_driver(name)]
    if missing:
        hint = "Install the packages of requirements.txt: pyogrio brings GDAL along."
        said = f"{said}, without {', '.join(missing)}"
        return Result("libraries", State.WRONG, said, hint)
    return Result("libraries", State.WELL, said)


def _has_driver(name: str) -> bool:
    try:
        Driver(name)
    except GDALException:
        return False
    return True


def _coordinates() -> Result:
    srid = settings.PLANNING_SRID
    try:
        Point(0, 0, srid=srid).transform(4326)
    except GDALException:
        hint = "Set MAPAPP_PLANNING_SRID to an EPSG code such as 25832."
        return Result("coordinates", State.WRONG, f"EPSG:{srid} is unknown", hint)
    return Result("coordinates", State.WELL, f"EPSG:{srid}")


def _metrics() -> Result:
    folder = settings.METRICS_FOLDER
    if folder is None:
        return Result("metrics", State.WELL, "each process counts for itself")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return Result("metrics", State.WELL, f"counted together in {folder}")
    except OSError as error:
        hint = "Give it to the user that runs the site, or set MAPAPP_METRICS_FOLDER."
        return Result("metrics", State.LOOK, f"{folder}: {error.strerror}", hint)


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
    if settings.MEDIA_BUCKET:
        return _bucket(
            f"{settings.MEDIA_BUCKET.bucket} at {settings.MEDIA_BUCKET.endpoint}"
        )
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


def _bucket(where: str) -> Result:
    try:
        is_open = bucket.is_open_to_strangers()
    except OSError as error:
        hint = "See MAPAPP_MEDIA_S3_URL; its key must read, write, list and delete."
        return Result("files", State.WRONG, f"{where}: {error.strerror}", hint)
    said = f"{where} takes and gives files"
    hint = "Anybody can read it: take away its public access. Nothing here needs that."
    return _either("files", wrong=is_open, said=said, hint=hint)


def _temporary() -> Result:
    folder = tempfile.gettempdir()
    free = shutil.disk_usage(folder).free
    said = f"{free / 1024**3:.1f} GB free in {folder}"
    hint = "Forms with photos and large files lie there for a moment (TMPDIR)."
    state = State.LOOK if free < LEAST_TEMPORARY else State.WELL
    return Result("temporary files", state, said, hint)


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
DATABASE_CHECKS: tuple[Check, ...] = (
    *(_pooler, _replicas, _migrations, _clock, _erasing),
    *(_worker, _failed_jobs),
)
CHECKS: tuple[Check, ...] = (
    *(_libraries, _coordinates, _mail, _media, _temporary),
    *(_basemap, _fonts, _static, _metrics),
)
