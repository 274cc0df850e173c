"""What was counted, added up for a period and a place."""

import datetime
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from django.db import models
from django.utils.translation import gettext_lazy as _

from insek.numbers.counting import Periods
from pins.workflow import Status

# What a body, the council or the administration has decided on, whichever way.
DECIDED = (
    Status.ENDORSED,
    Status.NOT_ENDORSED,
    Status.ADOPTED,
    Status.IN_PROGRESS,
    Status.DONE,
)
UNDER_WAY = (Status.IN_PROGRESS, Status.DONE)


class Period(models.TextChoices):
    """Of which time numbers speak: by the day on which contributions were published."""

    ALL = "all", _("From the beginning")
    YEAR = "year", _("This year")
    TWELVE_MONTHS = "12-months", _("The last twelve months")


class Times(NamedTuple):
    """How long answers took, in days: how many, and the quartiles."""

    number: int
    first: float
    median: float
    third: float


@dataclass(frozen=True)
class Tallies:
    """The counts of one period, of the whole city or of one district.

    `data` is that of a snapshot. Nothing is asked of the database.
    """

    data: Mapping[str, Any]
    period: Period = Period.ALL
    district: str = ""

    @property
    def day(self) -> datetime.date:
        """The day on which it was counted."""
        return datetime.date.fromisoformat(self.data["day"])

    @property
    def first_month(self) -> str:
        """The first month of the period, such as 2026-01; empty from the beginning."""
        if self.period == Period.ALL:
            return ""
        periods = Periods.on(self.day)
        is_year = self.period == Period.YEAR
        return f"{periods.year if is_year else periods.twelve_months:%Y-%m}"

    @cached_property
    def total(self) -> int:
        return sum(self.of("kind").values())

    @cached_property
    def months(self) -> dict[str, int]:
        """The number for each month, from the first with any to that of the count."""
        counts: Counter[str] = Counter()
        for month, _district, n in self._rows("kind"):
            counts[month] += n
        first = self.first_month or min(counts, default=f"{self.day:%Y-%m}")
        return {month: counts[month] for month in _months(first, f"{self.day:%Y-%m}")}

    def of(self, facet: str) -> Counter[str]:
        """Return the number for each value of a facet: theme, kind, status, source."""
        return self._facets.get(facet, Counter())

    @cached_property
    def districts(self) -> Counter[str]:
        """The number for each district; of one district alone where it was chosen."""
        return self._places[0]

    @cached_property
    def answered_in(self) -> Counter[str]:
        """The number with a public answer for each district, without duplicates."""
        return self._places[1]

    @cached_property
    def duplicates_in(self) -> Counter[str]:
        return self._places[2]

    @property
    def reports(self) -> list[dict[str, Any]]:
        """What was reported in each year, of the whole city; the first year first."""
        years: list[dict[str, Any]] = self.data.get("reports", [])
        return years

    @property
    def with_own_outcome(self) -> int:
        """How many can have an outcome: all but the duplicates."""
        return self.total - self.of("status")[Status.DUPLICATE]

    @property
    def decided(self) -> int:
        return sum(self.of("status")[status] for status in DECIDED)

    @property
    def under_way(self) -> int:
        return sum(self.of("status")[status] for status in UNDER_WAY)

    def times_by_body(self) -> dict[str, Times]:
        return {body: times for body, district, times in self._times() if body}

    def times_of_place(self) -> Times | None:
        """Return how long answers took in the district, or else in the whole city."""
        for body, district, times in self._times():
            if not body and district == (self.district or None):
                return times
        return None

    def _times(self) -> Iterator[tuple[str | None, str | None, Times]]:
        for period, body, district, number, quartiles in self.data["times"]:
            if period == self.period:
                yield body, district, Times(number, *quartiles)

    @cached_property
    def _facets(self) -> dict[str, Counter[str]]:
        first = self.first_month
        facets: dict[str, Counter[str]] = {}
        for month, district, facet, value, n in self.data["counts"]:
            if month >= first and self.district in ("", district):
                facets.setdefault(facet, Counter())[value] += n
        return facets

    @cached_property
    def _places(self) -> tuple[Counter[str], Counter[str], Counter[str]]:
        everything: Counter[str] = Counter()
        answered: Counter[str] = Counter()
        duplicates: Counter[str] = Counter()
        first = self.first_month
        for month, district, facet, value, n in self.data["counts"]:
            if month < first or self.district not in ("", district):
                continue
            if facet == "kind":
                everything[district] += n
            elif value == "answered":
                answered[district] += n
            elif facet == "status" and value == Status.DUPLICATE:
                duplicates[district] += n
        return everything, answered, duplicates

    def _rows(self, facet: str) -> Iterator[tuple[str, str, int]]:
        first = self.first_month
        for month, district, found, _value, n in self.data["counts"]:
            if found == facet and month >= first and self.district in ("", district):
                yield month, district, n


def _months(first: str, last: str) -> Iterator[str]:
    year, month = map(int, first.split("-"))
    while (name := f"{year}-{month:02}") <= last:
        yield name
        year, month = year + month // 12, month % 12 + 1
