"""A release is taken over and given back while residents go on: `./run drill rolling_restart`.

nginx is in front of two instances, as `deploy/` has them. While residents read and send,
each program is restarted as docs/operation.md says it, forth and back. Not one request may
fail, and each contribution must be there exactly once.
"""

import socket
import sys
import threading
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from itertools import cycle
from pathlib import Path

from drills._ground import DrillFailed, Ground, run
from drills._proxy import Proxy, demand_nginx
from drills._town import Town, town
from drills._visitors import Crowd, connect

READERS = 4
# Residents and readers keep the site busy, and leave the machine room to start programs.
REST, REST_OF_READERS = 0.5, 0.02
SECONDS_TO_ANSWER = 90.0
PAGES = ("/", "/districts/", "/pins/new", "/ogc/v1/collections/pins/items?limit=10")


@dataclass
class Readers:
    """Visitors who open one page after the other, and notice when one does not come."""

    crowd: Crowd
    read: int = 0
    slowest: float = 0.0
    failures: list[str] = field(default_factory=list)
    _ends: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _threads: list[threading.Thread] = field(default_factory=list)

    def __enter__(self) -> "Readers":
        self._threads = [
            threading.Thread(target=self._visit, args=[f"127.0.1.{number}"])
            for number in range(1, READERS + 1)
        ]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ends.set()
        for thread in self._threads:
            thread.join()

    def _visit(self, address: str) -> None:
        crowd = self.crowd
        connection = connect(crowd.port, crowd.certificate, address=address)
        for page in cycle(PAGES):
            if self._ends.wait(REST_OF_READERS):
                break
            began = time.monotonic()
            failure = _open(connection, page)
            with self._lock:
                self.read += 1
                self.slowest = max(self.slowest, time.monotonic() - began)
                self.failures += [failure] if failure else []
        connection.close()


def drill(ground: Ground, ends: ExitStack) -> None:
    """Restart everything twice while residents read and send."""
    place = ends.enter_context(ground.server("first"))
    proxy = Proxy(ground.folder, ground.folder / "static")
    site = town(ground, place, sys.maxsize, rest=REST, behind=proxy)
    here = ends.enter_context(site)
    readers = ends.enter_context(Readers(here.crowd))
    rounds = 1 if ground.is_short else 3
    for _ in range(rounds):
        _take_over(here, proxy)
        _give_back(here, proxy)
    here.crowd.send_no_more()
    here.finish()
    _look(ground, here, readers, proxy)


def _take_over(here: Town, proxy: Proxy) -> None:
    """Do what docs/operation.md says for a new release."""
    with here.ground.console.step("Taking over a release"):
        here.ground.manage(here.environ, "check_upgrade")
        here.ground.manage(here.environ, "migrate", "--no-input")
        here.site.restart("worker")
        _restart_both(here, proxy)


def _give_back(here: Town, proxy: Proxy) -> None:
    with here.ground.console.step("Going back to the old one"):
        _restart_both(here, proxy)
        here.site.restart("worker")


def _restart_both(here: Town, proxy: Proxy) -> None:
    for number, door in enumerate(proxy.sockets, 1):
        here.site.restart(f"web@{number}")
        _wait_until_it_answers(here.ground, door)


def _wait_until_it_answers(ground: Ground, door: Path) -> None:
    began = time.monotonic()
    while not _answers(door):
        ground.must_be_early(began, SECONDS_TO_ANSWER, f"{door.name} does not answer")
        time.sleep(0.1)


def _answers(door: Path) -> bool:
    """Ask as `curl --unix-socket` does."""
    try:
        with socket.socket(socket.AF_UNIX) as wire:
            wire.settimeout(SECONDS_TO_ANSWER)
            wire.connect(str(door))
            wire.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            return wire.recv(64).startswith(b"HTTP/1.1 200")
    except OSError:
        return False


def _open(connection: HTTPConnection, page: str) -> str:
    """Open a page; return what was wrong, nothing where it came."""
    try:
        connection.request("GET", page)
        answer = connection.getresponse()
        answer.read()
    except (OSError, HTTPException) as error:
        connection.close()
        return f"{page}: {error!r}"
    return "" if answer.status == 200 else f"{page}: {answer.status}"


def _look(ground: Ground, here: Town, readers: Readers, proxy: Proxy) -> None:
    ground.console.say(
        f"  {readers.read:,} pages were read; the slowest took {readers.slowest:.1f} s"
    )
    again = here.crowd.attempts - here.crowd.wanted
    if readers.failures or again:
        ground.console.say(proxy.errors()[-3000:])
        message = f"{again} forms had to be sent again; {readers.failures[:5]}"
        raise DrillFailed(message)
    ground.must(True, "not one request has failed")  # noqa: FBT003 -- reads as a sentence


if __name__ == "__main__":
    demand_nginx()
    sys.exit(run("Restarts that nobody notices", drill))
