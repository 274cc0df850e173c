"""The files of the site as a backup takes them and brings them back.

From a folder or out of a bucket, under the same names: a backup of one comes back into the
other.
"""

import errno
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, Self, cast

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage

from operation.backups.manifest import FileState

if TYPE_CHECKING:
    from trust.bucket import Bucket


@dataclass(frozen=True)
class Found:
    """A file of the site: its size in bytes, and when it last changed, by the clock."""

    name: str
    size: int
    changed_at: float

    @classmethod
    def of(cls, path: Path, name: str) -> Self:
        known = path.stat()
        return cls(name, known.st_size, known.st_mtime)

    def is_in(self, copy: Path) -> bool:
        """Tell whether a copy is of this file as it is, going by size and time."""
        if not copy.is_file():
            return False
        known = Found.of(copy, self.name)
        return (self.size, int(self.changed_at)) == (known.size, int(known.changed_at))


class Media(Protocol):
    """Where the files of the site lie."""

    def __str__(self) -> str: ...

    def is_empty(self) -> bool:
        """Tell whether nothing lies there."""

    def walk(self) -> Iterator[Found]:
        """Yield every file."""

    def copy(self, found: Found, target: Path) -> None:
        """Copy a file, with the time of its change; raises FileNotFoundError."""

    def bring(self, source: Path, name: str) -> None:
        """Put a file where it was."""

    def state(self, name: str) -> FileState | None:
        """Return what lies there, read anew; None where there is nothing."""


class FolderMedia:
    """The files in `MAPAPP_MEDIA_ROOT`."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def __str__(self) -> str:
        return str(self._root)

    def is_empty(self) -> bool:
        return not self._root.exists() or not any(self._root.iterdir())

    def walk(self) -> Iterator[Found]:
        for path in sorted(self._root.rglob("*")):
            if not path.is_symlink() and path.is_file():
                yield Found.of(path, path.relative_to(self._root).as_posix())

    def copy(self, found: Found, target: Path) -> None:
        shutil.copy2(self._root / found.name, target)

    def bring(self, source: Path, name: str) -> None:
        target = self._root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, target)

    def state(self, name: str) -> FileState | None:
        try:
            return FileState.of(self._root / name)
        except FileNotFoundError:
            return None


class BucketMedia:
    """The files in the bucket of `MAPAPP_MEDIA_S3_URL`."""

    def __init__(self, bucket: "Bucket") -> None:
        self._bucket = bucket

    def __str__(self) -> str:
        return f"The bucket {self._bucket.bucket_name}"

    def is_empty(self) -> bool:
        return next(self._bucket.walk(), None) is None

    def walk(self) -> Iterator[Found]:
        for stored in self._bucket.walk():
            yield Found(stored.name, stored.size, stored.modified_at.timestamp())

    def copy(self, found: Found, target: Path) -> None:
        with self._bucket.open(found.name) as source, target.open("wb") as copied:
            shutil.copyfileobj(source, copied, 1024 * 1024)
        os.utime(target, (found.changed_at, found.changed_at))

    def bring(self, source: Path, name: str) -> None:
        with source.open("rb") as content:
            kept = self._bucket.save(name, File(content))
        if kept != name:
            message = f"{self} has something there already."
            raise FileExistsError(errno.EEXIST, message, name)

    def state(self, name: str) -> FileState | None:
        try:
            with self._bucket.open(name) as stored:
                return FileState.read(stored)
        except FileNotFoundError:
            return None


def media() -> Media:
    """Return where the files lie, as the settings say."""
    if settings.MEDIA_BUCKET:
        return BucketMedia(cast("Bucket", default_storage))
    return FolderMedia(Path(settings.MEDIA_ROOT))
