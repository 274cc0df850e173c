"""The project's Python packages: an environment that is exactly what the lock says."""

import os
import re
import subprocess
import sys
from pathlib import Path

from installer import virtualenv
from installer.checkout import Checkout
from installer.console import Console
from installer.errors import SetupError
from installer.processes import Command, CommandFailed, run_logged
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
    environ = uv_environ(checkout)
    log = checkout.logs / "packages.log"
    folder = checkout.python.parent.parent
    made_for = Stamp(checkout.stamps, "venv")
    interpreter = fingerprint([], *_interpreter(checkout))
    command = uv(checkout)
    try:
        if made_for.read() != interpreter or not checkout.python.exists():
            make: Command = [command, "venv", "--clear", "--no-python-downloads"]
            run_logged(
                [*make, "--python", sys.executable, folder], log, environ=environ
            )
            made_for.write(interpreter)
        sync: Command = [command, "pip", "sync", "--require-hashes"]
        run_logged([*sync, "--python", checkout.python, lock], log, environ=environ)
    except CommandFailed as failure:
        message = "The Python packages could not be installed."
        hint = f"{failure.hint}\n{virtualenv.NO_NETWORK}"
        raise SetupError(message, hint) from failure


def _state(checkout: Checkout, lock: str) -> str:
    return f"{lock} {fingerprint([checkout.root / lock], *_interpreter(checkout))}"


def _interpreter(checkout: Checkout) -> tuple[str, ...]:
    """Return what an environment is bound to: this Python, and its own place."""
    return (sys.version, sys.base_prefix, str(checkout.local))
