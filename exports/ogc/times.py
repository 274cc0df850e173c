"""Moments as features show them: in whole seconds, of UTC."""

import datetime

from django.db.models import DateTimeField, F, Func, TextField, Value
from django.utils import timezone


def second(column: str) -> Func:
    """Return the expression of a moment without fractions of its second."""
    return Func(
        Value("second", output_field=TextField()),
        F(column),
        function="date_trunc",
        output_field=DateTimeField(),
    )


def written(moment: datetime.datetime) -> str:
    """Return a moment as RFC 3339 has it, in whole seconds of UTC."""
    return moment.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def written_now() -> str:
    return written(timezone.now())
