"""A second server that follows the first: `./run drill replicas`.

Visitors read from a streaming standby while residents send. The standby does not exist at
first, then falls behind, is killed and comes back: no answer fails, whoever has sent
something finds it at once, and `/metrics` says what happened.
"""

import os
import re
import signal
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress

from drills._ground import DrillFailed, Ground, run
from drills._readers import ADDRESSES, Browser, Readers, answer_to
from drills._town import Town, town
from installer import postmaster, server
from installer.cluster import Cluster

READERS = 6
MOST_LAG = 3
SECONDS = 60.0
MODERATOR, PASSWORD = "moderator", "nur-fuer-diese-Uebung-7"
PRIMARY = ("wal_level=replica", "max_wal_senders=4", "wal_keep_size=256MB")
WAITING = """
    SELECT reference FROM pins_pin WHERE visibility = 'submitted' ORDER BY id LIMIT 1
"""
READS = re.compile(r'^mitmachkarte_reads_total\{server="(\w+)",why="(\w*)"\} (\S+)$')
UP = re.compile(
    r'^mitmachkarte_replica_up\{server="replica_1",state="([^"]+)"\} (\S+)$'
)


def drill(ground: Ground, ends: ExitStack) -> None:
    """Let a standby come, fall behind, go and come back while everybody is there."""
    first = ends.enter_context(ground.server("first", *PRIMARY))
    second = ground.place("second", "hot_standby=on")
    server.delete(second)
    ends.callback(server.delete, second)
    site = town(
        *(ground, first, ground.size(400)),
        rest=0.5,
        DATABASE_REPLICA_URLS=second.url,
        MAPAPP_REPLICA_LAG=str(MOST_LAG),
        MAPAPP_SECOND_FACTOR="false",
        MAPAPP_METRICS_FROM="127.0.0.0/8",
        MAPAPP_METRICS_FOLDER=ground.folder / "metrics",
    )
    here = ends.enter_context(site)
    readers = Readers(here.crowd.port, rest=0.05)
    ends.callback(readers.go_home)
    readers.come(READERS)
    readers.wait_for(len(ADDRESSES))
    ground.must(_reads(here).keys() == {("primary", "away")}, "the first server reads")
    with ground.console.step("A standby is made"):
        _follow(ground, first, second)
        _wait_until(here, "ok")
    _must_read_there(here, readers, "visitors read from the standby")
    _find_own_writes(here, second)
    with ground.console.step("The standby falls behind"):
        ground.ask(second, "SELECT pg_wal_replay_pause()")
        _wait_until(here, "lags")
    before = _reads(here).get(("primary", "late"), 0.0)
    readers.wait_for(len(ADDRESSES))
    ground.must(_reads(here)["primary", "late"] > before, "the first server reads")
    with ground.console.step("It catches up"):
        ground.ask(second, "SELECT pg_wal_replay_resume()")
        _wait_until(here, "ok")
    with ground.console.step("The standby is killed"):
        _kill(second)
        _wait_until(here, "does not answer")
        readers.wait_for(len(ADDRESSES))
    with ground.console.step("It comes back"):
        server.bring_up(second, ground.programs, ground.console)
        _wait_until(here, "ok")
    _must_read_there(here, readers, "visitors read from it again")
    here.crowd.wait_for(here.crowd.wanted)
    readers.go_home()
    here.finish()
    said = ", ".join(f"{what} ({n} times)" for what, n in readers.failures.items())
    ground.must(
        not readers.failures, said or f"{readers.read:,} reads without an error"
    )
    for (name, why), count in sorted(_reads(here).items()):
        ground.console.say(f"  {count:7,.0f} by {name} {why}")


def _follow(ground: Ground, first: Cluster, second: Cluster) -> None:
    server.run_program(
        *(first, ground.programs, "pg_basebackup", "-R"),
        *("-h", first.folder, "-p", "5432", "-U", "app", "-D", second.data),
        *("--checkpoint=fast", "--wal-method=stream"),
    )
    server.bring_up(second, ground.programs, ground.console)


def _find_own_writes(here: Town, second: Cluster) -> None:
    """Publish and support while the standby learns of nothing. Raises DrillFailed."""
    ground, port = here.ground, here.crowd.port
    ground.manage(
        {**here.environ, "DJANGO_SUPERUSER_PASSWORD": PASSWORD},
        *("createsuperuser", "--no-input", "--username", MODERATOR),
        *("--email", "moderator@example.org"),
    )
    moderator = Browser(port)
    moderator.sign_in(MODERATOR, PASSWORD)
    reference = _next_waiting(here)
    page, form = f"/pins/{reference}", f"/moderation/{reference}/"
    read = moderator.get(form)
    ground.ask(second, "SELECT pg_wal_replay_pause()")
    moderator.send(read, form, to="published")
    moderator.get(page)
    ground.must(True, "a moderator sees at once what they published")  # noqa: FBT003 -- reads as a sentence
    said = answer_to(port, page)
    ground.must(said == "200", "whoever got the link finds it, too")
    visitor, support = Browser(port), f"{page}/support"
    visitor.send(visitor.get(support), support, action="support")
    state = visitor.get(f"{support}.json")
    ground.must('"count": 1' in state, "a visitor's support counts for them at once")
    ground.ask(second, "SELECT pg_wal_replay_resume()")


def _next_waiting(here: Town) -> str:
    found: list[str] = []

    def look() -> bool:
        found[:] = here.ask(WAITING).split()
        return bool(found)

    _wait(here.ground, look, "no contribution waits")
    return found[0]


def _must_read_there(here: Town, readers: Readers, what: str) -> None:
    before = _reads(here).get(("replica_1", ""), 0.0)
    readers.wait_for(2 * len(ADDRESSES))
    here.ground.must(_reads(here).get(("replica_1", ""), 0.0) > before, what)


def _kill(place: Cluster) -> None:
    """Kill a server with all its processes, as a machine does that loses its power."""
    running = postmaster.find(place.data)
    if running is None:
        message = "The standby does not run."
        raise DrillFailed(message)
    os.killpg(running.pid, signal.SIGKILL)


def _wait_until(here: Town, state: str) -> None:
    """Return once `/metrics` says so of the standby. Raises DrillFailed."""

    def look() -> bool:
        lines = _metrics(here)
        return any((found := UP.match(line)) and found[1] == state for line in lines)

    _wait(here.ground, look, f"/metrics does not say that the standby {state}")


def _wait(ground: Ground, holds: Callable[[], bool], otherwise: str) -> None:
    began = time.monotonic()
    while not holds():
        ground.must_be_early(began, SECONDS, otherwise)
        time.sleep(0.3)


def _reads(here: Town) -> dict[tuple[str, str], float]:
    found = (READS.match(line) for line in _metrics(here))
    return {(each[1], each[2]): float(each[3]) for each in found if each}


def _metrics(here: Town) -> list[str]:
    with suppress(DrillFailed):
        return Browser(here.crowd.port).get("/metrics").splitlines()
    return []


if __name__ == "__main__":
    sys.exit(run("A server that follows", drill))
