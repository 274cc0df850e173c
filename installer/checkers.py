"""What looks at the pages of the site: npm packages apart from those that it serves."""

from installer.checkout import Checkout
from installer.console import Console
from installer.frontend import find_npm, npm_ci
from installer.stamps import Stamp, fingerprint

FOLDER = "checkers"


def provide(checkout: Checkout, console: Console) -> None:
    """Bring HTML_CodeSniffer and the Nu HTML checker to their lock; raises SetupError."""
    source = checkout.root / "tests" / "conformance" / FOLDER
    folder = checkout.local / FOLDER
    stamp = Stamp(checkout.stamps, FOLDER)
    state = fingerprint([source / "package-lock.json"])
    if (folder / "node_modules").exists() and stamp.read() == state:
        return
    npm = find_npm(checkout.local, console)
    with console.step("Installing what looks at the pages"):
        # Half of it may be there afterwards.
        stamp.clear()
        npm_ci(source, folder, npm, settings=checkout.root / ".npmrc")
        stamp.write(state)
