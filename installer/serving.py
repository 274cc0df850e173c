"""Serving the site: the web server and the worker of the jobs, begun and ended together."""

import fcntl
import http.client
import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO
from urllib.parse import urlsplit

from installer import environment
from installer.checkout import Checkout
from installer.errors import SetupError

SECONDS_TO_START = 60.0
SECONDS_TO_END = 10.0
PAUSE = 0.1


class Site:
    """The running programs of the site, by what they are called in messages.

    They hold the lock of their port as long as one of them lives.
    """

    def __init__(self, checkout: Checkout, environ: Mapping[str, str]) -> None:
        self._checkout = checkout
        self._environ = dict(environ)
        self._lock = _take(checkout)
        self._programs: dict[str, subprocess.Popen[bytes]] = {}

    def start(self) -> None:
        """Start the web server and, once it answers, the worker of the jobs.

        One after the other, so that they do not take each other's processor. Raises
        SetupError where the site does not answer.
        """
        self._start("web server", ["-m", "gunicorn", *_gunicorn(self._checkout)])
        self._wait_until_it_answers()
        self._start("worker", ["manage.py", "procrastinate", "worker"])

    def wait_until_one_ends(self) -> None:
        """Never return; raises SetupError where a program ends by itself."""
        while True:
            self._complain_about_ended()
            time.sleep(PAUSE * 3)

    def end(self) -> None:
        """End all programs: politely first, by force after ten seconds."""
        for program in self._programs.values():
            program.terminate()
        until = time.monotonic() + SECONDS_TO_END
        for program in self._programs.values():
            try:
                program.wait(max(until - time.monotonic(), 0.1))
            except subprocess.TimeoutExpired:
                # Its children too: it leads a session of its own.
                os.killpg(program.pid, signal.SIGKILL)
                program.wait()
        self._lock.close()

    def _start(self, name: str, words: list[str]) -> None:
        self._programs[name] = subprocess.Popen(
            [self._checkout.python, *words],
            cwd=self._checkout.root,
            env=self._environ,
            # Ctrl-C reaches only us, so that the programs are ended in good order.
            start_new_session=True,
            pass_fds=[self._lock.fileno()],
        )
        pids = [os.getpid(), *(program.pid for program in self._programs.values())]
        self._lock.truncate(0)
        self._lock.write(" ".join(map(str, pids)))
        self._lock.flush()

    def _wait_until_it_answers(self) -> None:
        address = environment.address(self._checkout)
        until = time.monotonic() + SECONDS_TO_START
        while not _answers(address):
            self._complain_about_ended()
            if time.monotonic() > until:
                message = f"The site does not answer at {address}."
                raise SetupError(message, "What it said stands above.")
            time.sleep(PAUSE)

    def _complain_about_ended(self) -> None:
        for name, program in self._programs.items():
            status = program.poll()
            if status is not None:
                message = f"The {name} ended by itself (status {status})."
                raise SetupError(message, "What it said stands above.")


@contextmanager
def ended_by_signals() -> Iterator[None]:
    """Turn the signals that end a program into KeyboardInterrupt, as Ctrl-C does."""
    chosen = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)
    before = {number: signal.getsignal(number) for number in chosen}
    for number in chosen:
        signal.signal(number, signal.default_int_handler)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def stop_all(checkout: Checkout) -> list[str]:
    """End every `./run` that serves this checkout; return the ports they had.

    Raises SetupError where one does not end.
    """
    ended = []
    for file in sorted(checkout.local.glob("serving-*")):
        pids = holders(file)
        if pids:
            _end(file, pids)
            ended.append(file.name.removeprefix("serving-"))
        file.unlink(missing_ok=True)
    return ended


def holders(file: Path) -> list[int]:
    """Return the processes that hold the lock, the one to end first at the front.

    A file that is left over from a machine that was switched off is not locked, and its
    numbers mean nothing.
    """
    try:
        with file.open("r+", encoding="utf-8") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return [int(word) for word in file.read_text(encoding="utf-8").split()]
    except FileNotFoundError:
        pass
    return []


def _answers(address: str) -> bool:
    """Tell whether anything comes back: what, is not the set-up's to judge."""
    place = urlsplit(address)
    connection = http.client.HTTPConnection(
        str(place.hostname), place.port, timeout=SECONDS_TO_START
    )
    try:
        connection.request("GET", "/healthz")
        connection.getresponse().read()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return True


def _end(file: Path, pids: list[int]) -> None:
    """Ask `./run` to end; where it was killed before its programs, ask those."""
    for group in (pids[:1], pids[1:]):
        asked = [_ask_to_end(pid) for pid in group]
        until = time.monotonic() + SECONDS_TO_END + 2
        while any(asked) and time.monotonic() < until:
            if not holders(file):
                return
            time.sleep(PAUSE)
    message = f"The processes {' '.join(map(str, pids))} do not end."
    raise SetupError(message, "Look at them with ps, and end them with kill -9.")


def _ask_to_end(pid: int) -> bool:
    try:
        os.kill(pid, signal.SIGTERM)
    except ProcessLookupError:
        return False
    except PermissionError as error:
        message = f"The site is served by another user (process {pid})."
        raise SetupError(message, "Only that user, or root, can end it.") from error
    return True


def lock_file(checkout: Checkout) -> Path:
    """Return the file that the programs of the site hold a lock on."""
    return checkout.local / f"serving-{checkout.port}"


def _take(checkout: Checkout) -> TextIO:
    file = lock_file(checkout)
    handle = file.open("a+", encoding="utf-8")
    fcntl.flock(handle, fcntl.LOCK_EX)
    return handle


def _gunicorn(checkout: Checkout) -> list[str]:
    """Return the arguments of the web server: few processes, threads that wait for I/O."""
    host = f"[{checkout.host}]" if ":" in checkout.host else checkout.host
    return [
        *("mapapp.wsgi", "--bind", f"{host}:{checkout.port}"),
        *("--worker-class", "gthread", "--workers", "2", "--threads", "4"),
        # Loaded once, then copied: half the time and memory.
        "--preload",
        *("--graceful-timeout", "5", "--log-level", "warning"),
        # Else whoever asks from this machine, or through a proxy on it, moves the site
        # to another path.
        *("--forwarder-headers", ""),
    ]
