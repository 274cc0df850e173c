"""How often an address is asked by mail: nobody fills a stranger's mailbox from here."""

import datetime
import math

from django.db import connection
from django.db.models import Sum
from django.utils import timezone

from pins.models import Contact, Follow

# One mail to confirm per address and matter in this time, then in twice that, and so many
# to an address in a day, whatever it was entered for.
ASK_AGAIN = datetime.timedelta(hours=1)
ASKED_A_DAY = 8
DAY = datetime.timedelta(days=1)


def one_at_a_time(email: str) -> None:
    """Let forms with the same address pass one after another: each counts the last.

    Not by holding the mailbox: who sends to it holds that, however slow the server is.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(lower(%s), 0))", [email]
        )


def may_be_asked(email: str) -> bool:
    """Tell whether one more mail to confirm may go to an address today."""
    since = timezone.now() - DAY
    unanswered = Follow.objects.filter(
        mailbox__email__iexact=email, confirmed_at=None, asked_at__gt=since
    )
    contacts = Contact.objects.of_address(email).filter(
        confirmed_at=None, asked_at__gt=since
    )
    asked = contacts.aggregate(n=Sum("asked_times"))["n"] or 0
    return asked + sum(map(_mails_to_confirm, unanswered)) < ASKED_A_DAY


def _mails_to_confirm(follow: Follow) -> int:
    """Return how many mails may have gone out: before each the pause had doubled."""
    pauses = (follow.asked_at - follow.created_at) / ASK_AGAIN
    return 1 if pauses < 1 else 2 + int(math.log2(pauses))
