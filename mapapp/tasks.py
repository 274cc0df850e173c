"""Jobs that concern all packages."""

from procrastinate.contrib.django import app

from pins.tasks import fresh_connection
from trust.register import erase_due


@app.periodic(cron="50 * * * *")
@app.task(queueing_lock="erase_due")
@fresh_connection()
def erase_due_hourly(timestamp: int) -> None:
    """Erase all personal data whose time is over (docs/retention.md)."""
    erase_due(dry_run=False)
