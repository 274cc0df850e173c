"""Jobs that keep the jobs going."""

import logging

from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django import app

from operation.set_back import bring_back
from pins.tasks import fresh_connection

logger = logging.getLogger(__name__)
# A worker gives a sign of life every ten seconds, by the clock of the database.
STALLED = """
    SELECT job.id, EXISTS (
        SELECT FROM procrastinate_jobs twin
        WHERE twin.queueing_lock = job.queueing_lock AND twin.status = 'todo'
    )
    FROM procrastinate_jobs job
    LEFT JOIN procrastinate_workers worker ON worker.id = job.worker_id
    WHERE job.status = 'doing'
      AND (worker.id IS NULL OR worker.last_heartbeat < now() - interval '1 minute')
    ORDER BY job.id
"""
GIVE_UP = "SELECT procrastinate_finish_job_v1(%s, 'failed', false)"


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="take_up_stalled_jobs")
@fresh_connection()
def take_up_stalled_jobs(timestamp: int) -> None:
    """Let another worker do what a killed one was at; nobody else would ever."""
    count = take_up_stalled()
    if count:
        logger.info("%d jobs of a worker that is gone are taken up.", count)


@app.periodic(cron="*/10 * * * *")
@app.task(queueing_lock="bring_back_from_future")
@fresh_connection()
def bring_back_from_future(timestamp: int) -> None:
    """Let nothing wait for a moment that a clock which was ahead has chosen."""
    for name, count in bring_back().items():
        logger.warning("%d %s of a clock that was ahead brought back.", count, name)


def take_up_stalled() -> int:
    """Give back the jobs whose worker gives no sign of life; return how many.

    One that waits a second time already, as what is done each minute does, is given up.
    """
    with connection.cursor() as cursor:
        cursor.execute(STALLED)
        found = cursor.fetchall()
        for job, waits_already in found:
            if waits_already:
                cursor.execute(GIVE_UP, [job])
            else:
                app.job_manager.retry_job_by_id(job, retry_at=timezone.now())
    return len(found)
