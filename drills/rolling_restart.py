"""A release is taken over and given back while residents go on: `./run drill rolling_restart`.

nginx is in front of two instances, as `deploy/` has them. While residents read and send,
each program is restarted as docs/operation.md says it, forth and back. Not one request may
fail, and each contribution must be there exactly once.
"""

import socket
import sys
import time
from contextlib import ExitStack
from pathlib import Path

from drills._ground import DrillFailed, Ground, run
from drills._guests import Guests, Visit
from drills._proxy import Proxy, demand_nginx
from drills._town import Town, town

# Residents keep the site busy, and leave the machine room to start programs.
REST = 0.5
SECONDS_TO_ANSWER = 90.0


def drill(ground: Ground, ends: ExitStack) -> None:
    """Restart everything twice while residents read and send."""
    place = ends.enter_context(ground.server("first"))
    proxy = Proxy(ground.folder, ground.static)
    site = town(ground, place, sys.maxsize, rest=REST, behind=proxy)
    here = ends.enter_context(site)
    guests = ends.enter_context(Guests(here.crowd))
    _take_over(here, proxy)
    if not ground.is_short:
        _give_back(here, proxy)
        _take_over(here, proxy)
    visit = guests.so_far()
    here.crowd.send_no_more()
    here.finish()
    _look(here, visit, proxy)


def _take_over(here: Town, proxy: Proxy) -> None:
    """Do what docs/operation.md says for a new release."""
    with here.ground.console.step("Taking over a release"):
        here.ground.manage(here.environ, "check_upgrade")
        here.ground.manage(here.environ, "migrate", "--no-input")
        here.site.restart("worker")
        _restart_both(here, proxy)


def _give_back(here: Town, proxy: Proxy) -> None:
    with here.ground.console.step("Going back to the old one"):
        _restart_both(here, proxy)
        here.site.restart("worker")


def _restart_both(here: Town, proxy: Proxy) -> None:
    for number, door in enumerate(proxy.sockets, 1):
        here.site.restart(f"web@{number}")
        _wait_until_it_answers(here.ground, door)


def _wait_until_it_answers(ground: Ground, door: Path) -> None:
    began = time.monotonic()
    while not _answers(door):
        ground.must_be_early(began, SECONDS_TO_ANSWER, f"{door.name} does not answer")
        time.sleep(0.1)


def _answers(door: Path) -> bool:
    """Ask as `curl --unix-socket` does."""
    try:
        with socket.socket(socket.AF_UNIX) as wire:
            wire.settimeout(SECONDS_TO_ANSWER)
            wire.connect(str(door))
            wire.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            return wire.recv(64).startswith(b"HTTP/1.1 200")
    except OSError:
        return False


def _look(here: Town, visit: Visit, proxy: Proxy) -> None:
    here.ground.console.say(
        f"  {len(visit.seconds):,} pages were read; the slowest took {visit.slowest:.1f} s"
    )
    again = here.crowd.attempts - here.crowd.wanted
    if visit.failures or again:
        here.ground.console.say(proxy.errors()[-3000:])
        message = f"{again} forms had to be sent again; {visit.failures[:5]}"
        raise DrillFailed(message)
    here.ground.must(True, "not one request has failed")  # noqa: FBT003 -- reads as a sentence


if __name__ == "__main__":
    demand_nginx()
    sys.exit(run("Restarts that nobody notices", drill))
