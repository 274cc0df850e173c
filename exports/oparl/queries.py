"""What a harvester asks a list for, and the page of it that follows.

Pages go on after the last object of the one before, so that nothing is left out or told
twice when something is taken away in between.
"""

import datetime
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from exports.models import OparlObject

PAGE_SIZE, MOST_ON_A_PAGE = 100, 500
LARGEST_ID = 2**63 - 1
MOMENT = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)"
Rows = QuerySet[OparlObject]


class BadQuery(ValueError):
    """A parameter is unknown, or its value makes no sense; the message says which."""


def _moment(text: str) -> datetime.datetime:
    """Return a moment, in UTC; as the standard has it, of XML Schema's `dateTime`."""
    try:
        # An unescaped "+" arrives as a space.
        return datetime.datetime.fromisoformat(
            _matching(MOMENT, text.replace(" ", "+"))
        ).astimezone(datetime.UTC)
    except (ValueError, OverflowError) as error:
        raise ValueError(
            _("Date and time with an offset are needed: 2026-12-01T18:00:00+01:00.")
        ) from error


def _matching(pattern: str, text: str) -> str:
    if re.fullmatch(pattern, text, re.ASCII) is None:
        raise ValueError
    return text


def _number(text: str) -> int:
    number = int(text) if re.fullmatch(r"[0-9]{1,19}", text) else 0
    if not 0 < number <= LARGEST_ID:
        raise ValueError(_("A whole number from 1 on is needed."))
    return number


def _truth(text: str) -> bool:
    if text not in {"true", "false"}:
        raise ValueError(_("This is either true or false."))
    return text == "true"


READERS: Mapping[str, Callable[[str], Any]] = {
    "created_since": _moment,
    "created_until": _moment,
    "modified_since": _moment,
    "modified_until": _moment,
    "elementsPerPage": _number,
    "omit_internal": _truth,
    "after": _number,
}


@dataclass(frozen=True)
class Query:
    """What is asked for; `given` are the parameters that further pages repeat."""

    created: tuple[datetime.datetime | None, datetime.datetime | None] = (None, None)
    modified: tuple[datetime.datetime | None, datetime.datetime | None] = (None, None)
    size: int = PAGE_SIZE
    after: int = 0
    omits_embedded: bool = False
    given: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, query: QueryDict) -> "Query":
        """Return what a query string asks for; raises BadQuery."""
        values = {name: _value(name, texts) for name, texts in query.lists()}
        asked = values.get
        return cls(
            created=(asked("created_since"), asked("created_until")),
            modified=(asked("modified_since"), asked("modified_until")),
            # The standard lets the server decide.
            size=min(asked("elementsPerPage") or PAGE_SIZE, MOST_ON_A_PAGE),
            after=asked("after") or 0,
            omits_embedded=bool(asked("omit_internal")),
            given={n: str(t) for n, t in sorted(query.items()) if n != "after"},
        )

    def select(self, rows: Any) -> Rows:
        """Keep what is asked for: who asks for changes is told what was taken away."""
        found: Rows = rows.added(*self.created).changed(*self.modified)
        return found if self.modified[0] else found.filter(is_deleted=False)

    def link(self, after: int) -> str:
        """Return the query string of the page after an object; 0: of the first page."""
        asked = self.given | ({"after": str(after)} if after else {})
        return f"?{urlencode(asked)}" if asked else ""


def _value(name: str, texts: list[str]) -> Any:
    if name not in READERS:
        known = ", ".join(READERS)
        raise BadQuery(
            _("There is no such parameter. There are: %(all)s.") % {"all": known}
        )
    if len(texts) > 1:
        raise BadQuery(_("%(name)s was given more than once.") % {"name": name})
    try:
        return READERS[name](texts[0])
    except ValueError as error:
        message = f"{name}: {error}"
        raise BadQuery(message) from error


@dataclass(frozen=True)
class Page:
    """A page of a list; `previous` and `last` are the objects that those pages follow.

    They are 0 for the first page, `previous` and `following` None where there is none.
    """

    rows: list[OparlObject]
    total: int
    number: int
    pages: int
    previous: int | None
    following: int | None
    last: int


def read_page(rows: Rows, query: Query) -> Page:
    """Return the page that is asked for; at most four queries."""
    size = query.size
    counts = rows.aggregate(
        total=Count("pk"), before=Count("pk", filter=Q(pk__lte=query.after))
    )
    total, before = counts["total"], counts["before"]
    found = list(rows.filter(pk__gt=query.after)[: size + 1])
    pages = max(-(-total // size), 1)
    shown = found[:size]
    return Page(
        rows=shown,
        total=total,
        number=min(-(-before // size) + 1, pages),
        pages=pages,
        previous=_previous(rows, query, before),
        following=shown[-1].pk if len(found) > size else None,
        last=_at(rows, (pages - 1) * size - 1) if pages > 1 else 0,
    )


def _previous(rows: Rows, query: Query, before: int) -> int | None:
    if not before:
        return None
    return _at(rows, before - query.size - 1) if before > query.size else 0


def _at(rows: Rows, place: int) -> int:
    """Return the id of the object at a place of the list, from 0."""
    return next(iter(rows.values_list("pk", flat=True)[place : place + 1]), 0)
