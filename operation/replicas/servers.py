"""Which replicas there are, and which of them may be asked at this moment.

A thread for each server asks once a second where it is in the write-ahead log; requests
only look at what is known and never wait for that. A server that hangs gives no answer,
and who has given none for some seconds is left out as one that refuses.
"""

import logging
import os
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache, cached_property
from itertools import cycle
from typing import Any, Protocol

import psycopg
from django.conf import settings
from django.db import DatabaseError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import InterfaceError

from operation.pooling import alone
from operation.replicas.positions import Positions
from operation.replicas.switching import hang_up

EVERY = 1.0
# After so many seconds without an answer it counts for nothing that there was one.
STALE = 4.0
# After so many nobody waits any longer for what was asked there before.
HANGS = 10.0
# For how long one is left out after a request has failed there.
REST = 5.0
POSITION = "SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint"
# A primary has replayed nothing, and may be written to by others.
REPLAYED = """
    SELECT CASE WHEN pg_is_in_recovery()
        THEN pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0')::bigint END
"""
logger = logging.getLogger("mapapp.replicas")


class State(StrEnum):
    """What is known of a replica."""

    READY = "ok"
    SILENT = "does not answer"
    LATE = "lags"
    PRIMARY = "is no standby"


@dataclass
class Replica:
    """One of them, by the alias of its connections; times by time.monotonic()."""

    alias: str
    position: int | None = None
    answered: float = field(default=-STALE)
    rests_until: float = 0.0

    def state(self, now: float, lag: float | None) -> State:
        """Tell how it is; the lag in seconds, None where it is not known."""
        if now - self.answered > STALE or now < self.rests_until:
            return State.SILENT
        if self.position is None:
            return State.PRIMARY
        is_late = lag is None or lag > settings.REPLICA_LAG
        return State.LATE if is_late else State.READY


@dataclass(frozen=True)
class Choice:
    """The alias of a replica to ask; none, and why."""

    alias: str | None
    why: str


class Asks(Protocol):
    """What asks a server a statement with one answer; raises DatabaseError."""

    def __call__(self, statement: str) -> int | None: ...


class Servers:
    """The primary and its replicas, as this process knows them."""

    def __init__(self, aliases: list[str]) -> None:
        self.positions = Positions()
        self.replicas = {alias: Replica(alias) for alias in aliases}
        self._turn = cycle(aliases)
        self._lock = threading.Lock()

    def choose(self, least: int) -> Choice:
        """Return a replica that may be asked and has come to a position, in turns."""
        states, now = [], time.monotonic()
        for _ in self.replicas:
            with self._lock:
                replica = self.replicas[next(self._turn)]
            states.append(self.state_of(replica, now))
            if states[-1] == State.READY:
                if (replica.position or 0) >= least:
                    return Choice(replica.alias, "")
                states[-1] = "own"
        # The one that comes closest to being asked.
        reasons = {"own": "own", State.LATE: "late"}
        why = next((said for state, said in reasons.items() if state in states), "away")
        return Choice(None, why)

    def state_of(self, replica: Replica, now: float) -> str:
        """Tell how a replica is at a moment."""
        return replica.state(now, self.lag_of(replica, now))

    def lag_of(self, replica: Replica, now: float) -> float | None:
        """Return its lag in seconds; None where it is not known."""
        if replica.position is None:
            return None
        return self.positions.lag(replica.position, now)

    def rest(self, alias: str) -> None:
        """Leave a replica out for some seconds: a request has failed there."""
        self.replicas[alias].rests_until = time.monotonic() + REST
        logger.warning("A replica failed: %s", alias)

    def look_at_primary(self, ask: Asks) -> None:
        """Note where the primary is. Raises DatabaseError."""
        moment = time.monotonic()
        position = ask(POSITION)
        if position is not None:
            self.positions.note(position, moment)

    def hanging(self, now: float) -> list[str]:
        """Return the replicas that have answered before, and not for long now."""
        return [
            replica.alias
            for replica in self.replicas.values()
            if replica.answered > 0 and now - replica.answered > HANGS
        ]

    def look_at(self, alias: str, ask: Asks, refresh: Callable[[], object]) -> None:
        """Note where a replica is; `refresh` mends what was broken meanwhile.

        Raises DatabaseError.
        """
        replica, now = self.replicas[alias], time.monotonic()
        position = ask(REPLAYED)
        if now - replica.answered > STALE or now < replica.rests_until:
            # Before anybody is sent there: its connections may be of former times.
            refresh()
        replica.position, replica.answered = position, time.monotonic()


class _Session:
    """Asks a server by a connection of its own, which is made anew after each failure."""

    def __init__(self, database: Mapping[str, Any]) -> None:
        self._database = dict(database)

    @cached_property
    def _connection(self) -> BaseDatabaseWrapper:
        # Of the thread that asks: Django lets no other use it.
        return alone(self._database)

    def __call__(self, statement: str) -> int | None:
        try:
            with self._connection.cursor() as cursor:
                cursor.execute(statement)
                ((said,),) = cursor.fetchall()
        except (DatabaseError, InterfaceError):
            self._connection.close()
            raise
        return None if said is None else int(said)


@cache
def servers() -> Servers:
    """Return what this process knows; nobody looks before `watch` was called."""
    return Servers(list(settings.DATABASE_REPLICAS))


def watch() -> None:
    """Begin to look, in threads of this process, where nobody does yet."""
    with _beginning:
        if os.getpid() not in _watched:
            _watched.add(os.getpid())
            _begin()


_beginning = threading.Lock()
# Of the process that looks; what was forked from it has no thread.
_watched: set[int] = set()


def _begin() -> None:
    known = servers()
    _look_in_a_thread("primary", known.look_at_primary, settings.DATABASES["default"])
    threading.Thread(target=_keep_hanging_up, args=(known,), daemon=True).start()
    for alias, database in settings.DATABASE_REPLICAS.items():
        _look_in_a_thread(alias, _looking_at(known, alias), database)


def _look_in_a_thread(
    name: str, look: Callable[[Asks], None], database: Mapping[str, Any]
) -> None:
    arguments = (name, look, _Session(database))
    threading.Thread(target=_keep_looking, args=arguments, daemon=True).start()


def _looking_at(known: Servers, alias: str) -> Callable[[Asks], None]:
    def look(ask: Asks) -> None:
        known.look_at(alias, ask, lambda: _refresh(alias))

    return look


def _refresh(alias: str) -> None:
    """Replace the connections of the pool that are broken, and open it where it is new."""
    pool = connections[alias].pool  # type: ignore[attr-defined]  # of the PostgreSQL backend alone
    pool.open()
    pool.check()


def _keep_looking(name: str, look: Callable[[Asks], None], ask: Asks) -> None:
    was_well = True
    while True:
        is_well = look_once(look, ask)
        if is_well != was_well:
            said = "answers again" if is_well else "does not answer"
            logger.warning("A server of the database %s: %s", said, name)
        was_well = is_well
        time.sleep(EVERY)


def _keep_hanging_up(known: Servers) -> None:
    while True:
        time.sleep(EVERY)
        for alias in known.hanging(time.monotonic()):
            hang_up(alias)


def look_once(look: Callable[[Asks], None], ask: Asks) -> bool:
    """Look at a server; tell whether it answered."""
    try:
        look(ask)
    except (DatabaseError, InterfaceError, psycopg.Error):
        return False
    return True
