"""Jobs of the process."""

from procrastinate.contrib.django import app

from insek.numbers.snapshots import recount
from pins.tasks import fresh_connection


@app.task
@fresh_connection()
def count_numbers() -> None:
    """Count the numbers of the process anew, where anything has changed."""
    recount()
