"""Moments as features show them: in whole seconds, of UTC."""

import datetime

from django.utils import timezone


def written(moment: datetime.datetime) -> str:
    """Return a moment as RFC 3339 has it, in whole seconds of UTC."""
    return moment.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def written_now() -> str:
    return written(timezone.now())
