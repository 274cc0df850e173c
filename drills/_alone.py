"""Namespaces of Linux: a network or mounts of our own, that are gone when we are."""

import ctypes
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self, TextIO

from drills._ground import DrillFailed
from installer.commands import LEFT_OUT

ALONE = "MITMACH_DRILL_ALONE"
CLONE_NEWNET = 0x4000_0000
SECONDS_TO_BEGIN = 10.0
OURS = Path("/proc/self/ns/net")
NEAR, FAR = "10.77.0.1", "10.77.0.2"


def be_alone(*kinds: str) -> None:
    """Begin again in namespaces of our own, `--net` or `--mount`; return once we are.

    Ends the drill with LEFT_OUT where nobody may make them: that takes root and Linux.
    """
    if os.environ.get(ALONE):
        return
    program = shutil.which("unshare")
    if program is None or os.geteuid() != 0:
        sys.stdout.write("\nLeft out: this drill needs root, and unshare of Linux.\n")
        sys.exit(LEFT_OUT)
    module = sys.modules["__main__"].__spec__
    name = module.name if module else ""
    command = [program, *kinds, "--", sys.executable, "-m", name, *sys.argv[1:]]
    os.execve(program, command, {**os.environ, ALONE: "1"})  # noqa: S606 -- a program of the system


class Wire:
    """Two machines and the wire between them: ours, and one at the far end.

    Both are network namespaces; `NEAR` and `FAR` are the addresses of their ends.
    """

    def __init__(self) -> None:
        command = [program("unshare"), "--net", program("sleep"), "infinity"]
        self._machine = subprocess.Popen(command)
        self._theirs = Path(f"/proc/{self._machine.pid}/ns/net")

    def __enter__(self) -> Self:
        began = time.monotonic()
        while self._theirs.readlink() == OURS.readlink():
            if time.monotonic() - began > SECONDS_TO_BEGIN:
                raise TimeoutError(str(self._theirs))
            time.sleep(0.01)
        pid = str(self._machine.pid)
        _ip("link", "set", "lo", "up")
        _ip("link", "add", "near", "type", "veth", "peer", "name", "far", "netns", pid)
        _ip("address", "add", f"{NEAR}/30", "dev", "near")
        _ip("link", "set", "near", "up")
        with self.at_the_far_end():
            _ip("link", "set", "lo", "up")
            _ip("address", "add", f"{FAR}/30", "dev", "far")
        self.mend()
        return self

    def __exit__(self, *_: object) -> None:
        self._machine.kill()
        self._machine.wait()

    def cut(self) -> None:
        """Let nothing through any more, without a word to anybody."""
        with self.at_the_far_end():
            _ip("link", "set", "far", "down")

    def mend(self) -> None:
        """Let everything through."""
        with self.at_the_far_end():
            _ip("link", "set", "far", "up")

    @contextmanager
    def at_the_far_end(self) -> Iterator[None]:
        """Let what this thread starts run on the other machine."""
        with OURS.open() as ours, self._theirs.open() as theirs:
            _enter(theirs)
            try:
                yield
            finally:
                _enter(ours)


def _ip(*words: str) -> None:
    subprocess.run([program("ip"), *words], check=True)


def program(name: str) -> str:
    """Return where a program of the system is; raises DrillFailed."""
    found = shutil.which(name)
    if found is None:
        message = f"There is no {name} on this machine."
        raise DrillFailed(message)
    return found


def _enter(namespace: TextIO) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.setns(namespace.fileno(), CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "setns")
