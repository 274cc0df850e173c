"""Making a backup: the database of one moment, then the files that its rows name."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from operation.backups import programs
from operation.backups.manifest import FILE, FileState, Manifest
from operation.backups.media import FolderMedia, Found, Media, media
from operation.backups.states import read_states

DUMP, MEDIA, BASEMAP = "database.dump", "media", "basemap.pmtiles"
# What is made anew when somebody asks, or goes after a day.
PASSING = frozenset({"exports", "papers"})
UNFINISHED = ".part"
LAST_MIGRATIONS = """
    SELECT DISTINCT ON (app) app, name FROM django_migrations ORDER BY app, name DESC
"""


def make_backup(place: Path) -> Path:
    """Make a backup in a folder of its own below `place`; return that folder.

    Files that the last backup has already are not copied again but linked: they never
    change. Raises ProgramFailed where PostgreSQL's programs fail, and OSError where the
    disk is full or the folder cannot be written; an unfinished one is left with `.part`.
    """
    moment = timezone.now()
    folder = place / moment.strftime("%Y%m%dT%H%M%SZ")
    former = max(finished(place), default=None)
    part = folder.with_name(folder.name + UNFINISHED)
    part.mkdir(parents=True, mode=0o700)
    with _one_moment() as snapshot:
        programs.run(
            *("pg_dump", "--format=custom", "--no-owner", "--no-privileges"),
            # Salts of a day, and what is counted by them, must not outlive it.
            "--no-unlogged-table-data",
            *(f"--snapshot={snapshot}", "--file", part / DUMP),
        )
        tables, migrations = read_states(), _migrations()
    # After the database: a file more than its rows is swept, a file less is a gap.
    keeper = _Keeper(part, former)
    keeper.keep_all()
    files = {DUMP: FileState.of(part / DUMP), **keeper.kept}
    Manifest(moment.isoformat(), migrations, tables, files).write(part)
    part.rename(folder)
    _reach_the_disk(place)
    return folder


def finished(place: Path) -> list[Path]:
    """Return the finished backups below a folder, the oldest first."""
    return sorted(file.parent for file in place.glob(f"*Z/{FILE}"))


def thin_out(place: Path, keep: int) -> list[Path]:
    """Delete all but the newest backups; return what is gone."""
    old = finished(place)[:-keep]
    for folder in old:
        shutil.rmtree(folder)
    return old


@contextmanager
def _one_moment() -> Iterator[str]:
    """Let pg_dump and the checksums see the same; yields the snapshot's name."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        cursor.execute("SELECT pg_export_snapshot()")
        ((snapshot,),) = cursor.fetchall()
        yield snapshot


def _migrations() -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute(LAST_MIGRATIONS)
        return dict(cursor.fetchall())


class _Keeper:
    """Keeps files in a backup, as links to the last one where they have not changed."""

    def __init__(self, part: Path, former: Path | None) -> None:
        self._part, self._former = part, former
        self._known = Manifest.read(former).files if former else {}
        self.kept: dict[str, FileState] = {}

    def keep_all(self) -> None:
        place, basemap = media(), Path(settings.BASEMAP_PATH)
        for found in place.walk():
            if found.name.partition("/")[0] not in PASSING:
                self._keep(place, found, f"{MEDIA}/{found.name}")
        if basemap.is_file():
            found = Found.of(basemap, basemap.name)
            self._keep(FolderMedia(basemap.parent), found, BASEMAP)

    def _keep(self, place: Media, found: Found, name: str) -> None:
        target = self._part / name
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if self._former and name in self._known and found.is_in(self._former / name):
            os.link(self._former / name, target)
            self.kept[name] = self._known[name]
            return
        # It may have gone meanwhile.
        with suppress(FileNotFoundError):
            place.copy(found, target)
            self.kept[name] = FileState.of(target)


def _reach_the_disk(folder: Path) -> None:
    # All that was written, before anybody takes it for a backup.
    os.sync()
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
