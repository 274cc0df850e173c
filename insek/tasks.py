"""Jobs of the process."""

import logging
from uuid import UUID

from django.utils import timezone
from procrastinate.contrib.django import app

from insek.cards import keeping
from insek.models import CardSheet
from insek.numbers.snapshots import recount
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
