"""Looking at and ending the server process that uses a data folder."""

import os
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from installer.errors import SetupError

PATIENCE = 30.0


@dataclass(frozen=True)
class Postmaster:
    """A running server: process id, path of its program, start (seconds since 1970)."""

    pid: int
    program: str
    started: float


def find(data: Path) -> Postmaster | None:
    """Return the server that runs on this data folder.

    A left-over `postmaster.pid` says nothing: its number may by now belong to another
    program (after a restart of a container it often does). So the process itself is asked.
    """
    return _recorded(data / "postmaster.pid", data)


def forget_dead(data: Path, socket: Path) -> None:
    """Remove what a server that was killed has left behind.

    PostgreSQL clears it up itself, but not where the number belongs to another process,
    or where nobody has taken note of the death of the old one (a zombie).
    """
    for file in (data / "postmaster.pid", socket.with_name(f"{socket.name}.lock")):
        if file.exists() and _recorded(file, _owner(file)) is None:
            file.unlink()


def _owner(file: Path) -> Path:
    """Return the data folder of the server that wrote a lock file."""
    lines = file.read_text(encoding="utf-8").splitlines()
    return Path(lines[1] if len(lines) > 1 else "")


def _recorded(file: Path, data: Path) -> Postmaster | None:
    """Return the server that a lock file of PostgreSQL speaks of, where it is alive."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
        pid, started = int(lines[0]), float(lines[2])
    except (OSError, ValueError, IndexError):
        return None
    program, _, rest = _command_line(pid).partition(" -D ")
    folder = rest.split(" -c ")[0].strip()
    if Path(program).name != "postgres" or not _same_place(folder, data):
        return None
    return Postmaster(pid, program, started)


def stop(data: Path) -> bool:
    """End the server, disconnecting its clients; False where none runs.

    Raises SetupError where it does not end in time.
    """
    running = find(data)
    if running is None:
        return False
    os.kill(running.pid, signal.SIGINT)
    until = time.monotonic() + PATIENCE
    while find(data) is not None:
        if time.monotonic() > until:
            message = f"PostgreSQL (process {running.pid}) does not end."
            raise SetupError(message, f"Look at {data / 'server.log'}.")
        time.sleep(0.05)
    return True


def _command_line(pid: int) -> str:
    """Return how a process was started, empty where there is no such process."""
    proc = Path("/proc")
    if (proc / "self").exists():
        try:
            words = (proc / str(pid) / "cmdline").read_bytes()
        except OSError:
            return ""
        return words.replace(b"\0", b" ").decode(errors="replace")
    return subprocess.run(
        ["ps", "-ww", "-o", "command=", "-p", str(pid)],
        capture_output=True,
        text=True,
        check=False,
    ).stdout


def _same_place(written: str, data: Path) -> bool:
    return os.path.realpath(written) == os.path.realpath(data)
