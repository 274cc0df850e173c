"""What several contributions share: told of each of them, and in a mail only once.

A topic is a part of the city's plans that contributions led to; what it is, higher
packages know.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from pins.models import News, PublicPin
from pins.telling.news import Texts

AT_ONCE = 500


@dataclass(frozen=True)
class Piece:
    """What is told of one contribution; `key` names it, so that it is told once."""

    pin_id: int
    key: str
    texts: Texts


def announce_topic(*, topic: str, pieces: Iterable[Piece], path: str) -> None:
    """Write down what happened to the topic, for each contribution that led to it.

    Only of published ones, and nothing a second time. Two queries for each 500.
    """
    known = list(pieces)
    for start in range(0, len(known), AT_ONCE):
        some = known[start : start + AT_ONCE]
        public = set(
            PublicPin.objects.filter(pk__in={p.pin_id for p in some}).values_list(
                "pk", flat=True
            )
        )
        News.objects.bulk_create(
            [
                News(
                    pin_id=piece.pin_id,
                    event=News.Event.MEASURE,
                    texts=piece.texts,
                    path=path,
                    topic=topic,
                    key=piece.key,
                )
                for piece in some
                if piece.pin_id in public
            ],
            ignore_conflicts=True,
        )
