"""Packages of the operating system, where the machine lacks them.

On Debian and its relatives apt installs them, as root or through sudo; without either,
`unpacking` gets them.
"""

import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path

from installer import apt, unpacking
from installer.checkout import NAME, Checkout
from installer.console import Console
from installer.errors import SetupError
from installer.processes import is_root, run_logged

QUIET = ("env", "DEBIAN_FRONTEND=noninteractive", "NEEDRESTART_SUSPEND=1")
CLUSTER_SETTINGS = Path("/etc/postgresql-common/createcluster.d")
HOMEBREW = "On macOS: brew install postgresql@17 postgis"


def privilege() -> tuple[str, ...] | None:
    """Return what to put before a command to run it as root; None where we may not."""
    if is_root():
        return ()
    if shutil.which("sudo"):
        asked = subprocess.run(
            ["sudo", "-n", "true"], capture_output=True, stdin=subprocess.DEVNULL
        )
        if asked.returncode == 0:
            return ("sudo", "-n")
    return None


def install(
    packages: Sequence[str],
    without_rights: Sequence[str],
    checkout: Checkout,
    console: Console,
) -> None:
    """Install packages, or unpack the second list where nobody may install.

    Raises SetupError where there is no apt, no network, or apt itself fails.
    """
    names = " ".join(packages)
    if shutil.which("apt-get") is None:
        message = f"This machine has no apt-get, and {names} is missing."
        hint = (
            f"{HOMEBREW}\n"
            "Elsewhere: install PostgreSQL with PostGIS and Python's venv module in the "
            "system's own way, or set DATABASE_URL to a server that you have."
        )
        raise SetupError(message, hint)
    prefix = privilege()
    if prefix is None:
        with console.step(
            f"Unpacking {' '.join(without_rights)} below {checkout.local} "
            "(no root, no sudo; a large download)"
        ):
            unpacking.unpack(without_rights, checkout)
    else:
        with console.step(f"Installing {names} with apt-get (a large download)"):
            _install(packages, prefix, checkout.logs)


def _install(packages: Sequence[str], prefix: tuple[str, ...], logs: Path) -> None:
    with_server = any(name.startswith("postgresql") for name in packages)
    with _no_default_cluster(prefix, logs) if with_server else nullcontext():
        apt.get([*prefix, *QUIET, *apt.APT], packages, logs)


@contextmanager
def _no_default_cluster(prefix: tuple[str, ...], logs: Path) -> Iterator[None]:
    """Keep the package from making and starting a server that nobody asked for.

    Left alone it takes port 5432. Afterwards, what other packages do is the machine's own
    choice again; a server that exists is not touched.
    """
    settings = CLUSTER_SETTINGS / f"{NAME}.conf"
    write = 'mkdir -p "${1%/*}" && echo create_main_cluster = false > "$1"'
    log = logs / "apt-cluster.log"
    run_logged([*prefix, "sh", "-c", write, "sh", settings], log)
    try:
        yield
    finally:
        run_logged([*prefix, "rm", "-f", settings], log)
