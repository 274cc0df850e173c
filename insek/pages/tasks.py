"""Jobs of the pages: what is published later, and what is forgotten."""

import logging

from django.core.management import call_command
from procrastinate.contrib.django import app

from insek.pages.models.notice import erase_old_notices
from pins.tasks import fresh_connection

logger = logging.getLogger(__name__)


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="publish_scheduled_pages")
@fresh_connection()
def publish_scheduled_pages(timestamp: int) -> None:
    """Publish the pages whose time has come, and take down those whose time is over."""
    call_command("publish_scheduled")


@app.periodic(cron="25 4 * * *")
@app.task(queueing_lock="erase_barrier_notices")
@fresh_connection()
def erase_barrier_notices(timestamp: int) -> None:
    """Erase the numbers of reports of barriers that were sent."""
    logger.info("%d numbers of reports of barriers erased.", erase_old_notices())
