"""Jobs: what was counted goes when its time is over."""

import logging
from typing import Any

from django.conf import settings
from django.db import close_old_connections, models
from django.utils import timezone
from procrastinate.contrib.django import app

from trust.models import DailySalt, Hit, KnownText, SpentProof, Suspicion
from trust.salts import today

logger = logging.getLogger(__name__)


@app.periodic(cron="2,17,32,47 * * * *")
@app.task(queueing_lock="erase_counts")
def erase_counts_often(timestamp: int) -> None:
    """Erase salts of past days, and what was counted and noticed too long ago."""
    try:
        logger.info("%d rows against spam erased.", erase_counts(dry_run=False))
    finally:
        # A worker has no requests at whose end Django would drop a broken connection.
        close_old_connections()


def erase_counts(*, dry_run: bool) -> int:
    """Erase what is over; return how many rows. The log holds the count alone."""
    now = timezone.now()
    due: tuple[models.QuerySet[Any], ...] = (
        DailySalt.objects.filter(day__lt=today()),
        Hit.objects.filter(until__lte=now),
        SpentProof.objects.filter(expires_at__lte=now),
        KnownText.objects.filter(seen_at__lte=now - settings.TEXT_LIFETIME),
        Suspicion.objects.filter(at__lte=now - settings.SUSPICION_LIFETIME),
    )
    if dry_run:
        return sum(rows.count() for rows in due)
    return sum(rows.delete()[0] for rows in due)
