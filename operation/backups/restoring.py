"""Bringing a backup back, into a database and a folder with nothing in them."""

import re
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

from django.conf import settings
from django.db import connections, transaction
from django.db.migrations.loader import MigrationLoader

from operation.backups import programs
from operation.backups.making import BASEMAP, DUMP, MEDIA
from operation.backups.manifest import BadBackup, Manifest
from operation.backups.media import FolderMedia, media
from operation.backups.states import read_states, sequences_behind, tables

INSIDE = f"{MEDIA}/"
# Comes with the extension itself, and only who owns that may write it: a site's role does not
# where PostGIS was there before.
OF_EXTENSIONS = re.compile(r" (COMMENT - EXTENSION|TABLE DATA \S+ spatial_ref_sys) ")


class NotEmpty(Exception):
    """There is something already where a backup would come back."""


@dataclass(frozen=True)
class Restored:
    """What has come back, and in what it differs from the backup; nothing, if all is well."""

    tables: int
    rows: int
    files: int
    differences: tuple[str, ...]


def restore(folder: Path) -> Restored:
    """Bring a backup back and compare each table and file with what it was.

    Raises BadBackup for one that is not whole or that this release is too old for,
    NotEmpty where database or media hold something, and ProgramFailed.
    """
    manifest = Manifest.read(folder)
    _check(folder, manifest)
    _bring_tables_back(folder / DUMP)
    # The planner knows nothing of the tables yet.
    programs.run("vacuumdb", "--analyze-only", "--quiet")
    _bring_files_back(folder, manifest)
    return _compared(manifest)


def _check(folder: Path, manifest: Manifest) -> None:
    damaged = manifest.differing_files(folder)
    if damaged:
        message = f"Missing or changed since the backup: {', '.join(damaged)}."
        raise BadBackup(message)
    known = MigrationLoader(None).disk_migrations
    newer = [
        f"{app}.{name}"
        for app, name in manifest.migrations.items()
        if (app, name) not in known
    ]
    if newer:
        message = f"The backup is of a newer release, with {', '.join(newer)}."
        raise BadBackup(message)
    if tables():
        raise NotEmpty(
            "The database has tables; a backup comes back into an empty one."
        )
    place = media()
    if not place.is_empty():
        message = f"{place} is not empty."
        raise NotEmpty(message)


def _bring_tables_back(dump: Path) -> None:
    entries = programs.run("pg_restore", "--list", dump).splitlines()
    ours = [entry for entry in entries if not OF_EXTENSIONS.search(entry)]
    with NamedTemporaryFile("w", encoding="utf-8") as chosen:
        chosen.write("\n".join(ours))
        chosen.flush()
        programs.run(
            *("pg_restore", "--no-owner", "--no-privileges", "--exit-on-error"),
            *(*programs.jobs(), "--dbname", programs.environ()["PGDATABASE"]),
            *("--use-list", chosen.name, dump),
        )


def _bring_files_back(folder: Path, manifest: Manifest) -> None:
    place, basemap = media(), Path(settings.BASEMAP_PATH)
    for name in _media_of(manifest):
        place.bring(folder / name, name.removeprefix(INSIDE))
    # One that is there already is the newer one.
    if BASEMAP in manifest.files and not basemap.exists():
        FolderMedia(basemap.parent).bring(folder / BASEMAP, basemap.name)


def _media_of(manifest: Manifest) -> list[str]:
    return [name for name in manifest.files if name.startswith(INSIDE)]


def _compared(manifest: Manifest) -> Restored:
    # What connections of before have prepared knows nothing of the tables.
    connections.close_all()
    with transaction.atomic():
        found = read_states()
    differing = [
        f"table {name}: {found.get(name)} instead of {manifest.tables.get(name)}"
        for name in sorted(found.keys() | manifest.tables.keys())
        if found.get(name) != manifest.tables.get(name)
    ]
    differing += [f"sequence {name} is behind" for name in sequences_behind()]
    place, files = media(), _media_of(manifest)
    differing += [
        f"file {name}"
        for name in files
        if place.state(name.removeprefix(INSIDE)) != manifest.files[name]
    ]
    rows = sum(state.rows for state in found.values())
    return Restored(len(found), rows, len(files), tuple(differing))
