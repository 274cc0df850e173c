"""What was searched instead of the words that somebody typed, and how to insist on them."""

import re
from dataclasses import dataclass

from django.db import connection
from django.http import QueryDict

from pins.models import SearchWord

SHOWN = 4


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


def read_search(query: QueryDict, words: str) -> Reading | None:
    """Tell how the words of a list's query are widened; None where they are not.

    Two queries, of which most searches need one.
    """
    if not words:
        return None
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT typed, reason, others FROM pins_search_words(%s) "
            "WHERE others <> '{}'",
            [words],
        )
        rows: list[tuple[str, str, list[str]]] = cursor.fetchall()
    if not rows:
        return None
    forms = {form for _, _, others in rows for form in others}
    spelled = dict(
        SearchWord.objects.filter(pk__in=forms).values_list("pk", "spelling")
    )
    widened = [
        Widened(
            typed=typed,
            others=[spelled.get(form, form) for form in others[:SHOWN]],
            is_mistyped=reason == "alike",
            has_more=len(others) > SHOWN,
        )
        for typed, reason, others in rows
    ]
    exact = query.copy()
    for name in ("after", "before"):
        exact.pop(name, None)
    exact["q"] = _in_quotes(words, [typed for typed, _, _ in rows])
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
