"""The site as a server's supervisor runs it: what dies is started again."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Self

from drills._ground import ROOT

PAUSE = 0.5
# As long as systemd waits for one of the programs, by their units.
SECONDS_TO_STOP = {"web": 45.0, "worker": 120.0}
PROGRAMS = {
    "web": ("-m", "gunicorn", "--config", "deploy/gunicorn_settings.py"),
    "worker": ("manage.py", "procrastinate", "worker"),
}


class Site:
    """Web server and worker; each is begun again a moment after it has ended.

    With `sockets` there is a web server at each of these, `web@1` and so on.
    """

    def __init__(
        self,
        environ: Mapping[str, str],
        logs: Path,
        sockets: Sequence[Path] = (),
        machine: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> None:
        self._environ = dict(environ)
        self._logs = logs
        # What is started within runs there.
        self._machine = machine
        self._binds = {
            f"web@{number}": {"WEB_BIND": f"unix:{socket}"}
            for number, socket in enumerate(sockets, 1)
        } or {"web": {}}
        self._turn = threading.Lock()
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._ends = threading.Event()
        self._supervisor = threading.Thread(target=self._supervise, daemon=True)

    def __enter__(self) -> Self:
        for name in (*self._binds, "worker"):
            self._start(name)
        self._supervisor.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ends.set()
        self._supervisor.join()
        # All has been looked at: what is thrown away needs no grace.
        for name, program in self._running.items():
            self.kill(name)
            program.wait()

    def kill(self, name: str) -> None:
        """End a program with all its processes at once."""
        os.killpg(self._running[name].pid, signal.SIGKILL)

    def restart(self, name: str) -> None:
        """Ask a program to end, as systemd does by KillMode=mixed, and start it anew.

        Raises subprocess.TimeoutExpired where it takes longer than systemd waits.
        """
        with self._turn:
            program = self._running[name]
            program.terminate()
            program.wait(SECONDS_TO_STOP[_kind(name)])
            self._start(name)

    def pids(self, name: str) -> list[int]:
        """Return the processes of a program that runs, its first one in front."""
        return family(self._running[name].pid)

    def _supervise(self) -> None:
        while not self._ends.wait(PAUSE):
            with self._turn:
                for name, program in list(self._running.items()):
                    if program.poll() is not None:
                        self._start(name)

    def _start(self, name: str) -> None:
        log = (self._logs / f"{name}.log").open("ab")
        with log, self._machine():
            self._running[name] = subprocess.Popen(
                [sys.executable, *PROGRAMS[_kind(name)]],
                cwd=ROOT,
                env={**self._environ, **self._binds.get(name, {})},
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )


def _kind(name: str) -> str:
    return name.partition("@")[0]


def family(pid: int) -> list[int]:
    """Return a process and its children; Linux says who they are."""
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii")
    return [pid, *map(int, listed.split())]
