"""That a report of a barrier was sent: its number alone, so that none is sent twice."""

import datetime

from django.db import models
from django.utils import timezone

KEPT = datetime.timedelta(days=1)


class BarrierNotice(models.Model):
    """A report that left as a mail; nothing of what it said is kept."""

    key = models.UUIDField(primary_key=True)
    sent_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return str(self.key)


def erase_old_notices() -> int:
    """Erase the numbers of reports that nobody sends again; return how many."""
    old = BarrierNotice.objects.filter(sent_at__lt=timezone.now() - KEPT)
    return old.delete()[0]
