"""The public calendar: what somebody asked for, and a month as weeks of days."""

import calendar
import datetime
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from councils.models import Sitting
from districts.models import Body

PAGE_SIZE = 20
LAST_PAGE = 500
# The calendar ends somewhere, for programs that follow every link.
YEARS_BACK, YEARS_AHEAD = 10, 3
DECEMBER = 12


@dataclass(frozen=True, order=True)
class Month:
    """A month of a year, written as `2026-12`."""

    year: int
    month: int

    def __str__(self) -> str:
        return f"{self.year:04}-{self.month:02}"

    @property
    def first(self) -> datetime.date:
        return datetime.date(self.year, self.month, 1)

    @property
    def name(self) -> str:
        return date_format(self.first, "F Y")

    @property
    def following(self) -> "Month":
        if self.month == DECEMBER:
            return Month(self.year + 1, 1)
        return Month(self.year, self.month + 1)

    @property
    def preceding(self) -> "Month":
        if self.month == 1:
            return Month(self.year - 1, DECEMBER)
        return Month(self.year, self.month - 1)

    @classmethod
    def today(cls) -> "Month":
        day = timezone.localdate()
        return cls(day.year, day.month)

    @property
    def is_offered(self) -> bool:
        """Whether the calendar has a page of it."""
        this_year = timezone.localdate().year
        return this_year - YEARS_BACK <= self.year <= this_year + YEARS_AHEAD


class MonthField(forms.Field):
    """A month of the calendar; the present one where none is given."""

    def to_python(self, value: Any) -> Month:
        text = str(value or "").strip()
        if not text:
            return Month.today()
        found = re.fullmatch(r"([0-9]{4})-(0[1-9]|1[0-2])", text)
        if found is None:
            raise forms.ValidationError(
                _("Please give the month as year and month: 2026-12.")
            )
        month = Month(int(found[1]), int(found[2]))
        if not month.is_offered:
            raise forms.ValidationError(_("The calendar does not have this month."))
        return month

    def validate(self, value: Any) -> None:
        """What `to_python` returns is a month of the calendar."""


class SittingFilter(forms.Form):
    """What somebody asks the list of sittings for; valid where nothing is given."""

    body = forms.ChoiceField(label=_("Body"), required=False)
    month = MonthField(label=_("Month"), required=False)
    page = forms.IntegerField(
        label=_("Page"),
        required=False,
        validators=[MinValueValidator(1), MaxValueValidator(LAST_PAGE)],
    )

    def __init__(self, data: Any, *, bodies: Sequence[Body]) -> None:
        super().__init__(data)
        self._bodies = {body.slug: body for body in bodies}
        field = self.fields["body"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 -- as above
        field.choices = [("", _("All bodies")), *((b.slug, b.name) for b in bodies)]
        field.error_messages["invalid_choice"] = _("There is no such body.")

    @property
    def chosen(self) -> Body | None:
        """The body asked for; only after `is_valid()`."""
        return self._bodies.get(self.cleaned_data["body"])

    @property
    def number(self) -> int:
        """The page of the past sittings asked for; only after `is_valid()`."""
        return self.cleaned_data["page"] or 1


@dataclass(frozen=True)
class Day:
    """A day of the calendar with the sittings that begin on it."""

    date: datetime.date
    is_in_month: bool
    is_today: bool
    sittings: list[Sitting]


def weekdays() -> list[tuple[str, str]]:
    """Return name and short name of the days of a week, from Monday on."""
    monday = datetime.date(2024, 1, 1)
    days = [monday + datetime.timedelta(days=n) for n in range(7)]
    return [(date_format(day, "l"), date_format(day, "D")) for day in days]


def weeks_of(month: Month, sittings: Iterable[Sitting]) -> list[list[Day]]:
    """Return the weeks of a month, from Monday on, with the sittings on their days."""
    on: dict[datetime.date, list[Sitting]] = defaultdict(list)
    for sitting in sittings:
        on[timezone.localdate(sitting.start)].append(sitting)
    today = timezone.localdate()
    weeks = calendar.Calendar().monthdatescalendar(month.year, month.month)
    return [
        [Day(d, d.month == month.month, d == today, on.get(d, [])) for d in week]
        for week in weeks
    ]


@dataclass(frozen=True)
class PastPage:
    """A page of the sittings that are over."""

    sittings: list[Sitting]
    number: int
    has_next: bool


class NoSuchPage(Exception):
    """There are fewer pages than that."""

    def __str__(self) -> str:
        return gettext("The list does not have this page.")


def read_past(sittings: Any, number: int) -> PastPage:
    """Return a page of past sittings, from 1; one query. Raises NoSuchPage."""
    start = (number - 1) * PAGE_SIZE
    found = list(sittings[start : start + PAGE_SIZE + 1])
    if not found and number > 1:
        raise NoSuchPage
    has_next = len(found) > PAGE_SIZE and number < LAST_PAGE
    return PastPage(found[:PAGE_SIZE], number, has_next)
