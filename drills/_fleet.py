"""All machines of `deploy/cluster/`, set up as README.md there says."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from drills._ground import DrillFailed, Ground
from drills._lan import Lan
from drills._nodes import (
    DATABASES,
    WEBS,
    Database,
    Web,
    of_machine,
    values,
    wait_until,
)
from drills._witness import Witness

SECONDS_TO_BEGIN = 120.0
FOLLOWERS = "SELECT count(*) FROM pg_stat_replication"
FOLLOWS = {"running", "streaming"}


@dataclass
class Fleet:
    """All machines, and who watches the database."""

    lan: Lan
    databases: dict[str, Database]
    webs: dict[str, Web]
    witness: Witness

    @property
    def leader(self) -> Database:
        """Return the machine that led last."""
        return self.databases[self.witness.leader]

    @property
    def others(self) -> list[Database]:
        """Return the two machines that do not lead."""
        return [one for one in self.databases.values() if one is not self.leader]

    def second(self) -> Database:
        """Return the machine for which commits wait. Raises DrillFailed."""
        members = self.leader.members()
        for one in self.others:
            if members.get(one.name, {}).get("role") == "sync_standby":
                return one
        raise DrillFailed("No machine has been chosen to keep what the leader keeps.")

    def is_whole(self) -> bool:
        """Tell whether all three are there, on one timeline, and two follow the leader."""
        members = self.leader.members()
        timelines = {member.get("timeline") for member in members.values()}
        roles = sorted(member["role"] for member in members.values())
        return (
            roles == ["leader", "replica", "sync_standby"]
            and len(timelines) == 1
            and all(member["state"] in FOLLOWS for member in members.values())
            and self.leader.ask(FOLLOWERS) == [(2,)]
            and all(one.is_in_etcd() for one in self.databases.values())
        )

    def ended(self) -> list[str]:
        """Return the programs that ended though nobody ended them."""
        nodes = [*self.databases.values(), *self.webs.values()]
        return [f"{node.name}: {name}" for node in nodes for name in node.ended()]


@contextmanager
def a_fleet(ground: Ground) -> Iterator[Fleet]:
    """Set the machines up, and stop all of it afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="mitmachkarte-cluster-"))
    folder.chmod(0o711)
    same, logs = values(ground, folder), ground.logs
    try:
        with Lan({**DATABASES, **WEBS}) as lan, ExitStack() as ends:
            databases, webs = {}, {}
            for name in DATABASES:
                machine, place, own = of_machine(name, lan, same)
                databases[name] = Database(name, machine, place, logs, own)
                ends.callback(databases[name].stop)
            for name in WEBS:
                machine, place, own = of_machine(name, lan, same)
                webs[name] = Web(name, machine, place, logs, own)
                ends.callback(webs[name].stop)
            witness = Witness({name: one.address for name, one in databases.items()})
            fleet = Fleet(lan, databases, webs, witness)
            _start(ground, fleet)
            ends.enter_context(witness)
            wait_until(lambda: witness.leader, SECONDS_TO_BEGIN, "nobody leads")
            yield fleet
    finally:
        shutil.rmtree(folder)


def _start(ground: Ground, fleet: Fleet) -> None:
    """Do what README.md says, in its order."""
    databases = list(fleet.databases.values())
    first = databases[0]
    ground.console.say(f"  {first.version()}")
    with ground.console.step("Starting three machines of the database"):
        for node in databases:
            node.start_etcd()
        for node in databases:
            node.start_patroni()
        wait_until(lambda: _follow(first), SECONDS_TO_BEGIN, "the three do not run")
        leaders = [
            name
            for name, member in first.members().items()
            if member["role"] == "leader"
        ]
        leader = fleet.databases[leaders[0]]
        leader.be_told(leader.file("database.sql"))
        for web in fleet.webs.values():
            web.start_proxies()


def _follow(node: Database) -> bool:
    members = node.members()
    states = [member["state"] for member in members.values()]
    roles = [member["role"] for member in members.values()]
    return (
        len(states) == len(DATABASES)
        and set(states) <= FOLLOWS
        and "leader" in roles
        and "sync_standby" in roles
    )
