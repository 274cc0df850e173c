"""The few numbers that stand for all: on the home of the process and above the others."""

import datetime
from dataclasses import dataclass

from insek.models import Measure, NumbersSnapshot
from insek.numbers.snapshots import latest, tallies_of


@dataclass(frozen=True)
class KeyNumbers:
    """The numbers of the whole city; all but `measures` as of `computed_at`."""

    pins: int
    # Districts with any contributions.
    districts: int
    # Per cent, of all that are no duplicates; None where there are none.
    answered_share: int | None
    # Public measures that are being carried out.
    measures: int
    computed_at: datetime.datetime


def key_numbers() -> KeyNumbers:
    """Return the key numbers. Three short queries."""
    return key_numbers_of(latest())


def key_numbers_of(snapshot: NumbersSnapshot) -> KeyNumbers:
    """Return the key numbers of a snapshot."""
    tallies = tallies_of(snapshot)
    countable = tallies.with_own_outcome
    answered = tallies.of("outcome")["answered"]
    return KeyNumbers(
        pins=tallies.total,
        districts=len(tallies.districts),
        answered_share=round(100 * answered / countable) if countable else None,
        measures=Measure.objects.public()
        .filter(state=Measure.State.IN_PROGRESS)
        .count(),
        computed_at=snapshot.computed_at,
    )
