"""What was reported in each year, as totals: no place, no day, no person."""

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import (
    Aggregate,
    Case,
    CharField,
    Count,
    DurationField,
    F,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import ExtractYear

from pins.models import Complaint, Report, ReportCase

# Of fewer decisions a middle would tell of single ones.
LEAST_DECISIONS = 5
SECONDS_A_DAY = 86_400


class Median(Aggregate):
    """The value in the middle (PERCENTILE_CONT)."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


def yearly_figures(before: datetime.datetime) -> list[dict[str, Any]]:
    """Return for each year what was reported and decided before a moment.

    The first year first, in the city's time. Reports by `reasons`, things by `outcomes`
    (empty: still open), the median of days until the first decision, and complaints.
    Four queries.
    """
    years: dict[int, dict[str, Any]] = defaultdict(_nothing)
    for year, reason, n in _by_year(
        Report.objects.filter(created_at__lt=before), "created_at", "reason"
    ):
        years[year]["reasons"][reason] = n
    decided = Q(first_decided_at__lt=before)
    cases = ReportCase.objects.filter(opened_at__lt=before).annotate(
        known=Case(
            When(decided, then=F("outcome")),
            default=Value(""),
            output_field=CharField(),
        )
    )
    for year, outcome, n in _by_year(cases, "opened_at", "known"):
        years[year]["outcomes"][outcome] = n
    for year, n, median in _times(cases.filter(decided)):
        if n >= LEAST_DECISIONS:
            days = median.total_seconds() / SECONDS_A_DAY
            years[year]["median_days"] = round(days, 1)
    complaints = Complaint.objects.filter(created_at__lt=before).annotate(
        known=Case(When(decided_at__lt=before, then=F("is_granted")))
    )
    for year, is_granted, n in _by_year(complaints, "created_at", "known"):
        years[year]["complaints"] += n
        if is_granted is not None:
            years[year]["granted" if is_granted else "refused"] += n
    return [{"year": year, **years[year]} for year in sorted(years)]


def _nothing() -> dict[str, Any]:
    return {
        "reasons": Counter(),
        "outcomes": Counter(),
        "median_days": None,
        "complaints": 0,
        "granted": 0,
        "refused": 0,
    }


def _by_year(
    rows: QuerySet[Any], moment: str, value: str
) -> Iterator[tuple[int, Any, int]]:
    """Return year, value and how many there are of it."""
    grouped = rows.order_by().values(value, year=ExtractYear(moment))
    counted = grouped.annotate(n=Count("pk")).values_list("year", value, "n")
    yield from counted


def _times(
    decided: QuerySet[ReportCase],
) -> Iterable[tuple[int, int, datetime.timedelta]]:
    """Return year, number and median of the time until the first decision."""
    grouped = decided.order_by().values(year=ExtractYear("opened_at"))
    return grouped.annotate(
        n=Count("pk"), median=Median(F("first_decided_at") - F("opened_at"))
    ).values_list("year", "n", "median")
