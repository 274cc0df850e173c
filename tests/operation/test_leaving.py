"""The web server answers whoever has got through to it before it goes."""

import os
import selectors
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from gunicorn.config import Config
from gunicorn.glogging import Logger

from operation import serving
from operation.serving import PatientWorker
from operation.watching import leaving

REQUEST = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
# Only a worker that never ends takes as long.
PATIENCE = 60.0


class Remembering(selectors.DefaultSelector):
    """Knows whom it has waited for: the end of a process would hang up on them.

    It waits for a moment where gunicorn would have it wait for a second.
    """

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[Any] = []

    def register(self, fileobj: Any, events: int, data: Any = None) -> Any:
        self.seen.append(fileobj)
        return super().register(fileobj, events, data)

    def select(self, timeout: float | None = None) -> list[Any]:
        return super().select(0.01)


class Running:
    """A worker in a thread, at a socket of its own."""

    def __init__(self, place: Path, **settings: Any) -> None:
        self.place = str(place)
        self._wire = socket.socket(socket.AF_UNIX)
        self._wire.bind(self.place)
        self._wire.listen()
        config = Config()
        for name, value in {"keepalive": 0, **settings}.items():
            config.set(name, value)
        self.worker = PatientWorker(
            0, os.getppid(), [self._wire], None, 30, config, Logger(config)
        )
        # What gunicorn does in a process of its own, but for the handling of signals.
        self.worker.wsgi = answer
        self.worker.tpool = self.worker.get_thread_pool()
        self.worker.poller = self._waited_for = Remembering()
        self.worker._lock = threading.RLock()
        self._thread = threading.Thread(target=self.worker.run)
        self._thread.start()

    def come(self) -> socket.socket:
        """Connect, and return once that was noticed."""
        known = self.worker.nr_conns
        client = socket.socket(socket.AF_UNIX)
        client.settimeout(PATIENCE)
        client.connect(self.place)
        wait_until(lambda: self.worker.nr_conns > known)
        return client

    def end(self) -> bool:
        """Wait for the end; tell whether it came."""
        self._thread.join(PATIENCE)
        return not self._thread.is_alive()

    def kill(self) -> None:
        self.worker.alive = False
        self._thread.join()
        self.worker.tmp.close()
        for wire in self._waited_for.seen:
            wire.close()


def answer(_environ: Any, start_response: Any) -> list[bytes]:
    start_response("200 OK", [("Content-Length", "2")])
    return [b"ok"]


def wait_until(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.005)


def ask(client: socket.socket) -> bytes:
    with client:
        client.sendall(REQUEST)
        said = b""
        while piece := client.recv(4096):
            said += piece
    return said


@pytest.fixture(autouse=True)
def told(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Whether the process was told, for one test alone."""
    event = threading.Event()
    monkeypatch.setattr(leaving, "_told", event)
    return event


@pytest.fixture
def start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Running]]:
    begun: list[Running] = []

    def begin(
        *, let_in: float = 0.0, ask: float = PATIENCE, **settings: Any
    ) -> Running:
        monkeypatch.setattr(serving, "SECONDS_TO_LET_IN", let_in)
        monkeypatch.setattr(serving, "SECONDS_TO_ASK", ask)
        begun.append(Running(tmp_path / "web.sock", **settings))
        return begun[-1]

    yield begin
    for running in begun:
        running.kill()


def test_who_has_connected_may_still_ask(start: Callable[..., Running]) -> None:
    running = start()
    client = running.come()

    running.worker.handle_exit(signal.SIGTERM, None)

    said = ask(client)
    assert said.startswith(b"HTTP/1.1 200")
    assert b"connection: close" in said.lower()
    assert running.end()


def test_for_a_while_it_lets_in_who_comes(start: Callable[..., Running]) -> None:
    running = start(let_in=PATIENCE)
    running.worker.handle_exit(signal.SIGTERM, None)
    running.worker.handle_exit(signal.SIGTERM, None)

    assert ask(running.come()).startswith(b"HTTP/1.1 200")
    assert leaving.is_leaving()


def test_who_says_nothing_does_not_hold_it(start: Callable[..., Running]) -> None:
    running = start(ask=0.0)
    client = running.come()

    running.worker.handle_exit(signal.SIGTERM, None)

    assert running.end()
    client.close()


def test_it_leaves_after_so_many_requests(start: Callable[..., Running]) -> None:
    running = start(max_requests=1)
    first, second = running.come(), running.come()

    assert ask(first).startswith(b"HTTP/1.1 200")

    assert ask(second).startswith(b"HTTP/1.1 200")
    assert running.end()
    assert running.worker.max_requests == sys.maxsize


def test_a_balancer_is_told(client: Client, db: None, told: threading.Event) -> None:
    told.set()

    alive, ready = client.get("/healthz"), client.get("/readyz")

    assert (alive.status_code, alive.content) == (503, b"ends\n")
    assert (ready.status_code, ready.json()["server"]) == (503, "ends")


def test_nobody_is_told_before(client: Client, db: None) -> None:
    assert client.get("/healthz").status_code == 200
    assert "server" not in client.get("/readyz").json()
