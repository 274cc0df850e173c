"""What digesting many contributions costs: `./run bench digest [PINS]`.

Makes a scratch database with so many published pins (100,000 unless told otherwise), and
prints what a search costs for exact, compound and mistyped words as ratios to the plain
full text; seconds and memory of the topic groups of 10,000 and 30,000 invented texts, or of as many
as pins and three times that, where these are fewer; seconds of the hot spots of all.
"""

import resource
import sys
import time
from functools import partial
from typing import Any

from bench._scratch import scratch_city
from bench.map import milliseconds, say

PINS = 100_000
LEARNED = 10_000
VOCABULARY = 20_000
# Known words, a compound's part, mistyped ones, and one that is like nothing.
WORDS = [
    "Spielplatz",
    "Spielplatz Bäume",
    "Radweg",
    "Spielplaz",
    "Beleuchtug",
    "qqqxyz",
]
PLAIN = """
    SELECT id FROM pins_publicpin
    WHERE search @@ websearch_to_tsquery('pins_german_query', %s)
    ORDER BY published_at DESC, id DESC LIMIT 20
"""
TOLERANT = PLAIN.replace(
    "websearch_to_tsquery('pins_german_query', %s)", "pins_search_query(%s)"
)


def ask(sql: str, words: str) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(sql, [words])
        cursor.fetchall()


def measure_search() -> None:
    for words in WORDS:
        plain = milliseconds(partial(ask, PLAIN, words), times=15)
        tolerant = milliseconds(partial(ask, TOLERANT, words), times=15)
        say(
            f"{tolerant:8.1f} ms against {plain:8.1f} ms, "
            f"{tolerant / plain:5.2f} times  {words}"
        )


def seconds(name: str, work: Any) -> None:
    start = time.perf_counter()
    found = work()
    taken = time.perf_counter() - start
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    say(f"{taken:8.1f} s, at most {memory:,.0f} MB  {name}: {len(found)}")


def invented(number: int) -> tuple[dict[str, int], list[Any]]:
    """Return a vocabulary and documents as uneven in their words as people's texts are."""
    import random

    from insek.digest.reading import Document

    dice = random.Random(42)  # noqa: S311 -- to be the same at every run
    words = [f"wort{n}" for n in range(VOCABULARY)]
    # Zipf: the second word is half as frequent as the first.
    weights = [1 / (n + 1) for n in range(VOCABULARY)]
    documents = []
    for pk in range(number):
        said = list(dict.fromkeys(dice.choices(words, weights, k=60)))
        documents.append(Document(pk, said, said[:4]))
    return {word: n for n, word in enumerate(words)}, documents


def measure_digest(learned: int) -> None:
    from insek.digest.hotspots import find_spots
    from insek.digest.topics import find_topics

    for number in (learned, 3 * learned):
        vocabulary, documents = invented(number)
        seconds(f"topics of {number:,}", partial(find_topics, vocabulary, documents))
    seconds("hot spots of all", find_spots)


def main() -> None:
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else PINS
    with scratch_city(wanted):
        measure_search()
        measure_digest(min(wanted, LEARNED))


if __name__ == "__main__":
    main()
