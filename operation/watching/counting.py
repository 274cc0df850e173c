"""Counting of requests, by all processes of a machine together.

Each process counts into a file of its own, and what is asked for is the sum. A process that
ends leaves its file to the next one: there are never more files than processes at a time,
nothing that was counted is lost, and nobody has to clear up.
"""

import fcntl
import os
import struct
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from prometheus_client import Histogram, values
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector

# Seconds. Pages are to take less than 0.1, submitting less than 0.3.
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.3, 1.0, 3.0, 10.0)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
OTHER = "other"
# Rows of one process: what a route makes of them is few; 2.5 kB each.
MOST_ROWS = 1_200
# Room for these, and for as many again that a former release has left. It is taken at once:
# a process that writes to a file for which a full disk has no room is killed.
FILE_SIZE = 8 * 1024 * 1024
# What has no buckets: a row for each server and reason (operation/replicas).
COUNTERS_SIZE = 64 * 1024
FOLDER_OF_LIBRARY = "PROMETHEUS_MULTIPROC_DIR"
USED = struct.Struct("i")


class Slots:
    """Gives each process a name that no other has at the same time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._pid = 0
        self._slot = ""
        # Open as long as the process lives; the lock goes with it, however it ends.
        self._lock = -1

    def __call__(self) -> str:
        """Return the name; that of a process that was forked is another one."""
        if self._pid != os.getpid():
            self._take()
            self._pid = os.getpid()
        return self._slot

    def _take(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        number = 0
        while not self._is_free(number):
            number += 1
        try:
            _prepare(self._folder / f"histogram_{number}.db", FILE_SIZE)
            _prepare(self._folder / f"counter_{number}.db", COUNTERS_SIZE)
        except OSError:
            os.close(self._lock)
            raise
        self._slot = str(number)

    def _is_free(self, number: int) -> bool:
        """Lock a name for this process where nobody has it; tell whether that worked."""
        lock = os.open(self._folder / f"{number}.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            return False
        self._lock = lock
        return True


def _prepare(file: Path, size: int) -> None:
    """Take the room that a file can need; begin anew where much of it is used up."""
    with file.open("a+b") as handle:
        handle.seek(0)
        head = handle.read(USED.size) or USED.pack(0)
        if not 0 <= USED.unpack(head)[0] <= size // 2:
            handle.truncate(0)
        os.posix_fallocate(handle.fileno(), 0, size)


class RequestCounts:
    """How many requests there were and how long they took."""

    def __init__(self, folder: Path | None) -> None:
        """Count into files of a folder, which is made; without one in memory.

        Raises OSError where there is no room, or nothing may be written.
        """
        self._folder = folder
        self._rows: set[tuple[str, str, str]] = set()
        if folder is not None:
            # The library knows no other way to tell it the folder and the name.
            os.environ[FOLDER_OF_LIBRARY] = str(folder)
            values.ValueClass = values.MultiProcessValue(Slots(folder))
        self._seconds = Histogram(
            "mitmachkarte_request_seconds",
            "Requests, and the seconds until their answers began.",
            ("method", "route", "status"),
            buckets=BUCKETS,
            registry=None,
        )

    def add(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request; nothing that a stranger makes up becomes a row of its own.

        Where a new process finds no room for its file, it counts once there is some.
        """
        known = method if method in METHODS else OTHER
        row = (known, route, f"{status // 100}xx")
        if row not in self._rows:
            if len(self._rows) >= MOST_ROWS:
                row = (OTHER, OTHER, row[2])
            self._rows.add(row)
        # Whoever asked for something gets it all the same.
        with suppress(OSError):
            self._seconds.labels(*row).observe(seconds)

    def collect(self) -> Iterable[Metric]:
        """Return what all processes have counted."""
        if self._folder is None:
            return self._seconds.collect()
        found: Iterable[Metric] = MultiProcessCollector(
            None, str(self._folder)
        ).collect()
        return found
