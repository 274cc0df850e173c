"""Two at the same moment: waiting until the second one waits for the first."""

import pytest
from django.db import connection


def wait_until_somebody_waits_for_this_transaction() -> None:
    """Return once another transaction waits for what this one holds."""
    with connection.cursor() as cursor:
        for _ in range(10_000):
            cursor.execute(
                "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted "
                "AND transactionid = pg_current_xact_id()::xid)"
            )
            row = cursor.fetchone()
            if row and row[0]:
                return
    pytest.fail("nobody waited: the row is not held")
