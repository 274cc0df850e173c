"""Visitors who only read, one page after the other, and notice when one does not come."""

import threading
import time
from dataclasses import dataclass, field
from http.client import OK, HTTPConnection, HTTPException
from itertools import cycle
from typing import Self

from drills._visitors import Crowd, connect

GUESTS = 4
PAUSE = 0.02
PAGES = ("/", "/districts/", "/pins/new", "/ogc/v1/collections/pins/items?limit=10")


@dataclass(frozen=True)
class Visit:
    """How long pages took, in seconds, and what was wrong with those that did not come."""

    seconds: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    @property
    def p95(self) -> float:
        """Return the seconds within which 95 of 100 pages came; 0 where none was read."""
        return (
            sorted(self.seconds)[int(len(self.seconds) * 0.95)] if self.seconds else 0.0
        )

    @property
    def slowest(self) -> float:
        """Return the seconds that the slowest took."""
        return max(self.seconds, default=0.0)


@dataclass
class Guests:
    """Several of them at the site of a crowd, each from an address of their own."""

    crowd: Crowd
    patience: float = 20.0
    _visit: Visit = field(default_factory=Visit)
    _ends: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _threads: list[threading.Thread] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._threads = [
            threading.Thread(target=self._read, args=[f"127.0.1.{number}"])
            for number in range(1, GUESTS + 1)
        ]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ends.set()
        for thread in self._threads:
            thread.join()

    def so_far(self) -> Visit:
        """Return what they have seen since somebody asked that last."""
        with self._lock:
            seen, self._visit = self._visit, Visit()
        return seen

    def within(self, seconds: float) -> Visit:
        """Return what they see from now on for so many seconds."""
        self.so_far()
        time.sleep(seconds)
        return self.so_far()

    def _read(self, address: str) -> None:
        crowd = self.crowd
        connection = connect(
            crowd.port, crowd.certificate, patience=self.patience, address=address
        )
        for page in cycle(PAGES):
            if self._ends.wait(PAUSE):
                break
            began = time.monotonic()
            failure = _open(connection, page)
            with self._lock:
                self._visit.seconds.append(time.monotonic() - began)
                self._visit.failures.extend([failure] if failure else [])
        connection.close()


def _open(connection: HTTPConnection, page: str) -> str:
    """Open a page; return what was wrong, nothing where it came."""
    try:
        connection.request("GET", page)
        answer = connection.getresponse()
        answer.read()
    except (OSError, HTTPException) as error:
        connection.close()
        return f"{page}: {error!r}"
    return "" if answer.status == OK else f"{page}: {answer.status}"
