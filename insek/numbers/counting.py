"""Counting the published contributions, in two statements over the public read model."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

# The longest a count may take: it runs as a job, beside the limit of web requests.
TIMEOUT = "SET LOCAL statement_timeout = '5min'"

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

# In days. Quartiles do not add up, so they are counted for each period and place.
TIMES = """
    SELECT period, body_slug, district_slug, count(*)::integer,
        percentile_cont(ARRAY[0.25, 0.5, 0.75]) WITHIN GROUP (
            ORDER BY extract(epoch FROM answered_after) / 86400
        )
    FROM pins_publicpin, LATERAL (VALUES
        ('all', true), ('year', published_at >= %s), ('12-months', published_at >= %s)
    ) periods (period, is_in)
    WHERE is_in AND answered_after IS NOT NULL AND status <> 'duplicate'
    GROUP BY GROUPING SETS (
        (period), (period, body_slug), (period, district_slug)
    )
    ORDER BY 1, 2, 3
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
        cursor.execute(TIMEOUT)
        cursor.execute(COUNTS, [settings.TIME_ZONE])
        counts = [list(row) for row in cursor.fetchall()]
        cursor.execute(TIMES, [_start(periods.year), _start(periods.twelve_months)])
        times = [list(row) for row in cursor.fetchall()]
    return {"day": today.isoformat(), "counts": counts, "times": times}


def _start(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))
