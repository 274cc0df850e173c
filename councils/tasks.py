"""Jobs of the desks."""

import datetime
import logging
from uuid import UUID

from django.utils import timezone
from procrastinate.contrib.django import app

from councils.catching_up import catch_up
from councils.desk.digest import Recipient, recipients, write_digest
from councils.papers import keeping
from pins.tasks import fresh_connection
from trust.mails import AFTER_OTHERS, UNTIL_SENT

logger = logging.getLogger(__name__)

# Monday, 7 o'clock in the city, summer and winter.
DIGEST_HOUR = 7


# Periodic jobs know UTC alone: one of the two is the hour in the city.
@app.periodic(cron="0 5,6 * * 1")
@app.task(queueing_lock="send_digests")
@fresh_connection()
def send_digests(timestamp: int) -> None:
    """Put the weekly mails to the members of all bodies into the outbox."""
    due = datetime.datetime.fromtimestamp(timestamp, tz=datetime.UTC)
    if timezone.localtime(due).hour != DIGEST_HOUR:
        return
    wanted = recipients()
    for recipient in wanted:
        send_digest.defer(user_id=recipient.user_id, body_id=recipient.body_id)
    logger.info("%d digests of desks to send.", len(wanted))


@app.task(retry=UNTIL_SENT, priority=AFTER_OTHERS)
@fresh_connection()
def send_digest(user_id: int, body_id: int) -> None:
    """Send one member what waits now; nothing where nothing does any more."""
    mail = write_digest(Recipient(user_id, body_id))
    if mail is not None:
        mail.send()


@app.periodic(cron="35 * * * *")
@app.task(queueing_lock="catch_up_with_results")
@fresh_connection()
def catch_up_with_results(timestamp: int) -> None:
    """Let contributions that were hidden when a sitting ended take its steps."""
    logger.info("%d contributions caught up with results.", catch_up())


@app.task
@fresh_connection()
def make_paper(paper_id: str) -> None:
    """Make a paper that somebody waits for."""
    keeping.make_paper(UUID(paper_id))
