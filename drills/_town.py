"""A whole site with residents, in which things go wrong: what the drills of faults share."""

import http.client
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from drills._ground import DrillFailed, Ground, since
from drills._post import Post, free_port
from drills._site import Site
from drills._visitors import Crowd
from installer.cluster import Cluster

VISITORS = 6
SECONDS_FOR_PAGES = 120.0
# A job whose worker was killed is taken up after a minute, a mail after five at most.
SECONDS_FOR_JOBS = 480.0
NO_LIMITS = "pin=99999,pin-unproven=99999,pin-day=99999"
PAGES = ("/", "/readyz", "/pins/new", "/ogc/v1/collections/pins/items?limit=10")
KEYS = "SELECT idempotency_key, count(*) FROM pins_pin GROUP BY 1"
# What waits for its hour counts only where that is past.
UNDONE = """
    SELECT count(*) FROM procrastinate_jobs
    WHERE status IN ('todo', 'doing') AND (scheduled_at IS NULL OR scheduled_at < now())
"""


@dataclass
class Town:
    """A site on a database server of its own, its mail server, and who sends what."""

    ground: Ground
    place: Cluster
    environ: dict[str, str]
    site: Site
    post: Post
    crowd: Crowd
    _began: float = field(default_factory=time.monotonic)

    def at(self, share: float, title: str, act: Callable[[], object]) -> None:
        """Once a share of the contributions has been thanked for, do something."""
        self.crowd.wait_for(int(self.crowd.wanted * share))
        with self.ground.console.step(title):
            act()

    def finish(self) -> None:
        """Wait until all is sent, and find everything as it has to be. Raises DrillFailed."""
        self.crowd.wait_for(self.crowd.wanted)
        self.ground.console.say(
            f"  {self.crowd.wanted:,} contributions thanked for in {since(self._began)}, "
            f"after {self.crowd.attempts:,} attempts; the slowest took "
            f"{self.crowd.slowest:.1f} s"
        )
        self._find_pages()
        self._find_contributions()
        self._find_mails()
        self._find_nothing_waiting()

    def _find_pages(self) -> None:
        began = time.monotonic()
        for page in PAGES:
            _wait_for(self.crowd.port, page)
        self.ground.must(True, f"{len(PAGES)} pages are back after {since(began)}")  # noqa: FBT003 -- reads as a sentence

    def _find_contributions(self) -> None:
        rows = self.ground.ask(self.place, KEYS).splitlines()
        kept = {key: int(count) for key, count in (row.split("|") for row in rows)}
        thanked, must = self.crowd.thanked, self.ground.must
        must(thanked <= kept.keys(), f"each of {len(thanked):,} thanked for is there")
        must(set(kept.values()) == {1}, "each of them once")
        must(len(kept) == self.crowd.wanted, "and no other")

    def _find_mails(self) -> None:
        wanted, began = self.crowd.wanted, time.monotonic()
        while len(self.post.got) < wanted and _is_early(began):
            time.sleep(0.5)
        self.ground.must(
            len(self.post.got) == wanted, f"all {wanted:,} authors have got their mail"
        )
        # SMTP cannot tell a mail that was lost from thanks that were.
        twice = sum(1 for count in self.post.got.values() if count > 1)
        self.ground.console.say(
            f"  {twice} of them twice, {since(began)} after the last form"
        )

    def _find_nothing_waiting(self) -> None:
        began = time.monotonic()
        while self.ground.ask(self.place, UNDONE) != "0" and _is_early(began):
            time.sleep(0.5)
        self.ground.must(
            self.ground.ask(self.place, UNDONE) == "0", "no job is left waiting"
        )


@contextmanager
def town(
    ground: Ground,
    place: Cluster,
    contributions: int,
    *,
    rest: float = 0.0,
    **environ: str | Path,
) -> Iterator[Town]:
    """Make a city on a server, open its site and mails, and let residents send.

    `rest` is for how many seconds each of them does nothing between two contributions;
    `environ` is what differs in the environment of the site.
    """
    post, port = Post(), free_port()
    all_of_it = ground.environ(
        place,
        WEB_BIND=f"127.0.0.1:{port}",
        WEB_WORKERS="2",
        MAPAPP_BASE_URL=f"http://127.0.0.1:{port}",
        MAPAPP_MAIL_FOLDER="",
        MAPAPP_SMTP_URL=f"smtp://127.0.0.1:{post.port}",
        MAPAPP_LIMITS=NO_LIMITS,
        MAPAPP_STATIC_ROOT=ground.folder / "static",
        **environ,
    )
    ground.load_city(all_of_it, demo=False)
    ground.manage(all_of_it, "collectstatic", "--no-input")
    post.open()
    crowd = Crowd(port, contributions, rest)
    try:
        with Site(all_of_it, ground.checkout.logs) as site:
            _wait_for(port, "/readyz")
            crowd.send(VISITORS)
            yield Town(ground, place, all_of_it, site, post, crowd)
    finally:
        crowd.go_home()
        post.close()


def _is_early(began: float) -> bool:
    return time.monotonic() - began < SECONDS_FOR_JOBS


def _wait_for(port: int, path: str) -> None:
    began = time.monotonic()
    while (status := _status_of(port, path)) != http.client.OK:
        if time.monotonic() - began > SECONDS_FOR_PAGES:
            message = f"{path} still answers {status}."
            raise DrillFailed(message)
        time.sleep(0.2)


def _status_of(port: int, path: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()
