"""Jobs of the ways out."""

import logging
from uuid import UUID

from django.utils import timezone
from procrastinate.contrib.django import app

from exports.large import making
from exports.oparl import keeping
from exports.webhooks import delivering
from pins.tasks import fresh_connection

logger = logging.getLogger(__name__)


@app.task
@fresh_connection()
def make_file(file_id: str) -> None:
    """Make a large file that somebody waits for."""
    making.make_file(UUID(file_id))


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="tell_webhooks")
@fresh_connection()
def tell_webhooks(timestamp: int) -> None:
    """Spread what happened among the webhooks, and let what is due be sent."""
    delivering.spread_events()
    delivering.start_sending()


@app.task
@fresh_connection()
def send_webhook(webhook_id: int) -> None:
    """Send what is due to one webhook."""
    delivering.send_due(webhook_id)


@app.periodic(cron="55 3 * * *")
@app.task(queueing_lock="erase_webhook_events")
@fresh_connection()
def erase_webhook_events(timestamp: int) -> None:
    """Erase what webhooks were told of long ago."""
    count = delivering.erase_old(timezone.now() - delivering.LIFETIME)
    logger.info("%d events for webhooks erased, with their deliveries.", count)


@app.periodic(cron="*/10 * * * *")
@app.task(queueing_lock="keep_oparl")
@fresh_connection()
def keep_oparl(timestamp: int) -> None:
    """Note for harvesters what has changed, also while none of them asks."""
    keeping.bring_up_to_date()


@app.periodic(cron="30 4 * * *")
@app.task(queueing_lock="look_through_oparl")
@fresh_connection()
def look_through_oparl(timestamp: int) -> None:
    """Compare all that is given out with what is public: files may be lost meanwhile."""
    keeping.mark_everything()
    keeping.bring_up_to_date()
    keeping.bring_site_up_to_date()
