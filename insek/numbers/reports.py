"""What was reported and what became of it, year by year (DSA, Art. 15 and 24)."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy

from insek.numbers.tables import Column, Figure, Row, Shown
from insek.numbers.tallies import Tallies
from pins.models.report import Outcome, Reason

# Reasons that were named less often in a year stand with the others.
LEAST = 3
YEARS_ON_PAGE = 5
REPORTS = (
    Column("reports", gettext_lazy("Reports received"), Shown.COUNT),
    Column("things", gettext_lazy("Reported things"), Shown.COUNT),
    Column("hidden", gettext_lazy("Hidden"), Shown.COUNT),
    Column("changed", gettext_lazy("Corrected"), Shown.COUNT),
    Column("kept", gettext_lazy("Left as they were"), Shown.COUNT),
    Column("gone", gettext_lazy("Not public any more"), Shown.COUNT, is_on_page=False),
    Column("waiting", gettext_lazy("Still open"), Shown.COUNT),
    Column("median_days", gettext_lazy("Half decided within (days)"), Shown.DECIMAL),
    Column("complaints", gettext_lazy("Complaints"), Shown.COUNT),
    Column("granted", gettext_lazy("of these granted"), Shown.COUNT),
    Column("refused", gettext_lazy("not granted"), Shown.COUNT, is_on_page=False),
    Column("automated", gettext_lazy("Decided by programs"), Shown.COUNT),
)
NOTE = gettext_lazy(
    "Of the whole city, whatever period and district are chosen, up to the end of last "
    "month. People decide on everything: nothing is found or decided by a program."
)


def reports(tallies: Tallies) -> Figure:
    """Return what was reported in each year, and what became of it."""
    return Figure(
        "report",
        gettext_lazy("Reports of content"),
        gettext_lazy("Year"),
        REPORTS,
        [_year(year) for year in tallies.reports],
        NOTE,
    )


def reports_by_reason(tallies: Tallies) -> Figure:
    """Return why things were reported, the latest year first."""
    years = list(reversed(tallies.reports))
    columns = tuple(
        Column(
            f"reports_{year['year']}",
            str(year["year"]),
            Shown.COUNT,
            is_on_page=number < YEARS_ON_PAGE,
        )
        for number, year in enumerate(years)
    )
    folded = [_folded(year["reasons"]) for year in years]
    rows = [
        Row(
            reason.value,
            str(reason.label),
            tuple(counts.get(reason.value, 0) for counts in folded),
        )
        for reason in Reason
    ]
    return Figure(
        "report-reason",
        gettext_lazy("Why content was reported"),
        gettext_lazy("Why"),
        columns,
        rows if years else [],
        gettext_lazy(
            "A reason that was named fewer than three times in a year counts there as "
            "“Something else”."
        ),
    )


def _folded(counts: Mapping[str, int]) -> dict[str, int]:
    """Return the counts with the small ones added to the others."""
    often = {reason: n for reason, n in counts.items() if n >= LEAST}
    rest = sum(counts.values()) - sum(often.values())
    other = Reason.OTHER.value
    return often | {other: often.get(other, 0) + rest}


def _year(year: Mapping[str, Any]) -> Row:
    outcomes = year["outcomes"]
    named = [outcomes.get(outcome.value, 0) for outcome in _IN_ORDER]
    return Row(
        str(year["year"]),
        str(year["year"]),
        (
            sum(year["reasons"].values()),
            sum(outcomes.values()),
            *named,
            outcomes.get("", 0),
            year["median_days"],
            year["complaints"],
            year["granted"],
            year["refused"],
            0,
        ),
    )


# As the columns stand.
_IN_ORDER = (Outcome.HIDDEN, Outcome.CHANGED, Outcome.KEPT, Outcome.GONE)
