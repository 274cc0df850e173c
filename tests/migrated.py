"""What transactional tests leave behind is taken away: the database is as migrated.

Django empties every table, and makes all types of content and permissions anew, which takes
longer than most tests, and takes with it what the migrations had put there.
"""

from typing import Any

from django.db import connection, transaction
from psycopg import sql

# Made by Django after the migrations; no test changes them.
FIXED = {
    "django_content_type",
    "django_migrations",
    "auth_permission",
    "spatial_ref_sys",
}
# What the migrations put rows into: the groups and first pages of Wagtail, counters, and
# reasons that moderators start from.
_FILLED = (
    "wagtail",
    "auth_group",
    "pins_publicversion",
    "pins_reasontemplate",
    "exports_oparlmark",
)


class MigratedRows:
    """The rows that the migrations made, as they are now; whatever else is there goes."""

    def __init__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
            )
            self._tables = sorted({name for (name,) in cursor} - FIXED)
            filled = [t for t in self._tables if t.startswith(_FILLED)]
            self._rows = {table: _copied(cursor, table) for table in filled}
        self.restore()

    def restore(self) -> None:
        """Leave just these rows in the database; only what differs is written."""
        with transaction.atomic(), connection.cursor() as cursor:
            changed = [
                table
                for table in self._filled_now(cursor)
                if _copied(cursor, table) != self._rows.get(table)
            ]
            if changed:
                names = sql.SQL(", ").join(map(sql.Identifier, changed))
                # Logs refuse to be emptied, by a trigger.
                cursor.execute("SET LOCAL session_replication_role = replica")
                cursor.execute(sql.SQL("TRUNCATE {} CASCADE").format(names))
                cursor.execute("SET LOCAL session_replication_role = origin")
            missing = {t for t, rows in self._rows.items() if rows}
            for table in sorted(missing.difference(self._filled_now(cursor))):
                into = sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(table))
                with cursor.copy(into) as copy:
                    copy.write(self._rows[table])

    def _filled_now(self, cursor: Any) -> list[str]:
        """Return the tables that have rows. One query."""
        one = sql.SQL("SELECT {name} WHERE EXISTS (SELECT FROM {table})")
        cursor.execute(
            sql.SQL(" UNION ALL ").join(
                one.format(name=sql.Literal(table), table=sql.Identifier(table))
                for table in self._tables
            )
        )
        return [name for (name,) in cursor]


def _copied(cursor: Any, table: str) -> bytes:
    rows = sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(table))
    with cursor.copy(rows) as copy:
        return b"".join(copy)
