"""Namespaces of Linux: a network or mounts of our own, that are gone when we are."""

import ctypes
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Self, TextIO

from drills._ground import DrillFailed
from installer.commands import LEFT_OUT

ALONE = "MITMACH_DRILL_ALONE"
CLONE_NEWNET = 0x4000_0000
# Processes of our own end with us, however we end; what outlived its parent is waited for by
# the shell, which is the first of them.
PROCESSES = ("--pid", "--fork", "--kill-child", "--mount-proc")
FIRST_PROCESS = ("sh", "-c", '"$@"; exit $?', "sh")
SECONDS_TO_BEGIN = 10.0
# Of this thread: each can be elsewhere.
OURS = Path("/proc/thread-self/ns/net")
NEAR, FAR = "10.77.0.1", "10.77.0.2"


def be_alone(*kinds: str) -> None:
    """Begin again in namespaces of our own; return once we are.

    `kinds` are `--net`, `--mount`, PROCESSES.

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
    first = FIRST_PROCESS if "--pid" in kinds else ()
    python = (sys.executable, "-m", name, *sys.argv[1:])
    command = [program, *kinds, "--", *first, *python]
    os.execve(program, command, {**os.environ, ALONE: "1"})  # noqa: S606 -- a program of the system


class Machine:
    """A network of its own, in which programs run as on another machine."""

    def __init__(self) -> None:
        command = [program("unshare"), "--net", program("sleep"), "infinity"]
        self._process = subprocess.Popen(command)
        self._network = Path(f"/proc/{self.pid}/ns/net")

    def __enter__(self) -> Self:
        began = time.monotonic()
        while self._network.readlink() == OURS.readlink():
            if time.monotonic() - began > SECONDS_TO_BEGIN:
                raise TimeoutError(str(self._network))
            time.sleep(0.01)
        with self.inside():
            ip("link", "set", "lo", "up")
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()

    @property
    def pid(self) -> int:
        """Return the process whose network it is."""
        return self._process.pid

    @contextmanager
    def inside(self) -> Iterator[None]:
        """Let what this thread starts run on that machine."""
        with OURS.open() as ours, self._network.open() as theirs:
            _enter(theirs)
            try:
                yield
            finally:
                _enter(ours)


class Wire:
    """Two machines and the wire between them: ours, and one at the far end.

    `NEAR` and `FAR` are the addresses of their ends.
    """

    def __init__(self) -> None:
        self._machine = Machine()

    def __enter__(self) -> Self:
        self._machine.__enter__()
        pid = str(self._machine.pid)
        ip("link", "set", "lo", "up")
        ip("link", "add", "near", "type", "veth", "peer", "name", "far", "netns", pid)
        ip("address", "add", f"{NEAR}/30", "dev", "near")
        ip("link", "set", "near", "up")
        with self.at_the_far_end():
            ip("address", "add", f"{FAR}/30", "dev", "far")
        self.mend()
        return self

    def __exit__(self, *error: object) -> None:
        self._machine.__exit__(*error)

    def cut(self) -> None:
        """Let nothing through any more, without a word to anybody."""
        with self.at_the_far_end():
            ip("link", "set", "far", "down")

    def mend(self) -> None:
        """Let everything through."""
        with self.at_the_far_end():
            ip("link", "set", "far", "up")

    def at_the_far_end(self) -> AbstractContextManager[None]:
        """Let what this thread starts run on the other machine."""
        return self._machine.inside()


def ip(*words: str) -> None:
    """Change the network of the machine that this thread is on."""
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
