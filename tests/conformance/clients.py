"""Starting programs of other people, each in a process of its own.

A client that waits for an answer in this process would let the server answer nobody.
"""

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from tempfile import gettempdir

import pytest
from django.conf import settings as site

FOLDER = Path(site.ROOT) / ".local" / "conformance" / "bin"


def run(command: Sequence[str | Path]) -> str:
    """Return what a program prints, started outside of the project; it must succeed."""
    done = subprocess.run(  # noqa: S603 -- our own command
        command,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
        cwd=gettempdir(),
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def program(name: str) -> Path:
    """Return a program of the clients' own environment; skips without it."""
    found = FOLDER / name
    if not found.exists():
        pytest.skip("./run conformance installs what this needs")
    return found


def python(text: str, *args: str) -> str:
    """Return what a program in Python prints that the clients' environment runs."""
    return run([program("python"), "-c", text, *args])


def of_the_system(name: str) -> str:
    """Return a program of this machine; skips where it is not installed."""
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed on this machine")
    return found
