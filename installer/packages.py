"""The project's Python packages: an environment that is exactly what the lock says."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from installer import virtualenv
from installer.checkout import Checkout
from installer.console import Console
from installer.errors import SetupError
from installer.processes import CommandFailed, run_logged
from installer.stamps import Stamp, fingerprint

UV_REQUIREMENTS = Path(__file__).with_name("uv-requirements.txt")
LOCKS = {False: "requirements.txt", True: "requirements-dev.txt"}


def install(checkout: Checkout, console: Console, *, dev: bool) -> None:
    """Bring the environment to the state of the lock file.

    The lock for development holds the other one too: once it is installed, it stays, so
    that `./run` and `./run test` do not undo each other's work. Raises SetupError where
    the packages cannot be had.
    """
    stamp = Stamp(checkout.stamps, "packages")
    states = {kind: _state(checkout, LOCKS[kind]) for kind in LOCKS}
    installed = stamp.read()
    if checkout.python.exists() and installed in (states[True], states[dev]):
        return
    dev = dev or installed.startswith(LOCKS[True])
    install_uv(checkout, console)
    with console.step(f"Installing the Python packages of {LOCKS[dev]}"):
        stamp.clear()
        _sync(checkout, checkout.root / LOCKS[dev])
        stamp.write(states[dev])


def install_uv(checkout: Checkout, console: Console) -> None:
    """Install uv into an environment of its own: `sync` would remove it from the other."""
    stamp = Stamp(checkout.stamps, "uv")
    state = fingerprint([UV_REQUIREMENTS], *_interpreter(checkout))
    if uv(checkout).exists() and stamp.read() == state:
        return
    with console.step("Installing uv, which installs the Python packages"):
        virtualenv.make(checkout.local, checkout.local / "uv", UV_REQUIREMENTS, "uv")
        stamp.write(state)


def make(checkout: Checkout, folder: Path, lock: Path, python: str, what: str) -> None:
    """Make an environment of another Python than ours, as a lock says.

    uv does it, which needs neither pip nor ensurepip there. Raises SetupError, naming
    `what`, where it cannot be.
    """
    run = _Uv(checkout, checkout.logs / f"{folder.name}.log")
    try:
        run.make(folder, python)
        run.fill(folder, lock)
    except CommandFailed as failure:
        shutil.rmtree(folder, ignore_errors=True)
        raise _not_installed(what, failure) from failure


def uv(checkout: Checkout) -> Path:
    """Return the path of uv."""
    return checkout.local / "uv" / "bin" / "uv"


def uv_environ(checkout: Checkout) -> dict[str, str]:
    """Return an environment for uv that asks the index and trusts the certificates of pip.

    Machines behind a mirror usually tell pip about it. Settings of uv itself go first.
    """
    listed = subprocess.run(
        [*virtualenv.pip(checkout.local, checkout.local / "uv"), "config", "list"],
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    like_pip = {
        "UV_DEFAULT_INDEX": pip_setting(listed, "index-url"),
        "SSL_CERT_FILE": pip_setting(listed, "cert"),
        "UV_CACHE_DIR": str(checkout.local / "cache" / "uv"),
    }
    return {**{key: value for key, value in like_pip.items() if value}, **os.environ}


def pip_setting(listed: str, name: str) -> str | None:
    """Return a setting from the output of `pip config list`.

    The environment counts more than the section for installing, and that more than the
    global one.
    """
    for section in (":env:", "install", "global"):
        found = re.search(rf"^{section}\.{name}='(.*)'$", listed, re.MULTILINE)
        if found:
            return found[1]
    return None


def _sync(checkout: Checkout, lock: Path) -> None:
    """Make the environment where there is none for this Python, then fill it."""
    run = _Uv(checkout, checkout.logs / "packages.log")
    folder = checkout.python.parent.parent
    made_for = Stamp(checkout.stamps, "venv")
    interpreter = fingerprint([], *_interpreter(checkout))
    try:
        if made_for.read() != interpreter or not checkout.python.exists():
            run.make(folder, sys.executable)
            made_for.write(interpreter)
        run.fill(folder, lock)
    except CommandFailed as failure:
        raise _not_installed("The Python packages", failure) from failure


class _Uv:
    """What uv does to environments, with its output in a file."""

    def __init__(self, checkout: Checkout, log: Path) -> None:
        self._program, self._environ = uv(checkout), uv_environ(checkout)
        self._log = log

    def make(self, folder: Path, python: str) -> None:
        """Make an empty environment of a Python. Raises CommandFailed."""
        self._run(
            "venv", "--clear", "--no-python-downloads", "--python", python, folder
        )

    def fill(self, folder: Path, lock: Path) -> None:
        """Put into it what a lock says, and nothing else. Raises CommandFailed."""
        python = folder / "bin" / "python"
        self._run("pip", "sync", "--require-hashes", "--python", python, lock)

    def _run(self, *words: str | Path) -> None:
        run_logged([self._program, *words], self._log, environ=self._environ)


def _not_installed(what: str, failure: CommandFailed) -> SetupError:
    message = f"{what} could not be installed."
    return SetupError(message, f"{failure.hint}\n{virtualenv.NO_NETWORK}")


def _state(checkout: Checkout, lock: str) -> str:
    return f"{lock} {fingerprint([checkout.root / lock], *_interpreter(checkout))}"


def _interpreter(checkout: Checkout) -> tuple[str, ...]:
    """Return what an environment is bound to: this Python, and its own place."""
    return (sys.version, sys.base_prefix, str(checkout.local))
