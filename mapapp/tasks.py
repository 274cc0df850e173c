"""Jobs that concern all packages."""

import logging

from procrastinate.contrib.django import app

from mapapp.own_data import write_link
from pins.tasks import fresh_connection
from trust.clock import ClockDoubted
from trust.mails import AFTER_OTHERS, UNTIL_SENT
from trust.models import AddressLink
from trust.register import erase_due

logger = logging.getLogger(__name__)


@app.task(retry=UNTIL_SENT, priority=AFTER_OTHERS)
@fresh_connection()
def send_address_link(link_id: int) -> None:
    """Send the link to all that is stored about an address; nothing where that is nothing."""
    link = AddressLink.objects.filter(pk=link_id).first()
    message = write_link(link) if link is not None else None
    if message is not None:
        message.send()


# Jobs that once erased one part each: some may still wait in the queue of a site.
FORMER_NAMES = [
    "pins.tasks.erase_contacts_nightly",
    "pins.tasks.erase_follows_hourly",
    "pins.tasks.erase_waiting_photos",
    "insek.tasks.erase_registrations_hourly",
    "insek.tasks.forget_cards",
    "exports.tasks.erase_files",
    "exports.tasks.forget_pulls",
    "councils.tasks.erase_papers",
    "trust.tasks.erase_counts_often",
]


@app.periodic(cron="50 * * * *")
@app.task(queueing_lock="erase_due", aliases=FORMER_NAMES)
@fresh_connection()
def erase_due_hourly(timestamp: int) -> None:
    """Erase all personal data whose time is over (docs/retention.md).

    What a doubtful clock holds up is told by /readyz and /metrics, and done once it is over.
    """
    try:
        erase_due(dry_run=False)
    except ClockDoubted as doubted:
        logger.warning("%s manage.py doctor says more.", doubted)
