"""Tables as CSV, in two dialects; PostgreSQL writes the lines, quotes and all.

Excel on a German computer opens the first with a double click: UTF-8 with a byte order
mark, semicolons, decimal commas, local dates such as 31.12.2026 23:59. The other is what
programs expect: RFC 4180 with commas, decimal points and dates of ISO 8601 in UTC. Lines
end with CRLF in both, and no text in them can become a formula.
"""

from dataclasses import dataclass

from django.conf import settings
from django.db.models import Func, TextField, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce

from exports.fields import Field, coordinates, properties
from exports.lines import Document, Joined, replaced
from exports.selection import Selection
from geo.point_tables import ColumnType

MEDIA_TYPE = "text/csv; charset=utf-8; header=present"
BYTE_ORDER_MARK = "\ufeff"
# A line break inside a text travels as this, so that a line stays one line on its way.
BREAK = "\x03"
# Carriage returns, and the characters in which `COPY` would quote a line.
DROPPED = ("\r", "\x01", "\x02")
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
    for field in fields:
        parts += [Value(dialect.separator), cell(field, dialect)]
    line: Combinable = replaced(Joined(*parts[1:]), "\n", BREAK)
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


def _text(value: Combinable) -> Combinable:
    """Return a text in quotes that no spreadsheet can take for a formula.

    An apostrophe before it, the sign of spreadsheets for "this is text", disarms it.
    """
    harmless = Func(
        Coalesce(value, Value("", TextField())),
        Value(FORMULA),
        Value(r"'\&"),
        function="regexp_replace",
        output_field=TextField(),
    )
    return Joined(Value('"'), replaced(harmless, '"', '""'), Value('"'))
