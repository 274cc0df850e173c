"""Running other programs: output into a log, failures as sentences."""

import os
import pwd
import signal
import subprocess
from collections.abc import Generator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import TypedDict

from installer.errors import SetupError

LINES_SHOWN = 8
Command = Sequence[str | Path]


class CommandFailed(SetupError):
    """A program ended with an error; the hint holds the end of its output."""

    def __init__(self, command: Sequence[str], log: Path, status: int) -> None:
        self.output = tail(log)
        message = f"“{Path(command[0]).name}” ended with status {status}."
        super().__init__(message, f"{self.output}\nThe whole output is in {log}.")


def tail(log: Path, lines: int = LINES_SHOWN) -> str:
    """Return the last lines of a log, indented; empty where there is no log."""
    try:
        text = log.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    written = [line.rstrip() for line in text.splitlines() if line.strip()]
    return "\n".join(f"  {line}" for line in written[-lines:])


def run_logged(
    command: Command,
    log: Path,
    *,
    environ: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    user: str | None = None,
    text: str = "",
) -> None:
    """Run a program with all its output in `log`, which is begun anew.

    `user` is the account to run as (only root can choose), `text` what it reads. Raises CommandFailed where the
    program ends with an error, and SetupError where it cannot be started.
    """
    words = [str(word) for word in command]
    log.parent.mkdir(parents=True, exist_ok=True)
    try:
        with log.open("wb") as output:
            done = subprocess.run(
                words,
                input=text.encode(),
                stdout=output,
                stderr=subprocess.STDOUT,
                env=environ,
                cwd=cwd,
                check=False,
                **account(user),
            )
    except OSError as error:
        message = f"“{words[0]}” cannot be started: {error.strerror}."
        raise SetupError(message) from error
    if done.returncode:
        raise CommandFailed(words, log, done.returncode)


def run_visible(command: Command, cwd: Path, environ: Mapping[str, str]) -> int:
    """Run a program in front of the person at the terminal and return its status.

    Ctrl-C is the program's to handle; it ends, and we go on.
    """
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        words = [str(word) for word in command]
        return subprocess.call(words, cwd=cwd, env=dict(environ))
    finally:
        signal.signal(signal.SIGINT, before)


def run_side_by_side(
    commands: Mapping[str, Command], cwd: Path, environ: Mapping[str, str], at_once: int
) -> Generator[tuple[str, int, str]]:
    """Run programs, so many at a time; yield name, status and output as each ends."""

    def run(name: str) -> tuple[str, int, str]:
        done = subprocess.run(
            [str(word) for word in commands[name]],
            cwd=cwd,
            env=dict(environ),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return name, done.returncode, done.stdout

    with ThreadPoolExecutor(at_once) as pool:
        try:
            for done in as_completed([pool.submit(run, name) for name in commands]):
                yield done.result()
        finally:
            # After Ctrl-C, which is theirs as well, none begins any more.
            pool.shutdown(cancel_futures=True)


class Account(TypedDict, total=False):
    """The arguments of subprocess that choose the account of a child."""

    user: int
    group: int
    extra_groups: list[int]


def account(user: str | None) -> Account:
    """Return the arguments that make a child run as `user`; None means as we are."""
    if user is None:
        return {}
    entry = pwd.getpwnam(user)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def is_root() -> bool:
    """Tell whether this process may do everything."""
    return os.geteuid() == 0
