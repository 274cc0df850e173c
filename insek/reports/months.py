"""Months in the city, named by their first day."""

import datetime
from dataclasses import dataclass

from django.utils import timezone
from django.utils.dates import MONTHS

from councils.models.sitting import start_of_day


@dataclass(frozen=True, order=True)
class Month:
    """A calendar month."""

    first: datetime.date

    @classmethod
    def of(cls, day: datetime.date) -> "Month":
        return cls(day.replace(day=1))

    @classmethod
    def read(cls, text: str) -> "Month":
        """Return the month written as 2026-10; raises ValueError."""
        return cls(datetime.datetime.strptime(text, "%Y-%m").date())  # noqa: DTZ007 -- a month has no time of day

    @classmethod
    def last(cls) -> "Month":
        """Return the latest month that is over."""
        return cls.of(timezone.localdate()).before

    @property
    def before(self) -> "Month":
        return Month.of(self.first - datetime.timedelta(days=1))

    @property
    def after(self) -> "Month":
        return Month.of(self.first + datetime.timedelta(days=31))

    @property
    def is_over(self) -> bool:
        return self.after.first <= timezone.localdate()

    @property
    def start(self) -> datetime.datetime:
        return start_of_day(self.first)

    @property
    def end(self) -> datetime.datetime:
        """The moment after its last."""
        return start_of_day(self.after.first)

    @property
    def code(self) -> str:
        return f"{self.first:%Y-%m}"

    def __str__(self) -> str:
        return f"{MONTHS[self.first.month]} {self.first.year}"
