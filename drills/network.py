"""The wire between site and database is cut: `./run drill network`.

The database runs on a machine of its own, a network namespace. In the middle of
contributions nothing comes through for a while, twice: shorter and longer than the site
waits for an answer. Afterwards all goes on without a hand.
"""

import sys
import time
from contextlib import ExitStack
from dataclasses import replace
from urllib.parse import quote

from drills._alone import FAR, Wire, be_alone
from drills._ground import Ground, run
from drills._town import town
from installer import postmaster, server
from installer.cluster import DATABASE, ROLE, Cluster

SHORT_CUT, LONG_CUT = 5.0, 30.0
# Connections that nobody knows to be dead may hold locks for as long.
REST = 0.5


def drill(ground: Ground, ends: ExitStack) -> None:
    """Cut the wire twice while residents send contributions."""
    wire = ends.enter_context(Wire())
    place = ends.enter_context(ground.server("first"))
    with ground.console.step("Moving the database to the far end of a wire"):
        _move(ground, wire, place)
    url = f"postgis://{quote(ROLE)}@{FAR}:5432/{DATABASE}"
    site = town(ground, place, ground.size(500), rest=REST, DATABASE_URL=url)
    here = ends.enter_context(site)
    here.at(0.2, "Nothing comes through for 5 s", lambda: _cut(wire, SHORT_CUT))
    here.at(0.5, "Nothing comes through for 30 s", lambda: _cut(wire, LONG_CUT))
    here.finish()


def _move(ground: Ground, wire: Wire, place: Cluster) -> None:
    with (place.data / "pg_hba.conf").open("a", encoding="utf-8") as rules:
        rules.write("host all all 10.77.0.0/30 trust\n")
    postmaster.stop(place.data)
    far_place = replace(place, options=(*place.options, f"listen_addresses={FAR}"))
    with wire.at_the_far_end():
        server.bring_up(far_place, ground.programs, ground.console)


def _cut(wire: Wire, seconds: float) -> None:
    wire.cut()
    time.sleep(seconds)
    wire.mend()


if __name__ == "__main__":
    be_alone("--net")
    sys.exit(run("A network that is cut", drill))
