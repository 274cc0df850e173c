"""Everything is killed while residents send contributions: `./run drill crash`.

The web server, the worker and PostgreSQL are killed (SIGKILL) and PostgreSQL is restarted
while forms are on their way. Residents send again what they were not thanked for.
Afterwards each contribution that was thanked for must be there exactly once, each author
must have got the mail that asks them to confirm their address, and the pages must be back,
all without a hand.
"""

import os
import signal
import sys
import time
from contextlib import ExitStack
from dataclasses import replace

from drills._ground import DrillFailed, Ground, run
from drills._town import town
from installer import postmaster, server
from installer.cluster import Cluster


def drill(ground: Ground, ends: ExitStack) -> None:
    """Kill one program after the other, and look afterwards."""
    made = ends.enter_context(ground.server("first"))
    # One that does not start again is no reason to begin with an empty one.
    place = replace(made, disposable=False)
    here = ends.enter_context(town(ground, place, ground.size(1_000)))
    here.at(0.1, "Killing the web server", lambda: here.site.kill("web"))
    here.at(0.3, "Killing the worker", lambda: here.site.kill("worker"))
    here.at(0.5, "Killing PostgreSQL", lambda: _kill(ground, place))
    here.at(0.7, "Restarting PostgreSQL", lambda: _restart(ground, place))
    here.finish()


def _kill(ground: Ground, place: Cluster) -> None:
    running = postmaster.find(place.data)
    if running is None:
        raise DrillFailed("PostgreSQL is not running.")
    os.kill(running.pid, signal.SIGKILL)
    while postmaster.find(place.data) is not None:
        time.sleep(0.01)
    server.bring_up(place, ground.programs, ground.console)


def _restart(ground: Ground, place: Cluster) -> None:
    postmaster.stop(place.data)
    server.bring_up(place, ground.programs, ground.console)


if __name__ == "__main__":
    sys.exit(run("Crash of everything", drill))
