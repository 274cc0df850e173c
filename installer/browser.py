"""The browser of the browser tests: the machine's own Chromium or Chrome."""

import shutil
from collections.abc import Mapping

from installer import system
from installer.checkout import Checkout
from installer.console import Console
from installer.errors import SetupError

VARIABLE = "MITMACH_BROWSER"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find(environ: Mapping[str, str]) -> str | None:
    """Return the path of a browser: the one that was chosen, or the first there is."""
    found = (shutil.which(name) for name in NAMES)
    return environ.get(VARIABLE) or next((path for path in found if path), None)


def provide(checkout: Checkout, console: Console) -> str:
    """Return the path of a browser, installing Chromium where we may.

    Raises SetupError where there is none.
    """
    present = find(checkout.environ)
    if present is None and shutil.which("apt-get") and system.privilege() is not None:
        system.install(["chromium"], [], checkout, console)
        present = find(checkout.environ)
    if present is None:
        hint = f"Install Chromium, or name a Chrome by {VARIABLE}."
        raise SetupError("There is no browser for these tests.", hint)
    return present
