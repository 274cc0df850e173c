"""Environments apart from the project's, for what contradicts its requirements.

Each is made of a lock with hashes, which is written, where nothing else is said, by
`uv pip compile --universal --generate-hashes --no-emit-index-url` of what it is for.
"""

import sys
from dataclasses import dataclass
from pathlib import Path

from installer import packages, virtualenv
from installer.checkout import Checkout
from installer.console import Console
from installer.stamps import Stamp, fingerprint


@dataclass(frozen=True)
class SideEnvironment:
    """An environment in a folder of the private one, and the lock it is made of.

    `what` names what is in it, in the middle of a sentence. `python` is whose it is where
    that is not ours.
    """

    folder: str
    lock: str
    what: str
    python: str = ""


# ogctests, owslib, schemathesis, pyshacl, feedparser and georeport.
CONFORMANCE = SideEnvironment(
    "conformance",
    "requirements-conformance.txt",
    "the clients that test standards",
)
# tipg, pygeoapi with geoalchemy2 and psycopg2-binary, djangorestframework-gis with
# psycopg[binary,pool], and what serves them: gunicorn, uvicorn, uvloop, httptools.
PEERS = SideEnvironment(
    "peers",
    "requirements-peers.txt",
    "the servers that measurements compare with",
)
# The group of that name in pyproject.toml, written by `./run lock`. PostgreSQL's account runs
# it, which need not get at our Python.
PATRONI = SideEnvironment(
    "patroni",
    "requirements-patroni.txt",
    "a cluster's Patroni",
    "/usr/bin/python3",
)


def provide(checkout: Checkout, console: Console, wanted: SideEnvironment) -> None:
    """Bring an environment to the state of its lock; raises SetupError."""
    lock = checkout.root / wanted.lock
    folder = checkout.local / wanted.folder
    stamp = Stamp(checkout.stamps, wanted.folder)
    theirs = [str(Path(wanted.python).resolve())] if wanted.python else []
    state = fingerprint(
        [lock], sys.version, sys.base_prefix, str(checkout.local), *theirs
    )
    if (folder / "bin" / "python").exists() and stamp.read() == state:
        return
    if theirs:
        packages.install_uv(checkout, console)
    with console.step(f"Installing {wanted.what}"):
        # Half of it may be there afterwards.
        stamp.clear()
        what = wanted.what[:1].upper() + wanted.what[1:]
        if theirs:
            packages.make(checkout, folder, lock, wanted.python, what)
        else:
            virtualenv.make(checkout.local, folder, lock, what)
        stamp.write(state)
