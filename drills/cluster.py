"""A database of three machines loses its leader: `./run drill cluster`.

Three machines with etcd, Patroni and PostgreSQL and two of the web, each a network namespace,
are set up by the files of `deploy/cluster/`. While residents send contributions the leader is
killed, cut off from the others (one machine of the web still reaches it), switched by hand,
and a member of etcd and the second machine are lost. Each time writes have to be back within
30 seconds without a hand, there is never a second leader, and at the end each contribution
that was thanked for is on each of the machines, once.
"""

import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from drills._alone import PROCESSES, be_alone
from drills._fleet import Fleet, a_fleet
from drills._ground import Ground, run, since
from drills._lan import OUTSIDE
from drills._nodes import DATABASES, NAME, WEBS, Database, Web, wait_until
from drills._post import Post, free_port
from drills._site import Site
from drills._town import KEYS, NO_LIMITS, VISITORS, Town, wait_for
from drills._visitors import Crowd
from drills._witness import Insister
from installer.commands import LEFT_OUT

PACKAGES = {
    "etcd": "etcd-server",
    "haproxy": "haproxy",
    "pgbouncer": "pgbouncer",
}
# The promise. The rest is for a machine that is busy with other things.
SECONDS_TO_WRITE = 30.0
SECONDS_TO_REJOIN = 120.0
SECONDS_CUT = 20.0
# Seconds that each resident rests between two contributions.
REST, SHORT_REST = 1.0, 3.0
# More than anybody can send meanwhile.
WITHOUT_END = 100_000
MAKE_PROBE = "CREATE TABLE drill_probe (number integer)"
PROBE = "INSERT INTO drill_probe VALUES (1)"


@dataclass(kw_only=True)
class Capital(Town):
    """A town whose database is a fleet of machines."""

    fleet: Fleet

    def ask(self, statement: str) -> str:
        """Return what the leader answers, as psql writes it. Raises DrillFailed."""
        rows = self.fleet.leader.ask(statement)
        return "\n".join("|".join(map(str, row)) for row in rows)


def drill(ground: Ground, ends: ExitStack) -> None:
    """Let one thing after the other happen, and look each time."""
    fleet = ends.enter_context(a_fleet(ground))
    here = ends.enter_context(_capital(ground, fleet))
    began = time.monotonic()
    Trial(ground, fleet, here).run()
    ground.console.say(f"  {since(began)} in all")


@dataclass
class Trial:
    """What happens to the machines, while residents send contributions."""

    ground: Ground
    fleet: Fleet
    town: Capital

    def run(self) -> None:
        """Let everything happen that the form of the drill has. Raises DrillFailed."""
        self._kill_the_leader()
        self._cut_the_leader_off()
        if not self.ground.is_short:
            self._lose_the_second()
            self._lose_a_member_of_etcd()
            self._switch_over()
        self.town.crowd.send_no_more()
        self.town.finish()
        self._find_everywhere()
        self._find_one_leader()

    def _kill_the_leader(self) -> None:
        former = self.fleet.leader
        self._survive(
            f"Killing Patroni and PostgreSQL of {former.name}, which leads",
            lambda: former.kill("patroni"),
        )
        self._rejoin(former, former.start_patroni)

    def _cut_the_leader_off(self) -> None:
        former, witness = self.fleet.leader, self.fleet.witness
        apart = [*(one.name for one in self.fleet.others), "web2"]
        insister = Insister(former.address, PROBE)

        def cut() -> None:
            self.fleet.lan.cut(former.name, apart)
            insister.begin()

        began = self._survive(
            f"Cutting {former.name}, which leads, off from {', '.join(apart)}", cut
        )
        time.sleep(max(0.0, began + SECONDS_CUT - time.monotonic()))
        gave_up, took_over = witness.last_seen[former.name], witness.reigns[-1][0]
        self._must(
            gave_up < took_over,
            f"{former.name} gave up {gave_up - began:.1f} s after it was cut off, "
            f"{took_over - gave_up:.1f} s before {self.fleet.leader.name} led",
        )
        self._rejoin(former, self.fleet.lan.mend)
        insister.end()
        self._must(
            insister.promised == 0,
            f"of {insister.tried} writes that it was asked for meanwhile it promised none",
        )

    def _lose_the_second(self) -> None:
        second = self.fleet.second()
        apart = [name for name in self.fleet.lan.addresses if name != second.name]
        self._survive(
            f"Cutting {second.name}, for which commits wait, off from everybody",
            lambda: self.fleet.lan.cut(second.name, apart),
            leads_on=True,
        )
        self._rejoin(second, self.fleet.lan.mend)

    def _lose_a_member_of_etcd(self) -> None:
        lost = self.fleet.leader
        self._survive(
            f"Killing the member of etcd on {lost.name}, which leads",
            lambda: lost.kill("etcd"),
            leads_on=True,
        )
        self._rejoin(lost, lost.start_etcd)

    def _switch_over(self) -> None:
        former, second = self.fleet.leader, self.fleet.second()
        self._survive(
            f"Switching over from {former.name} to {second.name} by patronictl",
            lambda: second.switch_over(former.name, second.name),
        )
        self._rejoin(former, lambda: None)

    def _survive(
        self, title: str, act: Callable[[], object], *, leads_on: bool = False
    ) -> float:
        """Do something in the middle of contributions, and wait until they go on.

        Returns when that was, by time.monotonic().
        """
        crowd, witness = self.town.crowd, self.fleet.witness
        crowd.wait_for(len(crowd.thanked) + VISITORS)
        before, began = witness.leader, time.monotonic()
        with self.ground.console.step(title):
            act()
            if not leads_on:
                wait_until(
                    lambda: witness.leader != before,
                    2 * SECONDS_TO_WRITE,
                    "nobody else leads",
                )
            crowd.wait_for(len(crowd.thanked) + 2 * VISITORS)
        pause = crowd.longest_pause(began)
        self._must(
            pause < SECONDS_TO_WRITE,
            f"writes were back after {pause:.1f} s, led by {witness.leader}",
        )
        return began

    def _rejoin(self, node: Database, act: Callable[[], object]) -> None:
        """Bring something back, and wait until all three machines work together."""
        length = node.log.stat().st_size
        with self.ground.console.step(f"Bringing {node.name} back"):
            act()
            took = wait_until(
                self.fleet.is_whole,
                SECONDS_TO_REJOIN,
                f"the three are not whole: {self.fleet.leader.members()}",
            )
        with node.log.open(encoding="utf-8", errors="replace") as log:
            log.seek(length)
            how = _how_it_came_back(log.read())
        self.ground.console.say(f"  {node.name} was back after {took:.1f} s{how}")

    def _find_everywhere(self) -> None:
        leader = self.fleet.leader
        keys = sorted(leader.ask(KEYS))
        [[position]] = leader.ask("SELECT pg_current_wal_lsn()")
        for node in self.fleet.others:
            wait_until(
                lambda node=node: (
                    node.ask(f"SELECT pg_last_wal_replay_lsn() >= '{position}'")
                    == [(True,)]
                ),
                SECONDS_TO_REJOIN,
                f"{node.name} is still behind",
            )
            self._must(sorted(node.ask(KEYS)) == keys, f"{node.name} has the same")

    def _find_one_leader(self) -> None:
        witness = self.fleet.witness
        reigns = " → ".join(name for _since, name in witness.reigns)
        self._must(
            not witness.two_leaders,
            f"in {witness.rounds:,} rounds nobody has seen two leaders ({reigns})",
        )
        self._must(self.fleet.is_whole(), "all three are on one timeline")
        self._must(not self.fleet.ended(), "no program has ended by itself")

    def _must(self, holds: bool, what: str) -> None:  # noqa: FBT001 -- reads as a sentence
        self.ground.must(holds, what)


def _how_it_came_back(log: str) -> str:
    if "bootstrapped from leader" in log:
        return ", copied anew"
    if "running pg_rewind" in log:
        return ", by pg_rewind"
    return ""


@contextmanager
def _capital(ground: Ground, fleet: Fleet) -> Iterator[Capital]:
    """Make a city, open its site on both machines of the web, and let residents send."""
    port, post = free_port(), Post(OUTSIDE)
    place = ground.place("none")
    environ = ground.environ(place, **_settings(ground, fleet, port, post))
    with fleet.webs["web1"].machine.inside():
        ground.load_city(environ, demo=False)
    fleet.leader.do(MAKE_PROBE)
    post.open()
    rest = SHORT_REST if ground.is_short else REST
    crowd = Crowd(port, WITHOUT_END, rest, hosts=tuple(WEBS.values()))
    try:
        with ExitStack() as ends:
            sites = [
                ends.enter_context(_site(ground, web, environ, port))
                for web in fleet.webs.values()
            ]
            wait_for(crowd, "/readyz")
            crowd.send(VISITORS)
            yield Capital(ground, place, environ, sites[0], post, crowd, fleet=fleet)
    finally:
        crowd.go_home()
        post.close()


def _settings(ground: Ground, fleet: Fleet, port: int, post: Post) -> dict[str, str]:
    """Return the environment of the site, the same on both machines."""
    password = fleet.leader.values["SITE_PASSWORD"]
    role = f"postgis://{NAME}:{password}"
    each = [f"{role}@{address}/{NAME}" for address in DATABASES.values()]
    return {
        # By HAProxy, and for pages by PgBouncer as well; both are on the machine itself.
        "DATABASE_URL": f"{role}@127.0.0.1:5000/{NAME}",
        "DATABASE_POOLER_URL": f"{role}@127.0.0.1:6432/{NAME}",
        "DATABASE_REPLICA_URLS": ",".join(each),
        "WEB_WORKERS": "2",
        "MAPAPP_BASE_URL": f"http://{WEBS['web1']}:{port}",
        # A demo answers to its own machine alone.
        "MAPAPP_DEMO": "false",
        "MAPAPP_DEBUG": "false",
        "MAPAPP_HTTPS": "false",
        "MAPAPP_ALLOWED_HOSTS": ",".join(WEBS.values()),
        "MAPAPP_MAIL_FOLDER": "",
        "MAPAPP_SMTP_URL": f"smtp://{OUTSIDE}:{post.port}",
        "MAPAPP_LIMITS": NO_LIMITS,
    }


def _site(ground: Ground, web: Web, environ: dict[str, str], port: int) -> Site:
    logs = ground.logs / web.name
    logs.mkdir()
    bind = {"WEB_BIND": f"{WEBS[web.name]}:{port}"}
    return Site({**environ, **bind}, logs, machine=web.machine.inside)


def _leave_out_where_something_is_missing() -> None:
    missing = [name for tool, name in PACKAGES.items() if shutil.which(tool) is None]
    if not list(Path("/usr/lib/postgresql").glob("*/lib/postgis-3.so")):
        missing.append("postgresql-postgis")
    if missing:
        words = " ".join(missing)
        sys.stdout.write(f"\nLeft out: this drill needs apt install {words}\n")
        sys.exit(LEFT_OUT)


if __name__ == "__main__":
    _leave_out_where_something_is_missing()
    be_alone("--net", *PROCESSES)
    sys.exit(run("A database of three machines that loses its leader", drill))
