"""What was searched instead of the words that somebody typed, and how to insist on them."""

import re
from dataclasses import dataclass

from django.db import connection
from django.http import QueryDict

from pins.filters import PinFilter
from pins.models.public import WebSearchQuery

SHOWN = 4
# The words as they are looked for, and beside them what they were widened by, if at all.
READ = """
SELECT looked_for.read, widened.*
FROM (SELECT pins_search_query(%s)::text AS read) looked_for
LEFT JOIN LATERAL (
    SELECT typed, reason, cardinality(others), ARRAY(
        SELECT coalesce(known.spelling, form)
        FROM unnest(others[:%s]) WITH ORDINALITY shown (form, place)
        LEFT JOIN pins_searchword known ON known.word = form
        ORDER BY place
    )
    FROM pins_search_words(%s)
    WHERE others <> '{}'
) widened ON true
"""


@dataclass(frozen=True)
class Widened:
    """A typed word that other words were searched for as well, as somebody wrote them.

    `is_mistyped` says that the word itself stands in few contributions or in none, and the
    others merely look like it; else they are compounds of it.
    """

    typed: str
    others: list[str]
    is_mistyped: bool
    has_more: bool


@dataclass(frozen=True)
class Reading:
    """How a search was read: what was widened, and the query that means it as it stands."""

    widened: list[Widened]
    exact_query: str


def read_search(query: QueryDict, filters: PinFilter) -> Reading | None:
    """Tell how the words of a list's query are widened; None where they are not.

    One query, and no other by `filters`, which then look for the words as they were read:
    to be asked before anything is counted.
    """
    words = filters.words
    if not words:
        return None
    readable = WebSearchQuery.readable(words)
    with connection.cursor() as cursor:
        cursor.execute(READ, [readable, SHOWN, words])
        rows = cursor.fetchall()
    filters.search = WebSearchQuery(words, read=rows[0][0])
    widened = [
        Widened(typed, shown, is_mistyped=reason == "alike", has_more=number > SHOWN)
        for _read, typed, reason, number, shown in rows
        if typed is not None
    ]
    if not widened:
        return None
    exact = query.copy()
    for name in ("after", "before"):
        exact.pop(name, None)
    exact["q"] = _in_quotes(words, [word.typed for word in widened])
    return Reading(widened, exact.urlencode())


def _in_quotes(words: str, typed: list[str]) -> str:
    """Put the typed words into quotes, wherever they do not stand in some already."""
    wanted = "|".join(re.escape(word) for word in typed)
    return re.sub(
        rf'("[^"]*"?)|(?<![\w-])({wanted})(?!\w)',
        lambda found: found[1] or f'"{found[2]}"',
        words,
        flags=re.IGNORECASE,
    )
