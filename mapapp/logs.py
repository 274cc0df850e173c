"""What the site writes into its log, and what must not be in it.

Standard library alone, but for the trail: gunicorn writes its own lines with it, before
there is a site.
"""

import json
import logging
import re
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from operation.watching import trail

# The part of an address that opens something to whoever knows it, or tells what somebody
# follows.
SECRET = re.compile(
    r"(/edit/|/updates/|/questions/|/stand/|/registrations/|/invitations?/|/my-data/"
    r"|/follow/(?:confirm/)?|/reports/[0-9]+/|/password/reset/[^/?\s]+/|/tokens/)"
    r"[^/?\s]+"
)
# What gunicorn could not read of a request: all of it may be anything.
UNREADABLE = re.compile(r"(Invalid HTTP [^:]+: ).+", re.DOTALL)
# What may have been typed, or tells who somebody is: the query of an address, an address
# of mail, one of the network.
PERSONAL = re.compile(
    r"(?P<query>(?<=/)[^\s?'\"]*\?)[^\s'\"]+"
    r"|[^\s<>@'\"=(,;:]+@[\w.-]*\w"
    r"|\b[0-9]{1,3}(?:\.[0-9]{1,3}){3}\b"
    r"|(?<![\w:])(?:[0-9a-fA-F]{1,4}:){3,7}[0-9a-fA-F:]*"
    r"|(?<![\w:])(?:[0-9a-fA-F]{0,4}:)?[0-9a-fA-F]{0,4}::[0-9a-fA-F:]*"
)


def without_persons(text: str) -> str:
    """Return a message without secrets of links, queries and addresses."""
    text = SECRET.sub(r"\1…", UNREADABLE.sub(r"\1…", text))
    return PERSONAL.sub(lambda found: f"{found['query'] or ''}…", text)


class WithoutPersons(logging.Filter):
    """Blots out what is nobody's business: Django writes the addresses it refuses."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Blot out what is secret or personal in a record; let every record pass."""
        # Made of names of our own, and far more of them than of all others.
        if hasattr(record, "facts"):
            return True
        text = record.getMessage()
        blotted = without_persons(text)
        if blotted != text:
            record.msg, record.args = blotted, ()
        return True


class TextLines(logging.Formatter):
    """Lines to read, with whole tracebacks: for developers."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the message, and to what it belongs."""
        request_id = trail.current().request_id
        return super().format(record) + (f" [{request_id}]" if request_id else "")


class JsonLines(logging.Formatter):
    """A line of JSON for each record.

    Of an error it says the kind and the places in the code. What errors say in words often
    repeats what somebody typed, and stays out.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one line."""
        line: dict[str, Any] = {
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(
                timespec="milliseconds"
            ),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        here = trail.current()
        facts = {"request_id": here.request_id, "job": here.job, "task": here.task}
        line |= {name: fact for name, fact in facts.items() if fact}
        line |= getattr(record, "facts", {})
        if record.exc_info and record.exc_info[1] is not None:
            line["errors"] = list(_errors(record.exc_info[1]))
        return json.dumps(line, ensure_ascii=False)


def _errors(error: BaseException) -> Iterator[dict[str, Any]]:
    """Yield an error and what led to it, the last one first."""
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        yield _told_of(cause)
        hidden = None if cause.__suppress_context__ else cause.__context__
        cause = cause.__cause__ or hidden


def _told_of(error: BaseException) -> dict[str, Any]:
    kind = type(error)
    places = traceback.extract_tb(error.__traceback__)
    told: dict[str, Any] = {
        "kind": f"{kind.__module__}.{kind.__qualname__}",
        "at": [f"{place.filename}:{place.lineno} {place.name}" for place in places],
    }
    # Of the database: its own number for what went wrong, and the rule that was broken.
    if state := getattr(error, "sqlstate", None):
        told["sqlstate"] = state
    if rule := getattr(getattr(error, "diag", None), "constraint_name", None):
        told["constraint"] = rule
    return told


def configuration(*, form: str, with_requests: bool) -> dict[str, Any]:
    """Return the configuration of the log, `form` being json or text."""
    formatter = JsonLines if form == "json" else TextLines
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"without_persons": {"()": WithoutPersons}},
        "formatters": {"lines": {"()": formatter}},
        "handlers": {
            "console": {
                "class": "logging.StreamHandler",
                "filters": ["without_persons"],
                "formatter": "lines",
            }
        },
        "root": {"handlers": ["console"], "level": "WARNING"},
        "loggers": {
            # Django's own handlers write everything a second time, and mail it.
            "django": {"handlers": [], "level": "WARNING"},
            "mapapp.requests": {"level": "INFO" if with_requests else "WARNING"},
            "pins": {"level": "INFO"},
            "districts": {"level": "INFO"},
            "operation": {"level": "INFO"},
        },
    }
