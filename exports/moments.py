"""Moments as programs read them (RFC 3339), in whole seconds; in Python and in SQL."""

import datetime

from django.db.models import Func, TextField, Value
from django.db.models.expressions import Combinable
from django.utils import timezone

# In the letters of PostgreSQL's `to_char`, for a moment in UTC.
PATTERN = 'YYYY-MM-DD"T"HH24:MI:SS"Z"'


def in_utc(moment: datetime.datetime) -> str:
    """Return a moment in UTC: 2026-12-31T22:59:59Z."""
    return moment.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def written_now() -> str:
    """Return the present moment, as `in_utc` writes it."""
    return in_utc(timezone.now())


def in_local_time(moment: datetime.datetime) -> str:
    """Return a moment in the city's time, with its offset: 2026-12-31T23:59:59+01:00."""
    return timezone.localtime(moment).isoformat(timespec="seconds")


def text_of(
    moment: Combinable, pattern: str = PATTERN, time_zone: str = "UTC"
) -> Combinable:
    """Return the expression of a moment as a text, by default as `in_utc` writes it."""
    there = Func(Value(time_zone), moment, function="timezone")
    return Func(there, Value(pattern), function="to_char", output_field=TextField())
