"""Counting the published contributions, in two statements over the public read model."""

import datetime
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate
from math import ceil, floor
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from pins.reporting.figures import yearly_figures

# The longest a count may take: it runs as a job, beside the limit of web requests. The
# groups of a large city fit into memory.
SETTINGS = """
    SET LOCAL statement_timeout = '5min';
    SET LOCAL work_mem = '64MB';
"""

# Grouped by everything first, so that a million rows are read once.
# A duplicate has no outcome of its own: that of the contribution it was merged into counts.
COUNTS = """
    WITH said AS MATERIALIZED (
        SELECT date_trunc('month', published_at AT TIME ZONE %s) AS month,
            district_slug, theme_slug, kind, status, source,
            answered_after IS NOT NULL AND status <> 'duplicate' AS answered,
            goal IS NOT NULL AND status <> 'duplicate' AS has_goal,
            measure IS NOT NULL AND status <> 'duplicate' AS has_measure,
            count(*) AS n
        FROM pins_publicpin
        GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9
    )
    SELECT to_char(month, 'YYYY-MM'), district_slug, facet, value, sum(n)::integer
    FROM said, LATERAL (VALUES
        ('theme', theme_slug), ('kind', kind), ('status', status), ('source', source),
        ('outcome', CASE WHEN answered THEN 'answered' END),
        ('outcome', CASE WHEN has_goal THEN 'goal' END),
        ('outcome', CASE WHEN has_measure THEN 'measure' END)
    ) facets (facet, value)
    WHERE value IS NOT NULL
    GROUP BY 1, 2, 3, 4
    ORDER BY 1, 2, 3, 4
"""

# How many answers took how long, in tenths of days, of which place and period: the
# quartiles follow from that without sorting a million rows.
TIMES = """
    SELECT body_slug, district_slug,
        (published_at >= %s)::integer + (published_at >= %s)::integer AS recent,
        round(extract(epoch FROM answered_after) / 8640)::integer AS tenths,
        count(*)::integer
    FROM pins_publicpin
    WHERE answered_after IS NOT NULL AND status <> 'duplicate'
    GROUP BY 1, 2, 3, 4
"""


@dataclass(frozen=True)
class Periods:
    """Where the periods of the numbers begin: first days of months in the city."""

    year: datetime.date
    twelve_months: datetime.date

    @classmethod
    def on(cls, day: datetime.date) -> "Periods":
        """Return the periods that end on a day: its year, and twelve months with its own."""
        first = day.replace(day=1)
        month_after = (first + datetime.timedelta(days=31)).replace(day=1)
        return cls(
            year=first.replace(month=1),
            twelve_months=month_after.replace(year=month_after.year - 1),
        )


def count() -> dict[str, Any]:
    """Return the numbers of now as codes and counts, ready to be kept as JSON."""
    today = timezone.localdate()
    periods = Periods.on(today)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(SETTINGS)
        cursor.execute(COUNTS, [settings.TIME_ZONE])
        counts = [list(row) for row in cursor.fetchall()]
        cursor.execute(TIMES, [_start(periods.twelve_months), _start(periods.year)])
        times = quartiles(cursor.fetchall())
    return {
        "day": today.isoformat(),
        "counts": counts,
        "times": times,
        # Of whole months alone: nobody finds out what was reported just now.
        "reports": yearly_figures(_start(today.replace(day=1))),
    }


# Twelve months hold the year, and all the time holds both.
PERIODS_OF = (("all",), ("all", "12-months"), ("all", "12-months", "year"))
Place = tuple[str, str | None, str | None]


def quartiles(rows: Iterable[tuple[str, str, int, int, int]]) -> list[list[Any]]:
    """Return period, body, district, number and quartiles in days.

    One of body and district is None, or both: of the whole city.
    """
    counts: dict[Place, Counter[int]] = defaultdict(Counter)
    for body, district, recent, tenths, n in rows:
        for period in PERIODS_OF[recent]:
            counts[period, None, None][tenths] += n
            counts[period, body, None][tenths] += n
            counts[period, None, district][tenths] += n
    found = []
    for place, tally in counts.items():
        lengths = sorted(tally)
        steps = list(accumulate(tally[length] for length in lengths))
        parts = [_quantile(lengths, steps, part) / 10 for part in (0.25, 0.5, 0.75)]
        found.append([*place, steps[-1], parts])
    return found


def _quantile(values: list[int], steps: list[int], part: float) -> float:
    """Return where a part of all lies: between two of them as PERCENTILE_CONT does.

    `steps` says of each value how many are at most so large.
    """
    position = part * (steps[-1] - 1)
    below, above = (
        values[bisect_right(steps, index)]
        for index in (floor(position), ceil(position))
    )
    return below + (above - below) * (position - floor(position))


def _start(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))
