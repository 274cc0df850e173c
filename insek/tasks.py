"""Jobs of the process."""

import logging
from uuid import UUID

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from insek.cards import keeping
from insek.letters import Letter, write_invitation, write_letter
from insek.models import CardSheet, Invitation, Registration
from insek.numbers.snapshots import recount
from insek.registering import erase_registrations
from pins.tasks import fresh_connection

logger = logging.getLogger(__name__)


@app.task
@fresh_connection()
def count_numbers() -> None:
    """Count the numbers of the process anew, where anything has changed."""
    recount()


@app.task
@fresh_connection()
def import_cards(sheet_id: str) -> None:
    """Make contributions of a sheet; nothing happens where that was done or called off."""
    sheet = CardSheet.objects.filter(pk=UUID(sheet_id)).first()
    if sheet is not None:
        keeping.run_import(sheet)


@app.periodic(cron="45 3 * * *")
@app.task(queueing_lock="forget_cards")
@fresh_connection()
def forget_cards(timestamp: int) -> None:
    """Forget what was typed into sheets and became no contribution."""
    count = keeping.empty_old_sheets(timezone.now() - keeping.LIFETIME)
    logger.info("What was typed into %d sheets of cards is forgotten.", count)


@app.task(retry=RetryStrategy(max_attempts=10, exponential_wait=3))
@fresh_connection()
def send_letter(registration_id: int, letter: str) -> None:
    """Send one mail to a registrant; nothing where they were erased meanwhile."""
    wanted = Registration.objects.select_related("event")
    registration = wanted.filter(pk=registration_id).first()
    if registration is not None:
        mail = write_letter(registration, Letter(letter))
        if mail is not None:
            mail.send()


@app.task(retry=RetryStrategy(max_attempts=10, exponential_wait=3))
@fresh_connection()
def send_invitation(invitation_id: int) -> None:
    """Send one personal invitation; nothing where it was erased or taken back."""
    wanted = Invitation.objects.select_related("event", "group")
    invitation = wanted.filter(pk=invitation_id).first()
    if invitation is not None:
        mail = write_invitation(invitation)
        if mail is not None:
            mail.send()


@app.periodic(cron="15 * * * *")
@app.task(queueing_lock="erase_registrations")
@fresh_connection()
def erase_registrations_hourly(timestamp: int) -> None:
    """Erase the registrations and invitations whose time is over."""
    logger.info(
        "%d registrations and invitations erased.", erase_registrations(dry_run=False)
    )
