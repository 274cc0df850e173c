"""Environments apart from the project's, for what contradicts its requirements.

Each is made of a lock with hashes, which is written, where need be, by
`uv pip compile --universal --generate-hashes --no-emit-index-url` of what it is for.
"""

import sys
from dataclasses import dataclass

from installer import virtualenv
from installer.checkout import Checkout
from installer.console import Console
from installer.stamps import Stamp, fingerprint


@dataclass(frozen=True)
class SideEnvironment:
    """An environment in a folder of the private one, and the lock it is made of.

    `what` names what is in it, in the middle of a sentence.
    """

    folder: str
    lock: str
    what: str


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


def provide(checkout: Checkout, console: Console, wanted: SideEnvironment) -> None:
    """Bring an environment to the state of its lock; raises SetupError."""
    lock = checkout.root / wanted.lock
    folder = checkout.local / wanted.folder
    stamp = Stamp(checkout.stamps, wanted.folder)
    state = fingerprint([lock], sys.version, sys.base_prefix, str(checkout.local))
    if (folder / "bin" / "python").exists() and stamp.read() == state:
        return
    with console.step(f"Installing {wanted.what}"):
        # Half of it may be there afterwards.
        stamp.clear()
        what = wanted.what[:1].upper() + wanted.what[1:]
        virtualenv.make(checkout.local, folder, lock, what)
        stamp.write(state)
