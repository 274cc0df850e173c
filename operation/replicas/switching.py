"""Whom this thread asks: the primary, or for one request a replica in its place.

The connection itself is exchanged, not chosen anew for each query: what is written by hand
goes the same way as what Django makes, transactions and `COPY` included, and one answer is
made of what one server knows.
"""

import os
import socket
import threading
from collections.abc import Iterable, Iterator
from contextlib import suppress

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper


class _Here(threading.local):
    """Of one thread: the connection to the primary, while it is put aside."""

    primary: BaseDatabaseWrapper | None = None


_here = _Here()
# All that are asked at this moment, by requests of any thread.
_in_use: set[BaseDatabaseWrapper] = set()
_lock = threading.Lock()


def ask_replica(alias: str) -> None:
    """Ask a replica from now on, until `ask_primary`."""
    ask_primary()
    _here.primary = connections[DEFAULT_DB_ALIAS]
    connections[DEFAULT_DB_ALIAS] = connections[alias]
    with _lock:
        _in_use.add(connections[alias])


def ask_primary() -> None:
    """Ask the primary from now on."""
    if _here.primary is not None:
        with _lock:
            _in_use.discard(connections[DEFAULT_DB_ALIAS])
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


def hang_up(alias: str) -> None:
    """Break the connections at which requests wait for a replica that hangs.

    They fail at once and are answered from the primary; by itself a query waits for as
    long as the other machine keeps the line open.
    """
    with _lock:
        # None of them is given back meanwhile: whoever does has to come by here first.
        for session in _in_use:
            if session.alias == alias and session.connection is not None:
                with suppress(OSError, psycopg.Error):
                    _break(session.connection.fileno())


def _break(number: int) -> None:
    with socket.socket(fileno=os.dup(number)) as wire:
        wire.shutdown(socket.SHUT_RDWR)
