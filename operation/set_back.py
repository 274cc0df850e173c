"""What a clock that was ahead leaves behind once it is set right (ADR 59).

Moments that lie farther in the future than anything here is put off: a mail would wait for
them, and somebody who mistyped a password be kept out until then.
"""

import datetime

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone

from exports.models import Delivery, Webhook
from pins.models import Mailbox, QueueEntry
from staff.lockout import forgive_tries_after
from trust.clock import is_apart
from trust.models import DailySalt, Hit, KnownText

DAY = datetime.timedelta(days=1)
# What two machines' clocks may differ by.
SLACK = datetime.timedelta(minutes=5)
# Nothing is tried again later than after a day and a half, and no letter is kept from
# somebody for longer than a pause.
FARTHEST = datetime.timedelta(days=3)
JOBS = """
    UPDATE procrastinate_jobs SET scheduled_at = now()
    WHERE status = 'todo' AND scheduled_at > %s
"""


def bring_back() -> dict[str, int]:
    """Let nothing wait for a moment that only a wrong clock can have chosen.

    Return how many of each kind there were, the kinds that there were any of. A clock that
    is not the database's brings nothing back: to one that is behind, all that others have
    just written lies ahead.
    """
    if is_apart():
        return {}
    now = timezone.now()
    far, next_day = now + FARTHEST, (now + DAY).date()
    late = now + settings.MAIL_PAUSE + FARTHEST
    ends = now + datetime.timedelta(seconds=settings.SESSION_COOKIE_AGE) + SLACK
    counts = {
        "jobs": _bring_back_jobs(far),
        "mailboxes": Mailbox.objects.filter(not_before__gt=late).update(not_before=now),
        "messages": Delivery.objects.filter(
            state=Delivery.State.WAITING, next_try_at__gt=far
        ).update(next_try_at=now),
        "webhooks": Webhook.objects.filter(not_before__gt=far).update(not_before=None),
        "claims": QueueEntry.objects.filter(renewed_at__gt=now + SLACK).update(
            renewed_at=now
        ),
        # They are forgiven.
        "wrong passwords": forgive_tries_after(now + SLACK),
        # What is counted and known of a day that is still to come.
        "salts": DailySalt.objects.filter(day__gt=next_day).delete()[0],
        "counts": Hit.objects.filter(until__gt=now + 2 * DAY).delete()[0],
        "texts": KnownText.objects.filter(seen_at__gt=now + SLACK).update(seen_at=now),
        # Nobody may be signed in for so long.
        "sessions": Session.objects.filter(expire_date__gt=ends).delete()[0],
    }
    return {name: count for name, count in counts.items() if count}


def _bring_back_jobs(far: datetime.datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(JOBS, [far])
        count: int = cursor.rowcount
    return count
