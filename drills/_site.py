"""The site as a server's supervisor runs it: what dies is started again."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from drills._ground import ROOT

PAUSE = 0.5
PROGRAMS = {
    "web": ("-m", "gunicorn", "--config", "deploy/gunicorn_settings.py"),
    "worker": ("manage.py", "procrastinate", "worker"),
}


class Site:
    """Web server and worker; each is begun again a moment after it has ended."""

    def __init__(self, environ: Mapping[str, str], logs: Path) -> None:
        self._environ = dict(environ)
        self._logs = logs
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._ends = threading.Event()
        self._supervisor = threading.Thread(target=self._supervise, daemon=True)

    def __enter__(self) -> Self:
        for name in PROGRAMS:
            self._start(name)
        self._supervisor.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ends.set()
        self._supervisor.join()
        for name in PROGRAMS:
            self.kill(name, signal.SIGTERM)
        for program in self._running.values():
            program.wait(30)

    def kill(self, name: str, how: signal.Signals = signal.SIGKILL) -> None:
        """End a program with all its processes, at once unless told otherwise."""
        os.killpg(self._running[name].pid, how)

    def _supervise(self) -> None:
        while not self._ends.wait(PAUSE):
            for name, program in list(self._running.items()):
                if program.poll() is not None:
                    self._start(name)

    def _start(self, name: str) -> None:
        with (self._logs / f"drill-{name}.log").open("ab") as log:
            self._running[name] = subprocess.Popen(
                [sys.executable, *PROGRAMS[name]],
                cwd=ROOT,
                env=self._environ,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
