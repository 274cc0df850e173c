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


def provide(checkout: Checkout, console: Console) -> str | None:
    """Return the path of a browser, installing Chromium where we may.

    Returns None, and says so, where there is none: the other tests can still run.
    """
    present = find(checkout.environ)
    if present is None and shutil.which("apt-get") and system.privilege() is not None:
        try:
            system.install(["chromium"], [], checkout, console)
        except SetupError as problem:
            console.say(f"{problem.message}\n{problem.hint}")
        present = find(checkout.environ)
    if present is None:
        console.say(
            "NO BROWSER: the browser tests are left out. Install Chromium, or name a "
            f"Chrome by {VARIABLE}, to run them."
        )
    return present
