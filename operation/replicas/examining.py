"""How each replica is, for who looks at the machine by hand."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection

from operation.pooling import alone
from operation.replicas.servers import POSITION, State

STANDBY = """
    SELECT pg_is_in_recovery(),
        pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0')::bigint
"""


def examine() -> Iterator[tuple[str, bool]]:
    """Yield in words how each replica is, and whether that is well."""
    with connection.cursor() as cursor:
        cursor.execute(POSITION)
        ((position,),) = cursor.fetchall()
    for alias, database in settings.DATABASE_REPLICAS.items():
        said, is_well = _how_is(database, position)
        yield f"{alias} {said}", is_well


def _how_is(database: dict[str, Any], position: int) -> tuple[str, bool]:
    session = alone(database)
    try:
        with session.cursor() as cursor:
            cursor.execute(STANDBY)
            ((is_standby, replayed),) = cursor.fetchall()
    except DatabaseError:
        return State.SILENT, False
    finally:
        session.close()
    if not is_standby:
        return State.PRIMARY, False
    return f"is {max(position - replayed, 0) / 1e6:.1f} MB behind", True
