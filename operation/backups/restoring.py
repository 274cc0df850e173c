"""Bringing a backup back, into a database and a folder with nothing in them."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connections, transaction
from django.db.migrations.loader import MigrationLoader

from operation.backups import programs
from operation.backups.making import BASEMAP, DUMP, MEDIA
from operation.backups.manifest import BadBackup, FileState, Manifest
from operation.backups.states import read_states, sequences_behind, tables


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
    programs.run(
        *("pg_restore", "--no-owner", "--no-privileges", "--exit-on-error"),
        *(*programs.jobs(), "--dbname", programs.environ()["PGDATABASE"]),
        folder / DUMP,
    )
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
    media = Path(settings.MEDIA_ROOT)
    if media.exists() and any(media.iterdir()):
        message = f"{media} is not empty."
        raise NotEmpty(message)


def _bring_files_back(folder: Path, manifest: Manifest) -> None:
    for name in manifest.files:
        target = _target(name)
        if target is None or (name == BASEMAP and target.exists()):
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(folder / name, target)


def _target(name: str) -> Path | None:
    if name == BASEMAP:
        return Path(settings.BASEMAP_PATH)
    if name == DUMP:
        return None
    return Path(settings.MEDIA_ROOT) / Path(name).relative_to(MEDIA)


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
    media = [name for name in manifest.files if name.startswith(f"{MEDIA}/")]
    differing += [f"file {name}" for name in media if not _is_back(name, manifest)]
    rows = sum(state.rows for state in found.values())
    return Restored(len(found), rows, len(media), tuple(differing))


def _is_back(name: str, manifest: Manifest) -> bool:
    target = _target(name)
    return target is not None and FileState.of(target) == manifest.files[name]
