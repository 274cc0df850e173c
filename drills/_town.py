"""A whole site with residents, in which things go wrong: what the drills of faults share."""

import http.client
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path

from drills._ground import DrillFailed, Ground, since
from drills._post import Post, free_port
from drills._proxy import Proxy
from drills._site import Site
from drills._visitors import ORIGIN, Crowd, connect
from installer.cluster import Cluster

VISITORS = 6
SECONDS_FOR_PAGES = 120.0
# A job whose worker was killed is taken up after a minute, a mail after five at most.
SECONDS_FOR_JOBS = 480.0
# All come from one address.
NO_LIMITS = "pin=99999,pin-unproven=99999,pin-day=99999,export=99999,places=99999"
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
    # Contributions that nobody of the crowd has sent.
    others: frozenset[str] = frozenset()
    _began: float = field(default_factory=time.monotonic)

    def at(self, share: float, title: str, act: Callable[[], object]) -> None:
        """Once a share of the contributions has been thanked for, do something."""
        self.crowd.wait_for(int(self.crowd.wanted * share))
        with self.ground.console.step(title):
            act()

    def ask(self, statement: str) -> str:
        """Return what the database answers to a statement. Raises DrillFailed."""
        return self.ground.ask(self.place, statement)

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
            wait_for(self.crowd, page)
        self.ground.must(True, f"{len(PAGES)} pages are back after {since(began)}")  # noqa: FBT003 -- reads as a sentence

    def _find_contributions(self) -> None:
        rows = self.ask(KEYS).splitlines()
        kept = {key: int(count) for key, count in (row.split("|") for row in rows)}
        kept = {key: kept[key] for key in kept.keys() - self.others}
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
        while self.ask(UNDONE) != "0" and _is_early(began):
            time.sleep(0.5)
        self.ground.must(self.ask(UNDONE) == "0", "no job is left waiting")


@contextmanager
def town(
    ground: Ground,
    place: Cluster,
    contributions: int,
    *,
    rest: float = 0.0,
    behind: Proxy | None = None,
    **environ: str | Path,
) -> Iterator[Town]:
    """Make a city on a server, open its site and mails, and let residents send.

    `rest` is for how many seconds each of them does nothing between two contributions.
    With a proxy `behind` which the site is there are two instances, as by the units, and
    all come by HTTPS. `environ` is what differs in the environment of the site.
    """
    post, port = Post(), behind.port if behind else free_port()
    all_of_it = ground.environ(
        place,
        **_reached_by(port, behind),
        MAPAPP_MAIL_FOLDER="",
        MAPAPP_SMTP_URL=f"smtp://127.0.0.1:{post.port}",
        MAPAPP_LIMITS=NO_LIMITS,
    ) | {name: str(value) for name, value in environ.items()}
    # Whatever this site's clock and servers are, the city is like all others.
    plain = ground.environ(place, DATABASE_URL=all_of_it["DATABASE_URL"])
    ground.load_city(plain, demo=False)
    post.open()
    crowd = Crowd(port, contributions, rest, behind.certificate if behind else None)
    sockets = behind.sockets if behind else ()
    try:
        with (
            behind or nullcontext(),
            Site(all_of_it, ground.logs, sockets) as site,
        ):
            wait_for(crowd, "/readyz")
            crowd.send(VISITORS)
            yield Town(ground, place, all_of_it, site, post, crowd)
    finally:
        crowd.go_home()
        post.close()


def _is_early(began: float) -> bool:
    return time.monotonic() - began < SECONDS_FOR_JOBS


def _reached_by(port: int, behind: Proxy | None) -> dict[str, str]:
    """Return the settings that say where the site is, and what is in front of it."""
    if behind is None:
        address = f"127.0.0.1:{port}"
        return {
            "WEB_BIND": address,
            "WEB_WORKERS": "2",
            "MAPAPP_BASE_URL": f"http://{address}",
        }
    return {
        "MAPAPP_BASE_URL": ORIGIN,
        "MAPAPP_ALLOWED_HOSTS": "127.0.0.1",
        "MAPAPP_HTTPS": "true",
        "MAPAPP_BEHIND_PROXY": "true",
        # Visitors have other addresses of this machine.
        "MAPAPP_TRUSTED_PROXIES": "::1",
    }


def wait_for(crowd: Crowd, path: str) -> None:
    """Return once a page is there, wherever the site is. Raises DrillFailed."""
    for host in crowd.hosts:
        began = time.monotonic()
        while (status := _status_of(crowd, host, path)) != http.client.OK:
            if time.monotonic() - began > SECONDS_FOR_PAGES:
                message = f"{path} still answers {status}."
                raise DrillFailed(message)
            time.sleep(0.2)


def _status_of(crowd: Crowd, host: str, path: str) -> int:
    connection = connect(crowd.port, crowd.certificate, host=host)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()
