"""Knowing what has not changed since the last time, by content, not by date."""

import hashlib
from collections.abc import Iterable
from pathlib import Path


def fingerprint(paths: Iterable[Path], *words: str) -> str:
    """Return a hash of the names and contents of files, and of further words.

    A folder stands for all files below it; a path that does not exist counts as empty.
    """
    digest = hashlib.sha256("\0".join(words).encode())
    for path in paths:
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in files:
            if file.is_file():
                digest.update(f"\0{file}\0".encode())
                digest.update(file.read_bytes())
    return digest.hexdigest()


class Stamp:
    """Remembers the fingerprint with which a step was last completed."""

    def __init__(self, folder: Path, name: str) -> None:
        self._file = folder / name

    def read(self) -> str:
        """Return the fingerprint of the last completion, empty where there was none."""
        try:
            return self._file.read_text(encoding="utf-8")
        except FileNotFoundError:
            return ""

    def write(self, value: str) -> None:
        """Remember that the step is complete."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        self._file.write_text(value, encoding="utf-8")

    def clear(self) -> None:
        """Forget the completion, so that an interrupted step is done again."""
        self._file.unlink(missing_ok=True)
