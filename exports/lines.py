"""Texts that PostgreSQL writes itself, one line for each row."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Func, QuerySet, TextField, Value
from django.db.models.expressions import Combinable


class Joined(Func):
    """Texts put together; null where one of them is null."""

    template = "(%(expressions)s)"
    arg_joiner = " || "
    output_field = TextField()


def replaced(text: Combinable, old: str, new: str) -> Func:
    """Return the text with each `old` replaced, as an expression."""
    return Func(
        text, Value(old), Value(new), function="replace", output_field=TextField()
    )


@dataclass(frozen=True)
class Document:
    """A text of a head, a line for each row of a query, and a tail.

    The query's lines come without their ending, and may have line breaks inside. `dropped`
    is left out of each.
    """

    lines: QuerySet[Any, str]
    head: str
    tail: str = ""
    # Left out at the start of the first line: the comma that parts it from the one before.
    lead: str = ""
    line_end: str = "\n"
    dropped: str = ""
