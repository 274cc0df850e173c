"""Whether sessions that come through a pooler of connections are what the site expects.

PgBouncer takes no options of a session: who runs it lets it set them (deploy/pgbouncer).
Where somebody forgot, all works until a query runs for an hour.
"""

from typing import Any

from django.conf import settings
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import ConnectionHandler

# Units and spelling as PostgreSQL keeps them: 60s is 1min.
ASKED = """
    WITH wanted (name, value) AS (SELECT * FROM unnest(%s::text[], %s::text[]))
    SELECT name, current_setting(name) FROM wanted
    WHERE CASE WHEN name = 'statement_timeout'
        THEN current_setting(name)::interval <> value::interval
        ELSE lower(current_setting(name)) <> lower(value) END
    ORDER BY name
"""


def is_direct() -> bool:
    """Tell whether DATABASE_URL leads to the server itself, with nothing in between."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting(%s, true)", [settings.DATABASE_DIRECT])
        ((said,),) = cursor.fetchall()
    return bool(said)


def lost_by(pooler: dict[str, Any]) -> dict[str, str]:
    """Return what sessions through a pooler have instead of what they should.

    Raises DatabaseError where the pooler does not answer.
    """
    other = alone(pooler)
    try:
        return _lost(other)
    finally:
        other.close()


def alone(database: dict[str, Any]) -> BaseDatabaseWrapper:
    """Return a single connection by such settings, without a pool of its own."""
    options = {**database["OPTIONS"]}
    del options["pool"]
    handler = ConnectionHandler({"default": {**database, "OPTIONS": options}})
    return handler["default"]


def _lost(session: BaseDatabaseWrapper) -> dict[str, str]:
    wanted = settings.DATABASE_SESSION
    with session.cursor() as cursor:
        cursor.execute(ASKED, [list(wanted), list(wanted.values())])
        return dict(cursor.fetchall())
