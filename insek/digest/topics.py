"""Groups of contributions that speak of the same topic (TF-IDF and NMF).

The same texts give the same groups at every run. Up to `LEARNED` contributions are learned
from, in a city of more the newest; the others join the groups that were found, part by
part, so that memory does not grow with the city. scikit-learn is loaded only when groups
are made: it belongs in a worker and not in a process that serves pages.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from insek.digest.reading import Document

LEARNED = 10_000
PART = 5_000
SEED = 20_251_006
# A title says in few words what it is about.
TITLE = 2.0
FEWEST = 4
# Among so few contributions every word may tell something.
FEW = 12
MOST_GROUPS = 40
# What stands in more than half of all tells no group from another.
COMMON = 1 / 2
# The cosine between a contribution and the middle of its group.
ALIKE = 0.22
OFFERED = 0.3
WORDS = 6


@dataclass
class Topic:
    """A group: its stemmed words, the most telling first, and per id how like it is."""

    words: list[str]
    scores: dict[int, float] = field(default_factory=dict)

    @property
    def strength(self) -> float:
        return sum(self.scores.values())


class _Counter:
    """Turns documents into rows of weights, with what was learned from the first."""

    def __init__(
        self, vocabulary: dict[str, int], documents: Sequence[Document]
    ) -> None:
        from sklearn.feature_extraction.text import TfidfTransformer

        self.vocabulary = vocabulary
        counted = self._count(documents)
        n_with = counted.getnnz(axis=0)
        # Otherwise what is common in a small part of the city would be its only topic.
        self.kept = (n_with >= 2) & (n_with <= max(COMMON * len(documents), FEW))
        self.transformer = TfidfTransformer(sublinear_tf=True)
        if self.is_of_use:
            self.transformer.fit(counted[:, self.kept])

    @property
    def is_of_use(self) -> bool:
        """Tell whether there are words enough to tell groups apart."""
        return bool(self.kept.sum() >= FEWEST)

    def _count(self, documents: Sequence[Document]) -> Any:
        import numpy
        from scipy.sparse import csr_matrix

        columns: list[int] = []
        weights: list[float] = []
        ends = [0]
        for document in documents:
            titled = set(document.title_words)
            for word in document.words:
                if (column := self.vocabulary.get(word)) is not None:
                    columns.append(column)
                    weights.append(TITLE if word in titled else 1.0)
            ends.append(len(columns))
        return csr_matrix(
            (numpy.array(weights, dtype=numpy.float32), columns, ends),
            shape=(len(documents), len(self.vocabulary)),
        )

    def weigh(self, documents: Sequence[Document]) -> Any:
        """Return a sparse row of length 1 for each document, or of nothing at all."""
        return self.transformer.transform(self._count(documents)[:, self.kept])

    def words(self) -> list[str]:
        return [w for w, kept in zip(self.vocabulary, self.kept, strict=True) if kept]


def find_topics(
    vocabulary: dict[str, int], documents: Iterable[Document]
) -> list[Topic]:
    """Return the groups among these contributions, the strongest first.

    Each contribution is in one group at most, and many are in none.
    """
    stream = iter(documents)
    learned = list(islice(stream, LEARNED))
    if len(learned) < FEWEST or not vocabulary:
        return []
    counter = _Counter(vocabulary, learned)
    if not counter.is_of_use:
        return []
    weighed = counter.weigh(learned)
    middles = _middles(weighed)
    topics = [Topic(words) for words in _telling(middles, counter.words())]
    for part in _parts(learned, stream):
        _assign(part, counter.weigh(part) @ middles.T, topics)
    found = [topic for topic in topics if len(topic.scores) >= FEWEST]
    return sorted(found, key=lambda topic: (-topic.strength, topic.words))


def _parts(
    learned: list[Document], rest: Iterator[Document]
) -> Iterator[Sequence[Document]]:
    yield learned
    while part := list(islice(rest, PART)):
        yield part


def _middles(weighed: Any) -> Any:
    """Return a row of length 1 for each group that non-negative factors suggest.

    A factor is only where a group begins: its middle is moved twice to that of the
    contributions nearest to it, which makes the cosine to it mean what it says.
    """
    import numpy
    from sklearn.decomposition import NMF
    from sklearn.preprocessing import normalize

    number = min(
        MOST_GROUPS, max(2, round(0.8 * math.sqrt(weighed.shape[0]))), *weighed.shape
    )
    model = NMF(number, init="nndsvd", random_state=SEED, max_iter=120, tol=1e-3)
    with _unconverged_is_fine():
        model.fit(weighed)
    middles = normalize(model.components_.astype(numpy.float32))
    for _ in range(2):
        nearness = weighed @ middles.T
        nearest = nearness.argmax(axis=1)
        is_near = nearness.max(axis=1) >= ALIKE
        for group in range(number):
            rows = weighed[(nearest == group) & is_near]
            if rows.shape[0]:
                middles[group] = normalize(numpy.asarray(rows.mean(axis=0)))
    return middles


def _unconverged_is_fine() -> Any:
    import warnings

    from sklearn.exceptions import ConvergenceWarning

    return warnings.catch_warnings(action="ignore", category=ConvergenceWarning)


def _telling(middles: Any, words: list[str]) -> Iterator[list[str]]:
    for middle in middles:
        order = (-middle).argsort(kind="stable")[:WORDS]
        yield [words[column] for column in order if middle[column] > 0]


def _assign(part: Sequence[Document], nearness: Any, topics: list[Topic]) -> None:
    for document, row in zip(part, nearness, strict=True):
        group = int(row.argmax())
        if row[group] >= ALIKE:
            topics[group].scores[document.id] = min(float(row[group]), 1.0)


def like_groups(
    vocabulary: dict[str, int],
    documents: Iterable[Document],
    groups: Sequence[set[int]],
) -> list[dict[int, float]]:
    """Return for each group of ids what else is like it, with its score.

    The groups' own contributions come first: they count among the first `LEARNED`. A
    contribution is offered to the one group that it is likest.
    """
    import numpy
    from sklearn.preprocessing import normalize

    stream = iter(documents)
    learned = list(islice(stream, LEARNED))
    offers: list[dict[int, float]] = [{} for _ in groups]
    if len(learned) < FEWEST or not vocabulary or not groups:
        return offers
    counter = _Counter(vocabulary, learned)
    if not counter.is_of_use:
        return offers
    weighed = counter.weigh(learned)
    middles = numpy.zeros((len(groups), weighed.shape[1]), dtype=numpy.float32)
    for number, members in enumerate(groups):
        rows = weighed[[document.id in members for document in learned]]
        if rows.shape[0]:
            middles[number] = normalize(numpy.asarray(rows.mean(axis=0)))
    for part in _parts(learned, stream):
        for document, row in zip(part, counter.weigh(part) @ middles.T, strict=True):
            group = int(row.argmax())
            if row[group] >= OFFERED and document.id not in groups[group]:
                offers[group][document.id] = min(float(row[group]), 1.0)
    return offers
