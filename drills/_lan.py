"""Several machines on one network, which can be kept apart from each other."""

from contextlib import ExitStack
from typing import Self

from drills._alone import Machine, ip

OUTSIDE = "10.78.0.1"
NETWORK = "10.78.0.0/24"
# A card that nobody has: what is sent there is lost without a word.
NOBODY = "02:00:00:00:00:ff"


class Lan:
    """A switch with machines, and us outside at `OUTSIDE`.

    `addresses` are the machines by their names, all within `NETWORK`.
    """

    def __init__(self, addresses: dict[str, str]) -> None:
        self.addresses = addresses
        self.machines = {name: Machine() for name in addresses}
        self._cut: set[tuple[str, str]] = set()
        self._ends = ExitStack()

    def __enter__(self) -> Self:
        ip("link", "set", "lo", "up")
        ip("link", "add", "lan", "type", "bridge")
        ip("address", "add", f"{OUTSIDE}/24", "dev", "lan")
        ip("link", "set", "lan", "up")
        with ExitStack() as ends:
            for name, machine in self.machines.items():
                ends.enter_context(machine)
                self._plug_in(name, machine)
            self._ends = ends.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._ends.close()

    def cut(self, name: str, others: list[str]) -> None:
        """Let nothing through between a machine and others, without a word to anybody."""
        for here, there in [(name, other) for other in others]:
            self._lead_astray(here, there)
            self._lead_astray(there, here)

    def mend(self) -> None:
        """Let everything through."""
        for here, there in self._cut:
            with self.machines[here].inside():
                ip("neighbour", "del", self.addresses[there], "dev", "eth0")
        self._cut.clear()

    def _plug_in(self, name: str, machine: Machine) -> None:
        end = ("type", "veth", "peer", "name", "eth0", "netns", str(machine.pid))
        ip("link", "add", name, *end)
        ip("link", "set", name, "master", "lan", "up")
        with machine.inside():
            ip("address", "add", f"{self.addresses[name]}/24", "dev", "eth0")
            ip("link", "set", "eth0", "up")

    def _lead_astray(self, here: str, there: str) -> None:
        with self.machines[here].inside():
            ip(
                *("neighbour", "replace", self.addresses[there], "lladdr", NOBODY),
                *("dev", "eth0", "nud", "permanent"),
            )
        self._cut.add((here, there))
