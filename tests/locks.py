"""Two at the same moment: waiting until the second one waits for the first."""

import time

import pytest
from django.db import connection

# The second one connects first, which takes its time where the machine is busy.
PATIENCE, PAUSE = 60.0, 0.005
FOR_THIS_TRANSACTION = "transactionid = pg_current_xact_id()::xid"
FOR_ADVICE = (
    "locktype = 'advisory' AND database = "
    "(SELECT oid FROM pg_database WHERE datname = current_database())"
)


def wait_until_somebody_waits_for_this_transaction() -> None:
    """Return once another transaction waits for what this one holds."""
    _wait_until_somebody_waits(FOR_THIS_TRANSACTION)


def wait_until_somebody_waits_for_an_advisory_lock() -> None:
    """Return once another transaction waits for a lock that is no row's."""
    _wait_until_somebody_waits(FOR_ADVICE)


def _wait_until_somebody_waits(condition: str) -> None:
    until = time.monotonic() + PATIENCE
    with connection.cursor() as cursor:
        while time.monotonic() < until:
            cursor.execute(
                f"SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND {condition})"  # noqa: S608 -- the two above
            )
            row = cursor.fetchone()
            if row and row[0]:
                return
            time.sleep(PAUSE)
    pytest.fail("nobody waited: nothing is held")
