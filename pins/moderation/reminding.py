"""A mail to moderators when something waits longer than it should, once a day at most."""

import datetime

from django.conf import settings
from django.contrib.auth.models import User
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Min, QuerySet
from django.utils import timezone
from procrastinate.contrib.django import app

from pins.models import QueueEntry, QueueReminder
from pins.moderation.letters import write_reminder


def recipients() -> QuerySet[User]:
    """Return the moderators who have an address; a superuser is none by that alone."""
    moderators = User.objects.with_perm(
        "pins.moderate_pin",
        include_superusers=False,
        backend="django.contrib.auth.backends.ModelBackend",
    )
    return moderators.filter(is_active=True).exclude(email="").order_by("pk")


@transaction.atomic
def remind_moderators(now: datetime.datetime | None = None) -> int:
    """Put a mail to each moderator into the outbox; return how many.

    None where nothing is overdue, where nobody could read it, where an operator does not
    want it (`REMIND_MODERATORS`), and where it was done today already.
    """
    now = now or timezone.now()
    if not settings.REMIND_MODERATORS:
        return 0
    overdue = QueueEntry.objects.overdue(now).count()
    wanted = list(recipients().values_list("pk", flat=True))
    if not overdue or not wanted:
        return 0
    _reminder, is_first = QueueReminder.objects.get_or_create(
        day=timezone.localdate(now), defaults={"overdue": overdue, "sent_at": now}
    )
    if not is_first:
        return 0
    task = app.configure_task("pins.tasks.send_reminder")
    for user_id in wanted:
        task.defer(user_id=user_id)
    return len(wanted)


def reminder_for(user_id: int) -> EmailMessage | None:
    """Return the mail with the numbers of now.

    None where nothing is overdue any more, or the reader is no moderator any more.
    """
    now = timezone.now()
    user = recipients().filter(pk=user_id).first()
    waiting = QueueEntry.objects.overdue(now)
    oldest = waiting.aggregate(since=Min("waiting_since"))["since"]
    if user is None or oldest is None:
        return None
    return write_reminder(user, overdue=waiting.count(), days=(now - oldest).days)
