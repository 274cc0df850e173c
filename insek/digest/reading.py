"""The words of published contributions as search knows them, for what counts with them."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from django.db import connection, transaction

from pins.models.public import PublicPinQuerySet

# Rows fetched at a time.
BATCH = 2_000
# More contributions than these say no better how a word is written.
SPELLED_BY = 2_000

# What people write whatever they write about; stemmed, and no stop words to PostgreSQL.
TALK = """
    aktuell alle bald beim bereit bess besteh bitt bleib brauch dring eigent einfach
    endlich fehl fehlt find ganz geb geh genug gern gibt gross gut halt hatt heut
    imm jahr jetz jed klein komm konn lass leid leut lieb mach mehr moch moglich
    muss neu nich nie nutz oft ohn ort paar please recht reich schon seh sei seit
    setz sich sinnvoll soll sollt sonst steh stell stadt tag trotz uberall vier viel
    vielleicht wahr weit wenig werd wichtig wieder will woll wunsch wunsche would
    wurd wurden zeit zumindest zwei drei zehn
    zwanzig dass fast kaum rund lieg gehort fahr lauf link rechts erst letzt meist halb
"""

# Names of districts would make a group of each district; words of one contribution none.
_VOCABULARY = """
    SELECT known.word
    FROM pins_searchword known
    WHERE known.n >= 2 AND length(known.word) >= 4
        AND ts_lexize('german_stem', lower(known.spelling)) <> '{}'
        AND ts_lexize('english_stem', lower(known.spelling)) <> '{}'
        AND known.word <> ALL(%(talk)s)
        AND known.word NOT IN (
            SELECT unnest(tsvector_to_array(to_tsvector('pins_german', name)))
            FROM districts_district
        )
    ORDER BY known.word
"""
_DOCUMENTS = """
    SELECT id, tsvector_to_array(ts_filter(search, '{{a,b}}')),
        tsvector_to_array(ts_filter(search, '{{a}}'))
    FROM pins_publicpin WHERE id IN ({chosen}) ORDER BY id DESC
"""
_SPELLINGS = """
    SELECT DISTINCT ON (word) word, token
    FROM (
        SELECT token, count(*) AS n
        FROM pins_publicpin, LATERAL ts_parse('default', title || ' ' || text)
        WHERE id = ANY(%s) AND tokid IN (1, 2, 10, 11)
        GROUP BY token
    ) tokens,
    LATERAL unnest(ts_lexize('pins_german_stem', unaccent(token))) word
    WHERE word = ANY(%s)
    ORDER BY word, n DESC, length(token), token COLLATE "C"
"""
_TELLING = """
    SELECT lexeme
    FROM pins_publicpin pin, LATERAL unnest(ts_filter(pin.search, '{a,b}'))
    JOIN pins_searchword known ON known.word = lexeme,
        (SELECT sum(n) AS n FROM pins_publiccell WHERE zoom = 0) city
    WHERE pin.id = ANY(%s) AND known.n >= 2 AND length(lexeme) >= 4
        AND lexeme <> ALL(%s)
        AND ts_lexize('german_stem', lower(known.spelling)) <> '{}'
        AND ts_lexize('english_stem', lower(known.spelling)) <> '{}'
    GROUP BY lexeme, known.n, city.n
    HAVING count(*) >= 2
    ORDER BY sum(CASE WHEN 'A' = ANY(weights) THEN 2 ELSE 1 END)
        * ln(1 + city.n::float / known.n) DESC, lexeme
    LIMIT %s
"""


@dataclass(frozen=True)
class Document:
    """The words of a contribution, without order; those of its title also apart."""

    id: int
    words: list[str]
    title_words: list[str]


def read_vocabulary() -> dict[str, int]:
    """Return the words that can tell topics apart, each with its number, in their order."""
    with connection.cursor() as cursor:
        cursor.execute(_VOCABULARY, {"talk": TALK.split()})
        return {word: number for number, (word,) in enumerate(cursor.fetchall())}


def read_documents(pins: PublicPinQuerySet) -> Iterator[Document]:
    """Yield the documents of published contributions, the newest first.

    Inside a transaction: from a cursor of the server, so that memory holds a batch alone.
    """
    chosen, values = pins.order_by().values("pk").query.sql_with_params()
    with (
        transaction.atomic(),
        connection.chunked_cursor() as cursor,
    ):
        cursor.execute(_DOCUMENTS.format(chosen=chosen), values)
        while rows := cursor.fetchmany(BATCH):
            for pk, words, title_words in rows:
                yield Document(pk, words, title_words)


def spellings(ids: Collection[int], words: Collection[str]) -> dict[str, str]:
    """Return how each of some stemmed words is mostly written in these contributions."""
    with connection.cursor() as cursor:
        cursor.execute(_SPELLINGS, [sorted(ids)[-SPELLED_BY:], list(words)])
        found: dict[str, str] = dict(cursor.fetchall())
    return {word: found.get(word, word) for word in words}


def spell(ids: Collection[int], words: Sequence[str]) -> list[str]:
    """Return words as they are mostly written, those with a capital first.

    German writes the things that people talk of with a capital.
    """
    spelled = spellings(ids, words)
    written = [spelled[word] for word in words]
    return sorted(written, key=lambda word: not word[:1].isupper())


def telling_words(ids: Collection[int], limit: int) -> list[str]:
    """Return the words, as written, that tell these contributions from others."""
    some = sorted(ids)[-SPELLED_BY:]
    with connection.cursor() as cursor:
        cursor.execute(_TELLING, [some, TALK.split(), limit])
        words = [word for (word,) in cursor.fetchall()]
    return spell(some, words)
