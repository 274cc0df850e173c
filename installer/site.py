"""Preparing the site: database, translations, static files, the city's data."""

import subprocess
from collections.abc import Mapping
from pathlib import Path

from installer.checkout import Checkout
from installer.console import Console
from installer.errors import Reported
from installer.packages import LOCKS
from installer.stamps import Stamp, fingerprint

FOR_SERVING = ("compile_messages", "migrate", "load_city", "collectstatic")
FOR_DEMO = ("compile_messages", "migrate", "load_city", "collectstatic", "load_demo")
# What a new database needs before a command of the site finds its tables.
FOR_COMMANDS = ("compile_messages", "migrate", "load_city")
FOR_TESTS = ("compile_messages",)
FOR_DRILLS = ("compile_messages", "collectstatic")


def prepare(
    checkout: Checkout,
    console: Console,
    environ: Mapping[str, str],
    commands: tuple[str, ...],
) -> None:
    """Run the site's own commands that make it ready.

    What depends on the database always runs, because only the database knows its state;
    what only depends on files of the checkout is left out where they have not changed.
    Raises Reported where a command failed: it has said why itself.
    """
    Path(environ["MAPAPP_STATIC_ROOT"]).mkdir(parents=True, exist_ok=True)
    wanted = [c for c in commands if not _is_done(checkout, environ, c)]
    if not wanted:
        return
    done = subprocess.run(
        [
            *(str(checkout.python), "-m", "installer.preparation"),
            *(str(checkout.logs / "preparation.log"), *wanted),
        ],
        cwd=checkout.root,
        env=dict(environ),
        stdout=console.output,
        check=False,
    )
    if done.returncode:
        raise Reported
    for command in wanted:
        Stamp(checkout.stamps, command).write(_state(checkout, environ, command))


def _is_done(checkout: Checkout, environ: Mapping[str, str], command: str) -> bool:
    state = _state(checkout, environ, command)
    return bool(state) and Stamp(checkout.stamps, command).read() == state


def _state(checkout: Checkout, environ: Mapping[str, str], command: str) -> str:
    """Return a hash of what the command reads and leaves; empty where that is no file."""
    root = checkout.root
    if command == "compile_messages":
        catalogues = sorted(root.glob("locale/*/LC_MESSAGES/*.po"))
        return fingerprint([*catalogues, *(c.with_suffix(".mo") for c in catalogues)])
    if command == "collectstatic":
        target = Path(environ["MAPAPP_STATIC_ROOT"])
        own = [f for f in sorted((root / "static").iterdir()) if f.name != "vendor"]
        # The libraries are known by their own stamp: hashing them takes longer.
        vendored = root / "static" / "vendor" / ".installed"
        locks = [root / lock for lock in LOCKS.values()]
        settings = root / "mapapp" / "settings.py"
        return fingerprint(
            [*own, vendored, *locks, settings, target / "staticfiles.json"], str(target)
        )
    return ""
