"""Published contributions that speak of the same, by the words they share (TF-IDF)."""

from collections.abc import Collection
from typing import Any

from django.db import connection

# The most telling words of the given contributions are compared.
WORDS = 12
# What stands in more than every tenth contribution tells nothing apart.
COMMON = 10
# Bounds what is looked at, whatever the number of contributions: the rare words go first.
READ = 20_000
# A word of the title tells more than one of the text.
TITLE = 3
# Of 1: what shares one word of twelve alone is not worth a planner's look.
ALIKE = 0.15

_SIMILAR = """
    WITH told AS (
        SELECT lexeme AS word,
            sum(CASE WHEN 'A' = ANY(weights) THEN %(title)s ELSE 1 END) AS n_here
        FROM pins_publicpin pin, LATERAL unnest(pin.search)
        WHERE pin.id = ANY(%(ids)s)
        GROUP BY lexeme
    ),
    city AS (SELECT sum(n) AS n FROM pins_publiccell WHERE zoom = 0),
    telling AS (
        SELECT told.word, known.n,
            n_here * ln(1 + city.n::float / known.n) AS weight
        FROM told JOIN pins_searchword known USING (word), city
        WHERE known.n >= 2 AND known.n <= greatest(city.n / %(common)s, 3)
            AND length(told.word) >= 4
            AND ts_lexize('german_stem', lower(known.spelling)) <> '{}'
        ORDER BY weight DESC, word
        LIMIT %(words)s
    ),
    bounded AS (
        SELECT word, weight FROM (
            SELECT word, weight, sum(n) OVER (ORDER BY n, word) AS reached FROM telling
        ) rarest_first
        WHERE reached <= %(read)s
    )
    SELECT id, score
    FROM (
        SELECT pin.id, sum(
            weight * CASE WHEN pin.search @@ (quote_literal(word) || ':A')::tsquery
                THEN 1 ELSE 0.6 END
        ) / (SELECT sum(weight) FROM bounded) AS score
        FROM bounded
        JOIN pins_publicpin pin ON pin.search @@ quote_literal(word)::tsquery
        WHERE pin.id <> ALL(%(ids)s) AND pin.status <> 'duplicate'
        GROUP BY pin.id
    ) alike
    WHERE score >= %(alike)s
    ORDER BY score DESC, id DESC
    LIMIT %(limit)s
"""


def similar_pins(ids: Collection[int], limit: int = 20) -> list[tuple[int, float]]:
    """Return the ids of published contributions like the given ones, the likest first.

    With a score above 0, and 1 for one that has all their telling words. The given ones
    and duplicates are left out; what is not published is neither read nor returned.
    """
    if not ids or limit < 1:
        return []
    values: dict[str, Any] = {
        "ids": list(ids),
        "common": COMMON,
        "words": WORDS,
        "title": TITLE,
        "read": READ,
        "alike": ALIKE,
        "limit": limit,
    }
    with connection.cursor() as cursor:
        cursor.execute(_SIMILAR, values)
        return [(pk, float(score)) for pk, score in cursor.fetchall()]
