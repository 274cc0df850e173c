"""A copy of the city that a drill has made, with which the next ones begin.

To make one takes longer than most of what happens to it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from installer.checkout import Checkout
from installer.console import Console
from installer.locks import exclusive
from installer.packages import LOCKS
from installer.stamps import fingerprint

DUMPING = ("-Fc", "-Z1", "--exclude-table-data=spatial_ref_sys")
# Whoever restores it owns it; extensions are there, and may be somebody else's.
RESTORING = ("--exit-on-error", "--no-owner", "--no-comments")
NOT_OF_THE_CITY = {"bench", "drills", "installer", "tests"}
WAITING = "another drill makes one …"


@contextmanager
def of_city(checkout: Checkout, console: Console, major: int) -> Iterator[Path]:
    """Yield where the copy is, or is to be made: meanwhile nobody else makes it.

    It is one of today, by this checkout and a major version of PostgreSQL.
    """
    folder = checkout.local / "cache"
    folder.mkdir(parents=True, exist_ok=True)
    copy = folder / f"city-{_state(checkout, major)}.dump"
    if not copy.exists():
        with exclusive(folder / "city.lock", console, WAITING):
            if not copy.exists():
                for old in folder.glob("city-*"):
                    old.unlink()
                yield copy
                return
    yield copy


def _state(checkout: Checkout, major: int) -> str:
    """Return a hash of all that a city is made from."""
    root, chosen = checkout.root, checkout.environ.items()
    packages = [file.parent for file in sorted(root.glob("*/__init__.py"))]
    files = [
        file
        for package in packages
        if package.name not in NOT_OF_THE_CITY
        for file in sorted(package.rglob("*"))
        if "__pycache__" not in file.parts and file.is_file()
    ]
    settings = [f"{name}={value}" for name, value in sorted(chosen) if "MAPAPP" in name]
    locks = [root / lock for lock in LOCKS.values()]
    today = datetime.now(UTC).date()
    words = (str(today), str(major), *settings)
    return fingerprint([*files, root / "cities", *locks], *words)[:16]
