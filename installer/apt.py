"""Calling apt-get, and saying what it complains about."""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from installer.errors import SetupError
from installer.processes import CommandFailed, run_logged

# Another apt may be at work (unattended upgrades): wait for it instead of failing.
APT = ("apt-get", "-q", "-y", "-o", "DPkg::Lock::Timeout=300")
NO_NETWORK = "Is there a network connection? Run ./run again; it goes on from here."


def get(apt: Sequence[str], packages: Sequence[str], logs: Path, *options: str) -> None:
    """Refresh the lists and install; raises SetupError where a package cannot be had."""
    with suppress(CommandFailed):
        # A source that is broken need not be the one we need: installing tells.
        run_logged([*apt, "update"], logs / "apt-update.log")
    try:
        run_logged(
            [*apt, "install", "--no-install-recommends", *options, *packages],
            logs / "apt.log",
        )
    except CommandFailed as failure:
        message = f"apt-get could not get {' '.join(packages)}."
        raise SetupError(message, f"{failure.hint}\n{NO_NETWORK}") from failure
