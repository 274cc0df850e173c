"""Tables as CSV, in two dialects; PostgreSQL writes the lines, quotes and all.

Excel on a German computer opens the first with a double click: UTF-8 with a byte order
mark, semicolons, decimal commas, local dates such as 31.12.2026 23:59. The other is what
programs expect: RFC 4180 with commas, decimal points and dates of ISO 8601 in UTC. Lines
end with CRLF in both, and no text in them can become a formula.
"""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.gis.db.models.functions import Transform
from django.db.models import Func, TextField, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast
from django.db.models.sql.compiler import SQLCompiler

from exports.fields import Field, coordinates, properties
from exports.lines import Document, replaced
from exports.selection import Selection
from geo.point_tables import ColumnType

MEDIA_TYPE = "text/csv; charset=utf-8; header=present"
BYTE_ORDER_MARK = "\ufeff"
# A line break inside a text travels as this, so that a line stays one line on its way.
BREAK = "\x03"
# Carriage returns, and the characters in which `COPY` would quote a line.
DROPPED = "\r\x01\x02"
BLANKS = (
    "\x01- \x7f-\xa0\xad\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff"
)
# What a spreadsheet takes for the start of a formula, also in full width and small form.
OPERATORS = "=+@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b-"
FORMULA = f"^([\t\r]|[{BLANKS}]*[{OPERATORS}])"


@dataclass(frozen=True)
class Dialect:
    """How a table is written: `moment` in PostgreSQL's letters, in a time zone."""

    start: str
    separator: str
    point: str
    moment: str
    time_zone: str


def excel_dialect() -> Dialect:
    """Return what Excel on a German computer reads."""
    return Dialect(BYTE_ORDER_MARK, ";", ",", "DD.MM.YYYY HH24:MI", settings.TIME_ZONE)


def rfc4180_dialect() -> Dialect:
    """Return what programs read."""
    return Dialect("", ",", ".", 'YYYY-MM-DD"T"HH24:MI:SS"Z"', "UTC")


def excel_table(selection: Selection) -> Document:
    """Return the pins as a table for Excel."""
    return table(selection, excel_dialect())


def rfc4180_table(selection: Selection) -> Document:
    """Return the pins as a table for programs."""
    return table(selection, rfc4180_dialect())


def table(selection: Selection, dialect: Dialect) -> Document:
    """Return the pins as a table with a line of column names."""
    fields = [*properties(), *coordinates()]
    parts: list[Combinable] = []
    for field in fields[:-2]:
        parts += [Value(dialect.separator), cell(field, dialect)]
    parts += [Value(dialect.separator), _planning_cells(dialect)]
    # One function builds the line; of many `||` each would copy what is there already.
    line: Combinable = Func(*parts[1:], function="concat", output_field=TextField())
    line = replaced(line, "\n", BREAK)
    for character in DROPPED:
        line = replaced(line, character, "")
    names = dialect.separator.join(field.name for field in fields)
    return Document(
        lines=selection.pins.values_list(line),
        head=f"{dialect.start}{names}\n",
        replacements=((b"\n", b"\r\n"), (BREAK.encode(), b"\n")),
    )


def cell(field: Field, dialect: Dialect) -> Combinable:
    """Return the expression of a property as it stands in the file; null is empty."""
    value = field.expression
    if field.type is ColumnType.TEXT:
        return _text(value)
    if field.type is ColumnType.MOMENT:
        there = Func(Value(dialect.time_zone), value, function="timezone")
        return Func(
            there, Value(dialect.moment), function="to_char", output_field=TextField()
        )
    number = Cast(value, TextField())
    return number if dialect.point == "." else replaced(number, ".", dialect.point)


def _planning_cells(dialect: Dialect) -> Combinable:
    """Return easting and northing to the centimetre, of one conversion for the two.

    Converting a point is what takes longest of a line.
    """
    text: Combinable = Func(
        Transform("location", settings.PLANNING_SRID),
        Value(2),
        function="ST_AsText",
        output_field=TextField(),
    )
    for old, new in (
        ("POINT(", ""),
        (")", ""),
        (".", dialect.point),
        (" ", dialect.separator),
    ):
        text = replaced(text, old, new)
    return text


class Harmless(Func):
    """A text that no spreadsheet can take for a formula.

    An apostrophe before it, the sign of spreadsheets for "this is text", disarms it. What
    begins with a letter or a digit of ASCII is spared the pattern: of a long table, that
    is most of the time.
    """

    output_field = TextField()

    def as_sql(
        self, compiler: SQLCompiler, *_args: Any, **_kwargs: Any
    ) -> tuple[str, list[Any]]:
        sql, parameters = compiler.compile(self.source_expressions[0])
        first = f"ascii({sql})"
        spared = f"{first} > 96 AND {first} < 123 OR {first} > 64 AND {first} < 91"
        case = (
            f"CASE WHEN {spared} OR {first} > 47 AND {first} < 58 THEN {sql} "
            f"ELSE regexp_replace({sql}, %s, %s) END"
        )
        return case, [*parameters * 8, FORMULA, r"'\&"]


def _text(value: Combinable) -> Combinable:
    """Return a text in quotes; a missing one is empty."""
    quoted = replaced(Harmless(value), '"', '""')
    return Func(
        Value('"'), quoted, Value('"'), function="concat", output_field=TextField()
    )
