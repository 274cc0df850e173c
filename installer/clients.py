"""The clients and test suites that show how well standards are kept, apart from ours.

Their requirements contradict the project's: they have an environment of their own.
"""

import sys

from installer import virtualenv
from installer.checkout import Checkout
from installer.console import Console
from installer.stamps import Stamp, fingerprint

LOCK = "requirements-conformance.txt"
FOLDER = "conformance"


def provide(checkout: Checkout, console: Console) -> None:
    """Bring their environment to the state of its lock; raises SetupError.

    The lock is made anew, where need be, by
    `uv pip compile --generate-hashes` of `ogctests` and `owslib`.
    """
    lock = checkout.root / LOCK
    folder = checkout.local / FOLDER
    stamp = Stamp(checkout.stamps, FOLDER)
    state = fingerprint([lock], sys.version, sys.base_prefix, str(checkout.local))
    if (folder / "bin" / "python").exists() and stamp.read() == state:
        return
    with console.step("Installing the clients that test standards"):
        virtualenv.make(checkout.local, folder, lock, "The clients")
        stamp.write(state)
