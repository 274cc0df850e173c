"""Signs of life of workers, for tests."""

import datetime

from django.db import connection


def see_worker(moment: datetime.datetime) -> None:
    """Let the last sign of life of any worker be of this moment."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_workers")
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (%s)", [moment]
        )
