"""Somebody who asks each machine of a database all the time whether it leads."""

import threading
import time
from dataclasses import dataclass, field
from typing import Self

import psycopg

# Seconds between two rounds.
PAUSE = 0.1
SECONDS_TO_CONNECT = 2
LEADS = "SELECT NOT pg_is_in_recovery()"


@dataclass
class Witness:
    """Looks at all machines at once, by sockets that no cut of the network concerns."""

    # How each machine is reached, by its name: what psycopg.connect takes.
    addresses: dict[str, str]
    rounds: int = 0
    # Moments at which two led.
    two_leaders: list[str] = field(default_factory=list)
    # Who led, and since when (time.monotonic()).
    reigns: list[tuple[float, str]] = field(default_factory=list)
    # When a machine was last seen to lead.
    last_seen: dict[str, float] = field(default_factory=dict)
    _known: dict[str, "psycopg.Connection[tuple[bool]]"] = field(default_factory=dict)
    _ends: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ends.set()
        if self._thread:
            self._thread.join()
        for connection in self._known.values():
            connection.close()

    @property
    def leader(self) -> str:
        """Return who led last; empty before anybody did."""
        return self.reigns[-1][1] if self.reigns else ""

    def _watch(self) -> None:
        while not self._ends.wait(PAUSE):
            leaders = [name for name in self.addresses if self._leads(name)]
            # One may have given up before the other began: who led first is asked again.
            if len(leaders) > 1 and self._leads(leaders[0]):
                self.two_leaders.append(" and ".join(leaders))
            for name in leaders:
                self.last_seen[name] = time.monotonic()
                if name != self.leader:
                    self.reigns.append((time.monotonic(), name))
            self.rounds += 1

    def _leads(self, name: str) -> bool:
        try:
            connection = self._known.get(name) or psycopg.connect(
                self.addresses[name],
                autocommit=True,
                connect_timeout=SECONDS_TO_CONNECT,
            )
            self._known[name] = connection
            row = connection.execute(LEADS).fetchone()
        except psycopg.Error:
            if known := self._known.pop(name, None):
                known.close()
            return False
        return bool(row and row[0])


@dataclass
class Insister:
    """Asks one machine to write, whatever it says, and counts what it promises to keep.

    No proxy leads it elsewhere: it asks a leader that is cut off, and nobody else.
    """

    address: str
    statement: str
    tried: int = 0
    promised: int = 0
    _ends: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def begin(self) -> None:
        """Ask until end() is called."""
        self._thread = threading.Thread(target=self._insist, daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Ask no more."""
        self._ends.set()
        if self._thread:
            self._thread.join()

    def _insist(self) -> None:
        while not self._ends.is_set():
            self.tried += 1
            try:
                with psycopg.connect(
                    self.address, connect_timeout=SECONDS_TO_CONNECT
                ) as connection:
                    connection.execute(self.statement.encode())
            except psycopg.Error:
                self._ends.wait(PAUSE)
            else:
                self.promised += 1
