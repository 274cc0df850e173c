"""Tables as CSV, in two dialects; PostgreSQL writes the lines, quotes and all.

Excel on a German computer opens the first with a double click: UTF-8 with a byte order
mark, semicolons, decimal commas, local dates such as 31.12.2026 23:59. The other is what
programs expect: RFC 4180 with commas, decimal points and dates of ISO 8601 in UTC. Lines
end with CRLF in both, and no text in them can become a formula.
"""

import re
import string
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.conf import settings
from django.contrib.gis.db.models.functions import Transform
from django.db.models import CharField, F, Func, TextField, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast
from django.db.models.sql.compiler import SQLCompiler

from exports import moments
from exports.fields import Field, coordinates, properties
from exports.lines import Document, Joined, replaced
from exports.selection import Selection
from geo.point_tables import ColumnType

MEDIA_TYPE = "text/csv; charset=utf-8; header=present"
BYTE_ORDER_MARK = "\ufeff"
LINE_END = "\r\n"
BLANKS = (
    "\x01- \x7f-\xa0\xad\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff"
)
# What a spreadsheet takes for the start of a formula, also in full width and small form.
OPERATORS = "=+@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b-"
FORMULA = f"^([\t\r]|[{BLANKS}]*[{OPERATORS}])"
HARMLESS_STARTS = f"{string.ascii_letters}{string.digits}ÄÖÜäöü"
Cell = TypeVar("Cell")


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
    return Dialect("", ",", ".", moments.PATTERN, "UTC")


def harmless(value: Cell) -> Cell | str:
    """Return a value of a cell, a text so that no spreadsheet takes it for a formula."""
    if isinstance(value, str) and re.match(FORMULA, value):
        return f"'{value}"
    return value


def excel_table(selection: Selection) -> Document:
    """Return the pins as a table for Excel."""
    return table(selection, excel_dialect())


def rfc4180_table(selection: Selection) -> Document:
    """Return the pins as a table for programs."""
    return table(selection, rfc4180_dialect())


def table(selection: Selection, dialect: Dialect) -> Document:
    """Return the pins as a table with a line of column names."""
    cells = [cell(field, dialect) for field in properties()]
    cells.append([_coordinates(F("location"), 6, dialect)])
    planning = Transform("location", settings.PLANNING_SRID)
    cells.append([_coordinates(planning, 2, dialect)])
    parts = [part for cell_ in cells for part in (dialect.separator, *cell_)]
    line = _joined(parts[1:])
    fields = [*properties(), *coordinates()]
    names = dialect.separator.join(field.name for field in fields)
    return Document(
        lines=selection.pins.values_list(line),
        head=f"{dialect.start}{names}{LINE_END}",
        line_end=LINE_END,
        # Inside a text, lines are parted by line feeds alone.
        dropped="\r",
    )


def _joined(parts: Iterable[str | Combinable]) -> Func:
    """Return one function that builds the line of a pattern and the values in it.

    Of many `||` each would copy what is there already, and `concat` would turn each sign
    between two values into a text of its own for every line.
    """
    pattern, values = "", []
    for part in parts:
        if isinstance(part, str):
            pattern += part.replace("%", "%%")
        else:
            pattern += "%s"
            values.append(part)
    return Func(Value(pattern), *values, function="format", output_field=TextField())


def cell(field: Field, dialect: Dialect) -> list[str | Combinable]:
    """Return the parts of a property as it stands in the file; null is empty."""
    if field.is_free:
        return ['"', replaced(Harmless(field.expression), '"', '""'), '"']
    if field.type is ColumnType.MOMENT:
        return [moments.text_of(field.expression, dialect.moment, dialect.time_zone)]
    if isinstance(field.expression, Joined):
        return [_as_part(part) for part in field.expression.source_expressions]
    # Where the type changes from one value to the next, `format` looks up how to write it.
    return [Cast(field.expression, TextField())]


def _as_part(expression: Combinable) -> str | Combinable:
    """Return what is known before as the sign or word that it is."""
    return str(expression.value) if isinstance(expression, Value) else expression


def _coordinates(point: Combinable, decimals: int, dialect: Dialect) -> Combinable:
    """Return the two coordinates of a point, of one expression for both.

    Converting a point is what takes longest of a line.
    """
    # Of a point, X3D is nothing but its numbers; from `ST_AsText` they had to be cut out.
    text: Combinable = Func(
        point, Value(decimals), function="ST_AsX3D", output_field=TextField()
    )
    if dialect.point != ".":
        text = replaced(text, ".", dialect.point)
    return replaced(text, " ", dialect.separator)


class Harmless(Func):
    """A text that no spreadsheet can take for a formula.

    An apostrophe before it, the sign of spreadsheets for "this is text", disarms it. What
    begins with a letter or a digit is spared the pattern: of a long table, that is most
    of the time.
    """

    output_field = TextField()

    def as_sql(
        self, compiler: SQLCompiler, *_args: Any, **_kwargs: Any
    ) -> tuple[str, list[Any]]:
        (source,) = self.get_source_expressions()
        text, parameters = compiler.compile(source)
        # Of a long text, `left` unpacks no more than its beginning.
        is_short = isinstance(source.output_field, CharField)
        start = text if is_short else f"left({text}, 1)"
        # Numbers are looked up in a table; signs of a text would be gone through.
        case = (
            f"CASE WHEN ascii({start}) = ANY(%s::integer[]) THEN {text} "
            f"ELSE regexp_replace({text}, %s, %s) END"
        )
        starts = list(map(ord, HARMLESS_STARTS))
        values = [*parameters, starts, *parameters * 2, FORMULA, r"'\&"]
        return case, values
