"""A replica for tests: another connection, which sees what the test has written."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
from django.db import connection, connections

from operation.replicas import middleware, servers
from operation.replicas.servers import Servers

ALIAS = "replica_1"
POSITION = 1_000
Failing = Callable[[str], Exception | None]


class Twin:
    """The replica; how many statements it was asked, and how many the primary."""

    def __init__(self, known: Servers) -> None:
        self.known = known
        self.asked: list[str] = []
        self.primary: list[str] = []
        # What fails there, by the statement.
        self.failing: Failing = lambda _statement: None

    @property
    def replica(self) -> servers.Replica:
        return self.known.replicas[ALIAS]

    def forget(self) -> None:
        self.asked.clear()
        self.primary.clear()

    def on_replica(self, execute: Any, sql: str, *rest: Any) -> Any:
        self.asked.append(sql)
        if error := self.failing(sql):
            raise error
        return execute(sql, *rest)

    def on_primary(self, execute: Any, sql: str, *rest: Any) -> Any:
        self.primary.append(sql)
        return execute(sql, *rest)


@contextmanager
def a_replica(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Twin]:
    """Yield a replica that is ready and has come as far as the primary."""
    settings.DATABASE_REPLICAS = {ALIAS: settings.DATABASES["default"]}
    monkeypatch.setattr(middleware, "watch", lambda: None)
    # However slow the machine is that the test runs on.
    monkeypatch.setattr(servers, "STALE", 1e9)
    monkeypatch.setattr(servers, "REST", 1e9)
    servers.servers.cache_clear()
    known = servers.servers()
    twin = Twin(known)
    known.positions.note(POSITION, 0.0)
    twin.replica.position, twin.replica.answered = POSITION, 0.0
    primary = connections["default"]
    other = primary.copy(ALIAS)
    for name in ("connection", "in_atomic_block", "autocommit", "savepoint_ids"):
        setattr(other, name, getattr(connection, name))
    connections[ALIAS] = other
    try:
        with ExitStack() as stack:
            stack.enter_context(primary.execute_wrapper(twin.on_primary))
            stack.enter_context(other.execute_wrapper(twin.on_replica))
            yield twin
    finally:
        other.connection = None
        del connections[ALIAS]
        servers.servers.cache_clear()
