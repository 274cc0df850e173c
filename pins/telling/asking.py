"""How often an address is asked by mail: nobody fills a stranger's mailbox from here."""

import datetime
import math

from django.db import connection

from trust.clock import lately

# One mail to confirm per address and matter in this time, then in twice that, and so many
# to an address in a day, whatever it was entered for.
ASK_AGAIN = datetime.timedelta(hours=1)
ASKED_A_DAY = 8
DAY = datetime.timedelta(days=1)
# What an address has not confirmed: mails about pins of its own, and of each thing it
# wants to follow how long after the first mail the last one was asked for.
UNANSWERED = """
    SELECT
        (
            SELECT coalesce(sum(contact.asked_times), 0) FROM pins_contact contact
            WHERE lower(contact.email) = lower(%(email)s)
                AND contact.confirmed_at IS NULL
                AND contact.asked_at BETWEEN %(since)s AND %(until)s
        ),
        ARRAY(
            SELECT follow.asked_at - follow.created_at
            FROM pins_follow follow JOIN pins_mailbox mailbox
                ON mailbox.id = follow.mailbox_id
            WHERE lower(mailbox.email) = lower(%(email)s)
                AND follow.confirmed_at IS NULL
                AND follow.asked_at BETWEEN %(since)s AND %(until)s
        )
"""


def one_at_a_time(email: str) -> None:
    """Let forms with the same address pass one after another: each counts the last.

    Not by holding the mailbox: who sends to it holds that, however slow the server is.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(lower(%s), 0))", [email]
        )


def may_be_asked(email: str) -> bool:
    """Tell whether one more mail to confirm may go to an address today. One query."""
    since, until = lately(DAY)
    with connection.cursor() as cursor:
        cursor.execute(UNANSWERED, {"email": email, "since": since, "until": until})
        asked_by_pins, ages = cursor.fetchone()
    asked: int = asked_by_pins + sum(map(_mails_to_confirm, ages))
    return asked < ASKED_A_DAY


def _mails_to_confirm(age: datetime.timedelta) -> int:
    """Return how many mails may have gone out: before each the pause had doubled.

    `age` is what lay between the first and the last one.
    """
    pauses = age / ASK_AGAIN
    return 1 if pauses < 1 else 2 + int(math.log2(pauses))
