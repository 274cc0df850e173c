"""The role of the database that the site runs as: it can add to logs, and not change them.

Tables belong to another role, which migrates. `manage.py secure_database` runs as that one
(docs/operation.md): it gives the site's role what it needs on every table and takes away
what a log refuses anyway by triggers, which whoever owns a table could switch off.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import pgtrigger
from django.apps import apps
from django.db import connection, transaction
from psycopg import sql

_OURS = """
    SELECT relname, relkind FROM pg_class
    WHERE relnamespace = current_schema()::regnamespace
        AND relkind IN ('r', 'p', 'v', 'm', 'S')
        AND pg_has_role(current_user, relowner, 'USAGE')
    ORDER BY relname
"""
_ROLE = """
    SELECT rolsuper, EXISTS (
        SELECT FROM pg_class WHERE relnamespace = current_schema()::regnamespace
            AND relkind = 'r' AND pg_has_role(r.oid, relowner, 'MEMBER')
    )
    FROM pg_roles r WHERE rolname = %s
"""
SEQUENCE = "S"


class UnfitRole(Exception):
    """The role is not there, or could take back whatever is taken from it."""


@dataclass(frozen=True)
class Log:
    """A table in which rows are added, and what is refused there besides TRUNCATE."""

    table: str
    refused: tuple[str, ...]


def logs() -> Iterator[Log]:
    """Return the tables whose triggers refuse to change or delete rows."""
    for model in apps.get_models():
        triggers = getattr(model._meta, "triggers", ())
        guards = [t for t in triggers if isinstance(t, pgtrigger.Protect)]
        refused = tuple(
            verb
            for verb in ("UPDATE", "DELETE")
            if any(verb in str(guard.operation) for guard in guards)
        )
        if refused:
            yield Log(model._meta.db_table, refused)


@transaction.atomic
def secure(role: str) -> list[Log]:
    """Give the role what the site needs, and nothing with which logs could be changed.

    Returns the logs. To be repeated after each migration: new tables are not the role's
    yet. Raises UnfitRole.
    """
    _demand_fit(role)
    name = sql.Identifier(role)
    found = list(logs())
    with connection.cursor() as cursor:

        def run(statement: str, *names: str) -> None:
            parts = map(sql.Identifier, names)
            cursor.execute(sql.SQL(statement).format(*parts, role=name))

        cursor.execute("SELECT current_schema()")
        schema = cursor.fetchone()[0]
        run("REVOKE CREATE ON SCHEMA {} FROM PUBLIC", schema)
        run("REVOKE ALL ON SCHEMA {} FROM {role}", schema)
        run("GRANT USAGE ON SCHEMA {} TO {role}", schema)
        cursor.execute(_OURS)
        for table, kind in cursor.fetchall():
            run("REVOKE ALL ON {} FROM {role}", table)
            if kind == SEQUENCE:
                run("GRANT USAGE, SELECT, UPDATE ON {} TO {role}", table)
            else:
                run("GRANT SELECT, INSERT, UPDATE, DELETE ON {} TO {role}", table)
        for log in found:
            if "UPDATE" in log.refused:
                run("REVOKE UPDATE ON {} FROM {role}", log.table)
            if "DELETE" in log.refused:
                run("REVOKE DELETE ON {} FROM {role}", log.table)
        run("REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {role}")
    return found


def _demand_fit(role: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_ROLE, [role])
        row = cursor.fetchone()
    if row is None:
        message = f"There is no role {role}: create it with CREATE ROLE … LOGIN."
        raise UnfitRole(message)
    is_superuser, owns_tables = row
    if is_superuser or owns_tables:
        message = (
            f"The role {role} is a superuser or owns tables: it could take back "
            "whatever is taken from it. Migrate as another role."
        )
        raise UnfitRole(message)
