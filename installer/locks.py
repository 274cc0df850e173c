"""One `./run` at a time where two would be in each other's way."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from installer.console import Console


@contextmanager
def exclusive(file: Path, console: Console, waiting: str) -> Iterator[None]:
    """Hold a lock that ends with the process; say `waiting` where another holds it."""
    with file.open("a", encoding="utf-8") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            console.say(waiting)
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


@contextmanager
def shared(file: Path) -> Iterator["SharedLock"]:
    """Hold a lock together with others; the last one can find out that it is alone."""
    with file.open("a", encoding="utf-8") as handle:
        fcntl.flock(handle, fcntl.LOCK_SH)
        yield SharedLock(handle.fileno())


class SharedLock:
    """A lock that several processes hold."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def is_last(self) -> bool:
        """Tell whether nobody else holds it, and keep others out from now on."""
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
