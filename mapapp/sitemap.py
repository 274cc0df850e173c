"""What search engines are told of: each page in both languages, and when it changed.

https://www.sitemaps.org/protocol.html, with the languages as Google reads them. The
contributions come in pieces by their numbers, which the database writes itself: a piece
costs the same at the start and at the end of a million.
"""

import datetime
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import F, Func, TextField, Value
from django.urls import reverse
from django.utils import translation
from django.utils.html import escape

from councils.models import Sitting
from districts.models import District
from exports.lines import Document
from insek.models import Event, FieldOfAction, Goal, Measure
from insek.pages.listing import published_pages
from layers.languages import LANGUAGES
from pins.models import PublicPin
from pins.models.public import LATEST

# Part of the ETag: raise it when the same contributions make another list.
FORMAT = 1
# So many numbers of contributions in one piece, each with a page in two languages.
PIECE = 5_000
# The protocol allows 50,000; nothing of ours comes near but the contributions.
AT_MOST = 10_000
PAGES = (
    *(
        "home",
        "districts",
        "sittings",
        "exports:index",
        "insek:goals",
        "insek:measures",
    ),
    *("insek:events", "insek:phases", "insek:numbers", "insek:topics"),
    *("terms", "privacy", "imprint", "accessibility", "easy"),
)
# What stands for the values of a contribution in the line of one.
REFERENCE, CHANGED = "REFERENCE", "CHANGED"
HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
    'xmlns:xhtml="http://www.w3.org/1999/xhtml">\n'
)
TAIL = "</urlset>\n"
INDEX = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
    "{}</sitemapindex>\n"
)

_PIECES = """
    WITH RECURSIVE piece(n) AS (
        SELECT min(id) / %(size)s FROM pins_publicpin WHERE duplicate_of = ''
        UNION ALL
        SELECT (
            SELECT min(id) / %(size)s FROM pins_publicpin
            WHERE id >= (piece.n + 1) * %(size)s AND duplicate_of = ''
        )
        FROM piece WHERE piece.n IS NOT NULL
    )
    SELECT n FROM piece WHERE n IS NOT NULL
"""


@dataclass(frozen=True)
class Entry:
    """A page by its paths in each language, and when it changed, where that is known."""

    paths: dict[str, str]
    changed_at: datetime.date | None = None


def pieces() -> list[int]:
    """Return the numbers of the pieces that hold contributions.

    One query, which looks once into the index for each piece.
    """
    with connection.cursor() as cursor:
        cursor.execute(_PIECES, {"size": PIECE})
        return [n for (n,) in cursor.fetchall()]


def piece(number: int) -> Document | None:
    """Return one piece of the contributions, in the order of their ids; None if empty.

    What was merged into another is left out: its address leads there.
    """
    first = number * PIECE
    found = PublicPin.objects.filter(
        id__gte=first, id__lt=first + PIECE, duplicate_of=""
    ).order_by("id")
    if not found.exists():
        return None
    line = _written(
        _in_all_languages(lambda: reverse("pin", args=[REFERENCE])), CHANGED
    )
    # As the database's own `format` takes it.
    template = (
        line.replace("%", "%%").replace(REFERENCE, "%1$s").replace(CHANGED, "%2$s")
    )
    changed = Func(
        LATEST,
        function="to_char",
        template="%(function)s(%(expressions)s, 'YYYY-MM-DD\"T\"HH24:MI:SSOF:00')",
        output_field=TextField(),
    )
    text = Func(
        Value(template),
        F("reference"),
        changed,
        function="format",
        output_field=TextField(),
    )
    return Document(lines=found.values_list(text), head=HEAD, tail=TAIL)


def index() -> str:
    """Return the list of all lists that have something in them; some ten queries."""
    paths = [
        *(
            reverse("sitemap-part", args=[name])
            for name, entries in SECTIONS.items()
            if next(entries(), None)
        ),
        *(reverse("sitemap-pins", args=[number]) for number in pieces()),
    ]
    lines = [f"<sitemap><loc>{_address(path)}</loc></sitemap>\n" for path in paths]
    return INDEX.format("".join(lines))


def section(name: str) -> str | None:
    """Return the list of a section; None for an unknown one, and for an empty one."""
    entries = SECTIONS.get(name)
    lines = (
        [_written(e.paths, _moment(e.changed_at)) for e in entries()] if entries else []
    )
    return HEAD + "\n".join([*lines, TAIL]) if lines else None


def _written(paths: dict[str, str], changed: str) -> str:
    """Return a page in each of its languages, every time with the links to all of them."""
    links = "".join(
        f'<xhtml:link rel="alternate" hreflang="{code}" href="{_address(path)}"/>'
        for code, path in paths.items()
    )
    when = f"<lastmod>{changed}</lastmod>" if changed else ""
    return "".join(
        f"<url><loc>{_address(path)}</loc>{when}{links}</url>"
        for path in paths.values()
    )


def _address(path: str) -> str:
    return escape(f"{settings.BASE_URL}{path}")


def _in_all_languages(address: Callable[[], str]) -> dict[str, str]:
    paths = {}
    for code in LANGUAGES:
        with translation.override(code):
            paths[code] = address()
    return paths


def _moment(changed_at: datetime.date | None) -> str:
    return changed_at.isoformat() if changed_at else ""


def _pages() -> Iterator[Entry]:
    for name in PAGES:
        yield Entry(_in_all_languages(partial(reverse, name)))


def _entries(rows: Iterable[Any], changed: str = "") -> Iterator[Entry]:
    """Yield the pages of rows, which know their address; `changed` names their change."""
    for row in rows:
        paths = _in_all_languages(row.get_absolute_url)
        yield Entry(paths, getattr(row, changed) if changed else None)


def _written_pages() -> Iterator[Entry]:
    for page in published_pages():
        yield Entry(page.addresses, page.changed_at)


# What each section lists; none of them grows beyond the few thousand of a city.
SECTIONS: dict[str, Callable[[], Iterator[Entry]]] = {
    "pages": _pages,
    "written": _written_pages,
    "districts": lambda: _entries(District.objects.current().defer("geometry")),
    "sittings": lambda: _entries(
        Sitting.objects.order_by("-start")[:AT_MOST], "modified_at"
    ),
    "events": lambda: _entries(
        Event.objects.public().order_by("-starts_at")[:AT_MOST], "modified_at"
    ),
    "fields": lambda: _entries(FieldOfAction.objects.all()),
    "goals": lambda: _entries(Goal.objects.public()[:AT_MOST], "modified_at"),
    "measures": lambda: _entries(
        Measure.objects.public().defer("geometry")[:AT_MOST], "modified_at"
    ),
}
