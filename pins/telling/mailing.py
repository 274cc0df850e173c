"""Sending what stands in the outbox: at most one mail a day to each person.

Whoever sends to a person holds their mailbox meanwhile: two workers never write to the
same one. A mail counts as sent once the server has taken it; whatever goes wrong before
leaves it in the outbox, for a later run.
"""

import datetime
import logging
import smtplib
import time
from enum import StrEnum

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from pins.models import Mailbox, News, Notice
from pins.telling.letters import write_letter

logger = logging.getLogger(__name__)

# One run writes to so many people and takes so many seconds; the next one goes on.
PEOPLE = 500
SECONDS = 45
# So much fits into one mail; what is more comes with the next.
NEWS_IN_A_MAIL = 400
# After so many in a row that the server did not take, it is left alone until the next run.
FAILURES = 3
SERVER_PAUSE = datetime.timedelta(minutes=5)
# An address that is refused is tried again after one hour, two, four … a day.
FIRST_PAUSE = datetime.timedelta(hours=1)
LONGEST_PAUSE = datetime.timedelta(days=1)
# What was told, or could not be for so long, is erased.
NEWS_LIFETIME = datetime.timedelta(days=30)


class Outcome(StrEnum):
    """What became of one person's mail."""

    SENT = "sent"
    # Somebody else sends to them just now, or nothing was left to tell.
    NOTHING = "nothing"
    REFUSED = "refused"
    SERVER_FAILED = "server failed"


class Refused(Exception):
    """The server does not take this mail, and may take others."""


class ServerFailed(Exception):
    """The server is down, too slow, or wants nothing from us."""


class Server:
    """One connection to the mail server, opened where needed and kept for a run."""

    def __init__(self) -> None:
        self._connection = get_connection()

    def send(self, message: EmailMessage) -> None:
        """Hand a mail over. Raises Refused and ServerFailed, which name no address."""
        message.connection = self._connection
        try:
            self._connection.open()
            message.send()
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError) as error:
            # The server may have hung up with it.
            self.close()
            raise Refused(type(error).__name__) from None
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            raise ServerFailed(type(error).__name__) from None
        except ValueError as error:
            # An address or a subject that cannot be written into a mail.
            raise Refused(type(error).__name__) from None

    def close(self) -> None:
        """Give the connection back; one that is broken is just dropped."""
        try:
            self._connection.close()
        except (smtplib.SMTPException, OSError):
            self._connection = get_connection()


def send_mails() -> int:
    """Send what is due, person by person; return how many mails the server took."""
    until = time.monotonic() + SECONDS
    server, sent, failures = Server(), 0, 0
    try:
        for mailbox_id in _due().values_list("pk", flat=True)[:PEOPLE]:
            outcome = _deliver(mailbox_id, server)
            sent += outcome == Outcome.SENT
            failures = failures + 1 if outcome == Outcome.SERVER_FAILED else 0
            if failures == FAILURES or time.monotonic() > until:
                break
    finally:
        server.close()
    return sent


def _due() -> QuerySet[Mailbox]:
    """Return who is owed a mail and may get one, who has waited longest first."""
    unsent = Notice.objects.unsent().filter(mailbox=OuterRef("pk"))
    due = Mailbox.objects.filter(Exists(unsent), not_before__lte=timezone.now())
    return due.order_by("not_before", "pk")


@transaction.atomic
def _deliver(mailbox_id: int, server: Server) -> Outcome:
    """Write to one person, and note what became of it."""
    free = _due().select_for_update(skip_locked=True, no_key=True, of=("self",))
    mailbox = free.filter(pk=mailbox_id).first()
    if mailbox is None:
        return Outcome.NOTHING
    notices = _next_notices(mailbox)
    outcome = _send(mailbox, notices, server)
    if outcome in {Outcome.SENT, Outcome.NOTHING}:
        Notice.objects.filter(pk__in=[n.pk for n in notices]).update(
            sent_at=timezone.now()
        )
    mailbox.save(update_fields=["not_before", "refusals"])
    return outcome


def _next_notices(mailbox: Mailbox) -> list[Notice]:
    """Return what the next mail tells: the oldest, and all of the topics among them.

    Who follows thousands of contributions that a measure takes up reads it in one mail.
    """
    unsent = (
        Notice.objects.unsent()
        .filter(mailbox=mailbox)
        .select_related(
            "news__comment",
            "news__step__merge__survivor",
            "contact__pin",
            "follow__pin",
            "follow__theme",
        )
        .order_by("news")
    )
    notices = list(unsent[:NEWS_IN_A_MAIL])
    topics = {notice.news.topic for notice in notices} - {""}
    if topics and len(notices) == NEWS_IN_A_MAIL:
        more = unsent.filter(news__topic__in=topics, news__gt=notices[-1].news_id)
        notices += more
    return notices


def _send(mailbox: Mailbox, notices: list[Notice], server: Server) -> Outcome:
    """Send one mail, and set when the next may follow."""
    letter = write_letter(mailbox, notices)
    if letter is None:
        return Outcome.NOTHING
    now = timezone.now()
    try:
        server.send(letter)
    except Refused as error:
        pause = min(FIRST_PAUSE * 2 ** min(mailbox.refusals, 8), LONGEST_PAUSE)
        mailbox.refusals = min(mailbox.refusals + 1, 100)
        mailbox.not_before = now + pause
        logger.warning("A mail to mailbox %d was refused: %s.", mailbox.pk, error)
        return Outcome.REFUSED
    except ServerFailed as error:
        # Whoever makes the server fail does not stand first in the next run.
        mailbox.not_before = now + SERVER_PAUSE
        logger.warning("The mail server did not answer as it should: %s.", error)
        return Outcome.SERVER_FAILED
    mailbox.refusals, mailbox.not_before = 0, now + settings.MAIL_PAUSE
    return Outcome.SENT


def erase_told_news(*, dry_run: bool) -> int:
    """Erase what was told a month ago, and with it who was; return how many pieces."""
    old = News.objects.filter(spread_at__lt=timezone.now() - NEWS_LIFETIME)
    count = old.count()
    if not dry_run:
        old.delete()
    return count
