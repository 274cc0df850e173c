"""Installing what is missing, and the database that goes with it."""

import os

from installer import (
    cluster,
    frontend,
    packages,
    postgres,
    server,
    system,
    unpacking,
    virtualenv,
)
from installer.checkout import Checkout
from installer.console import Console

SERVER_PACKAGE = "postgresql-postgis"


def install(checkout: Checkout, console: Console, *, dev: bool) -> None:
    """Install system packages, Python packages and browser libraries that are missing.

    Raises SetupError where one cannot be had.
    """
    _system_packages(checkout, console)
    packages.install(checkout, console, dev=dev)
    # Its cache belongs below our folder too, and without a network it shall say so soon.
    os.environ.setdefault("npm_config_cache", str(checkout.local / "cache" / "npm"))
    os.environ.setdefault("npm_config_fetch_retry_mintimeout", "2000")
    os.environ.setdefault("NODE_COMPILE_CACHE", str(checkout.local / "cache" / "node"))
    frontend.install(checkout.root, checkout.local, console)


def database(checkout: Checkout, console: Console, place: cluster.Cluster) -> str:
    """Return the URL of a database that is ready: somebody's own, or a private one.

    Raises SetupError where the private server cannot be made or started.
    """
    if checkout.own_database:
        return checkout.own_database
    server.bring_up(place, server_for(checkout, place), console)
    return place.url


def server_for(checkout: Checkout, place: cluster.Cluster) -> postgres.Installation:
    """Return the programs of PostgreSQL that a private server would be run by.

    Raises SetupError where there are none.
    """
    return server.choose(place, _servers(checkout))


def _system_packages(checkout: Checkout, console: Console) -> None:
    wanted, without_rights = [], []
    if not checkout.own_database and not _servers(checkout):
        wanted.append(SERVER_PACKAGE)
        without_rights.append(SERVER_PACKAGE)
    if not virtualenv.can_make() and not packages.uv(checkout).exists():
        wanted.append("python3-venv")
        # Only pip itself: what the module lacks is on every machine with Python.
        without_rights.append("python3-pip-whl")
    if wanted and not _already_unpacked(checkout, wanted):
        system.install(wanted, without_rights, checkout, console)


def _already_unpacked(checkout: Checkout, wanted: list[str]) -> bool:
    """Tell whether pip, the only package without programs to find, was unpacked before."""
    return wanted == ["python3-venv"] and virtualenv.has_pip_wheel(checkout.local)


def _servers(checkout: Checkout) -> list[postgres.Installation]:
    chosen = checkout.environ.get("MITMACH_PGBIN", "")
    return postgres.find(unpacking.unpacked(checkout.local), chosen)
