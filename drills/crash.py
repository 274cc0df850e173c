"""Everything is killed while residents send contributions: `./run drill crash`.

The web server, the worker and PostgreSQL are killed (SIGKILL) and PostgreSQL is restarted
while 1,000 forms are on their way, with a mail server that is away for a while. Residents
send again what they were not thanked for. Afterwards each contribution that was thanked
for must be there exactly once, each author must have got the mail that asks them to
confirm their address, and the pages must be back, all without a hand.
"""

import os
import signal
import socket
import sys
import time
from collections import Counter
from contextlib import ExitStack
from email import message_from_bytes
from typing import Any

from aiosmtpd.controller import Controller

from drills._ground import DrillFailed, Ground, run, since
from drills._site import Site
from drills._visitors import Crowd
from installer import postmaster, server
from installer.cluster import Cluster

PINS, VISITORS = 1_000, 6
# A mail that met no server is tried again after seconds at first.
SECONDS_FOR_MAILS = 180.0
NO_LIMITS = "pin=99999,pin-unproven=99999,pin-day=99999"
KEYS = "SELECT idempotency_key, count(*) FROM pins_pin GROUP BY 1"


class Mailbox:
    """Keeps whom a mail went to."""

    def __init__(self) -> None:
        self.got: Counter[str] = Counter()

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 -- aiosmtpd calls it so
        """Take a mail."""
        mail = message_from_bytes(envelope.content)
        self.got[str(mail["To"])] += 1
        return "250 OK"


def drill(ground: Ground, ends: ExitStack) -> None:
    """Kill one program after the other, and count afterwards."""
    place = ends.enter_context(ground.server("first"))
    port, smtp_port = _free_port(), _free_port()
    environ = ground.environ(
        place,
        WEB_BIND=f"127.0.0.1:{port}",
        WEB_WORKERS="2",
        MAPAPP_BASE_URL=f"http://127.0.0.1:{port}",
        MAPAPP_MAIL_FOLDER="",
        MAPAPP_SMTP_URL=f"smtp://127.0.0.1:{smtp_port}",
        MAPAPP_LIMITS=NO_LIMITS,
        MAPAPP_STATIC_ROOT=ground.folder / "static",
    )
    ground.load_city(environ, demo=False)
    ground.manage(environ, "collectstatic", "--no-input")
    mailbox = Mailbox()
    mails = Controller(mailbox, "127.0.0.1", smtp_port)
    mails.start()
    ends.callback(lambda: mails.stop(no_assert=True))
    site = ends.enter_context(Site(environ, ground.folder))
    crowd = Crowd(port, PINS)
    began = time.monotonic()
    threads = crowd.send(VISITORS)

    _after(ground, crowd, 0.1, "Killing the web server", lambda: site.kill("web"))
    _after(ground, crowd, 0.25, "Killing the worker", lambda: site.kill("worker"))
    _after(ground, crowd, 0.4, "Killing PostgreSQL", lambda: _kill(ground, place))
    _after(
        ground, crowd, 0.55, "Restarting PostgreSQL", lambda: _restart(ground, place)
    )
    _after(ground, crowd, 0.7, "Taking the mail server away", mails.stop)
    crowd.wait_for(PINS)
    for thread in threads:
        thread.join()
    mails = Controller(mailbox, "127.0.0.1", smtp_port)
    mails.start()

    ground.console.say(
        f"  {PINS:,} contributions thanked for in {since(began)}, after "
        f"{crowd.attempts:,} attempts; the slowest took {crowd.slowest:.1f} s"
    )
    _count(ground, place, crowd)
    _wait_for_mails(ground, mailbox)


def _after(ground: Ground, crowd: Crowd, share: float, title: str, act: Any) -> None:
    crowd.wait_for(int(PINS * share))
    with ground.console.step(title):
        act()


def _kill(ground: Ground, place: Cluster) -> None:
    running = postmaster.find(place.data)
    if running is None:
        raise DrillFailed("PostgreSQL is not running.")
    os.kill(running.pid, signal.SIGKILL)
    server.bring_up(place, ground.programs, ground.console)


def _restart(ground: Ground, place: Cluster) -> None:
    postmaster.stop(place.data)
    server.bring_up(place, ground.programs, ground.console)


def _count(ground: Ground, place: Cluster, crowd: Crowd) -> None:
    rows = [line.split("|") for line in ground.ask(place, KEYS).splitlines()]
    kept = {key: int(count) for key, count in rows}
    lost = crowd.thanked - kept.keys()
    ground.must(not lost, f"each of {len(crowd.thanked):,} thanked for is there")
    ground.must(set(kept.values()) == {1}, "each of them once")
    ground.must(len(kept) == PINS, "and no other")


def _wait_for_mails(ground: Ground, mailbox: Mailbox) -> None:
    began = time.monotonic()
    while len(mailbox.got) < PINS and time.monotonic() - began < SECONDS_FOR_MAILS:
        time.sleep(0.5)
    twice = sum(1 for count in mailbox.got.values() if count > 1)
    ground.must(len(mailbox.got) == PINS, f"all {PINS:,} authors have got their mail")
    # SMTP cannot tell a mail that was lost from thanks that were.
    ground.console.say(f"  {twice} of them twice, {since(began)} after the last form")


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


if __name__ == "__main__":
    sys.exit(run("Crash of everything", drill))
