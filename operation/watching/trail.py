"""Whose work a line of the log belongs to: the request, or the job that it put in.

Standard library alone: gunicorn writes lines before there is a site.
"""

import re
from contextvars import ContextVar
from dataclasses import dataclass
from uuid import uuid4

# What proxies make: letters and digits, nothing that could hold an address or a name
# of somebody by accident. nginx's $request_id has 32, a UUID 36 of them.
WELL_FORMED = re.compile(r"[A-Za-z0-9-]{16,64}")


@dataclass(frozen=True)
class Trail:
    """What is written beside each message; empty parts are left out."""

    request_id: str = ""
    job: int | None = None
    task: str = ""


NOWHERE = Trail()
_current: ContextVar[Trail] = ContextVar("trail", default=NOWHERE)


def current() -> Trail:
    """Return what this thread is at."""
    return _current.get()


def follow(trail: Trail) -> None:
    """Let all that follows in this thread, or this task of a worker, carry the trail."""
    _current.set(trail)


def accept_or_make(given: str) -> str:
    """Return the id that a proxy gave a request, or a new one where it is none."""
    return given if WELL_FORMED.fullmatch(given) else uuid4().hex
