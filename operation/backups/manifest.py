"""What a backup consists of, written beside it: by this it is known to be whole."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Self

from operation.backups.states import TableState

FILE = "manifest.json"
VERSION = 1
CHUNK = 1024 * 1024


class BadBackup(Exception):
    """A folder holds no backup, or one that is not whole."""


@dataclass(frozen=True)
class FileState:
    """Size in bytes and SHA-256 of a file."""

    size: int
    sha256: str

    @classmethod
    def of(cls, path: Path) -> Self:
        with path.open("rb") as file:
            return cls.read(file)

    @classmethod
    def read(cls, file: IO[bytes]) -> Self:
        """Return the state of what is read from here on."""
        digest, size = hashlib.sha256(), 0
        while chunk := file.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
        return cls(size, digest.hexdigest())


@dataclass(frozen=True)
class Manifest:
    """The content of a backup.

    `made_at` is the moment of the database, ISO 8601; `migrations` the last one of each
    app; `files` go by their path below the folder of the backup.
    """

    made_at: str
    migrations: Mapping[str, str]
    tables: Mapping[str, TableState]
    files: Mapping[str, FileState]

    def write(self, folder: Path) -> None:
        """Write it last: a folder without it holds no backup."""
        content = {
            "version": VERSION,
            "made_at": self.made_at,
            "migrations": dict(self.migrations),
            "tables": {name: state.as_json() for name, state in self.tables.items()},
            "files": {
                name: {"size": state.size, "sha256": state.sha256}
                for name, state in self.files.items()
            },
        }
        text = json.dumps(content, indent=1, sort_keys=True)
        (folder / FILE).write_text(f"{text}\n", encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Return the manifest of a backup; raises BadBackup where there is none."""
        try:
            content: dict[str, Any] = json.loads((folder / FILE).read_bytes())
            if content["version"] != VERSION:
                message = f"{folder} is a backup of version {content['version']}."
                raise BadBackup(message)
            if any(".." in Path(name).parts for name in content["files"]):
                message = f"{folder / FILE} names files outside of the backup."
                raise BadBackup(message)
            return cls(
                str(content["made_at"]),
                {str(app): str(name) for app, name in content["migrations"].items()},
                {n: TableState.read(s) for n, s in content["tables"].items()},
                {
                    n: FileState(s["size"], s["sha256"])
                    for n, s in content["files"].items()
                },
            )
        except FileNotFoundError:
            message = f"{folder} holds no {FILE}: no backup, or one that broke off."
            raise BadBackup(message) from None
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            message = f"{folder / FILE} cannot be read: {error!r}."
            raise BadBackup(message) from error

    def differing_files(self, folder: Path) -> list[str]:
        """Return the files that are missing or not what they were; reads all of them."""
        return [
            name
            for name, state in self.files.items()
            if not (folder / name).is_file() or FileState.of(folder / name) != state
        ]
