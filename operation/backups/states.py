"""What a database holds, in numbers that two databases can be compared by."""

from dataclasses import asdict, dataclass
from typing import Self

from django.db import connection
from psycopg import sql

# Tables of ours: what belongs to an extension (PostGIS's list of CRS) comes with it, and
# what is UNLOGGED is left out of backups.
TABLES = """
    SELECT c.relname
    FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
      AND c.relpersistence = 'p'
      AND NOT EXISTS (
          SELECT FROM pg_depend d
          WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'
      )
    ORDER BY c.relname
"""
# Of the rows as texts, in whatever order they lie. The same text has the same hash on
# every machine.
STATE = """
    SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)::numeric), 0)::text
    FROM {table} t
"""
# How rows look as texts must not hang on the settings of a server or a session.
AS_EVERYWHERE = """
    SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO, YMD';
    SET LOCAL intervalstyle = 'iso_8601'; SET LOCAL bytea_output = 'hex';
    SET LOCAL extra_float_digits = 1; SET LOCAL statement_timeout = 0
"""
# Sequences go on whatever a transaction sees: what counts is that none would give out a
# number that is taken.
SEQUENCES = """
    SELECT s.relname, t.relname, a.attname
    FROM pg_depend d
    JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S'
    JOIN pg_class t ON t.oid = d.refobjid
    JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
    WHERE d.deptype IN ('a', 'i') AND t.relnamespace = 'public'::regnamespace
    ORDER BY s.relname
"""
IS_BEHIND = """
    SELECT coalesce((SELECT max({column}) FROM {table}), 0)
        > CASE WHEN is_called THEN last_value ELSE last_value - 1 END
    FROM {sequence}
"""


@dataclass(frozen=True)
class TableState:
    """How many rows a table has, and a checksum of all of them."""

    rows: int
    checksum: str

    @classmethod
    def read(cls, content: dict[str, object]) -> Self:
        """Return the state that a manifest holds; raises ValueError or KeyError."""
        return cls(int(str(content["rows"])), str(content["checksum"]))

    def as_json(self) -> dict[str, object]:
        return asdict(self)


def tables() -> list[str]:
    """Return the names of all tables but those that an extension brings."""
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        return [name for (name,) in cursor.fetchall()]


def read_states() -> dict[str, TableState]:
    """Return the state of each table; within a transaction, all of one moment.

    Reads every row: about as long as a dump takes.
    """
    with connection.cursor() as cursor:
        cursor.execute(AS_EVERYWHERE)
        states = {}
        for name in tables():
            cursor.execute(sql.SQL(STATE).format(table=sql.Identifier("public", name)))
            states[name] = TableState(*cursor.fetchone())
    return states


def sequences_behind() -> list[str]:
    """Return the sequences that would give out a number that a row already has."""
    with connection.cursor() as cursor:
        cursor.execute(SEQUENCES)
        behind = []
        for sequence, table, column in cursor.fetchall():
            query = sql.SQL(IS_BEHIND).format(
                column=sql.Identifier(column),
                table=sql.Identifier("public", table),
                sequence=sql.Identifier("public", sequence),
            )
            cursor.execute(query)
            if cursor.fetchone() == (True,):
                behind.append(sequence)
    return behind
