"""Two at the same moment: waiting until the second one waits for the first."""

import time

import pytest
from django.db import connection
from django.db.models import Model

# The second one connects first, which takes its time where the machine is busy.
PATIENCE, PAUSE = 60.0, 0.005
HERE = "database = (SELECT oid FROM pg_database WHERE datname = current_database())"


def wait_until_somebody_waits_for_this_transaction() -> None:
    """Return once another transaction waits for what this one holds."""
    _wait_until_somebody_waits("transactionid = pg_current_xact_id()::xid")


def wait_until_somebody_waits_for_a_table(model: type[Model]) -> None:
    """Return once another transaction waits for the whole table of a model."""
    table = model._meta.db_table
    _wait_until_somebody_waits(f"relation = %s::regclass AND {HERE}", table)


def wait_until_somebody_waits_for_an_advisory_lock() -> None:
    """Return once another transaction waits for a lock that is no row's."""
    _wait_until_somebody_waits(f"locktype = 'advisory' AND {HERE}")


def _wait_until_somebody_waits(condition: str, *values: str) -> None:
    until = time.monotonic() + PATIENCE
    with connection.cursor() as cursor:
        while time.monotonic() < until:
            cursor.execute(
                f"SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND {condition})",  # noqa: S608 -- those above
                values,
            )
            row = cursor.fetchone()
            if row and row[0]:
                return
            time.sleep(PAUSE)
    pytest.fail("nobody waited: nothing is held")
