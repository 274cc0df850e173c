"""Whom this thread asks: the primary, or for one request a replica in its place.

The connection itself is exchanged, not chosen anew for each query: what is written by hand
goes the same way as what Django makes, transactions and `COPY` included, and one answer is
made of what one server knows.
"""

import threading
from collections.abc import Iterable, Iterator

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper


class _Here(threading.local):
    """Of one thread: the connection to the primary, while it is put aside."""

    primary: BaseDatabaseWrapper | None = None


_here = _Here()


def ask_replica(alias: str) -> None:
    """Ask a replica from now on, until `ask_primary`."""
    ask_primary()
    _here.primary = connections[DEFAULT_DB_ALIAS]
    connections[DEFAULT_DB_ALIAS] = connections[alias]


def ask_primary() -> None:
    """Ask the primary from now on."""
    if _here.primary is not None:
        connections[DEFAULT_DB_ALIAS] = _here.primary
        _here.primary = None


def asked() -> str | None:
    """Return the alias of the replica that is asked; None where it is the primary."""
    return None if _here.primary is None else connections[DEFAULT_DB_ALIAS].alias


def streamed_from(alias: str, chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the chunks while the replica is asked for them, to their end or ours.

    Whoever closes them closes this last: what ends a query finds its own connection.
    """
    ask_replica(alias)
    try:
        yield from chunks
    finally:
        ask_primary()
