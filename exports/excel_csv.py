"""CSV as Excel opens it with a double click on a German computer.

UTF-8 with a byte order mark, semicolons, CRLF, decimal commas, local dates such as
31.12.2026 23:59. PostgreSQL writes the lines, quotes and all.
"""

from django.conf import settings
from django.db.models import Func, TextField, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce
from django.http import HttpRequest, HttpResponseBase

from exports import streams
from exports.fields import Field, coordinates, properties
from exports.lines import Document, Joined, replaced
from exports.selection import Selection
from geo.geopackage import ColumnType
from pins.models.public import PublicPinQuerySet

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
LOCAL_TIME = "DD.MM.YYYY HH24:MI"


def cell(field: Field) -> Combinable:
    """Return the expression of a property as it stands in the file; null is empty."""
    value = field.expression
    if field.type is ColumnType.TEXT:
        return _text(value)
    if field.type is ColumnType.MOMENT:
        local = Func(Value(settings.TIME_ZONE), value, function="timezone")
        return Func(
            local, Value(LOCAL_TIME), function="to_char", output_field=TextField()
        )
    return replaced(Cast(value, TextField()), ".", ",")


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


def table(pins: PublicPinQuerySet) -> Document:
    """Return the pins as a table with a line of column names."""
    fields = [*properties(), *coordinates()]
    parts: list[Combinable] = []
    for field in fields:
        parts += [Value(";"), cell(field)]
    line: Combinable = replaced(Joined(*parts[1:]), "\n", BREAK)
    for character in DROPPED:
        line = replaced(line, character, "")
    names = ";".join(field.name for field in fields)
    return Document(
        lines=pins.values_list(line),
        head=f"{BYTE_ORDER_MARK}{names}\n",
        replacements=((b"\n", b"\r\n"), (BREAK.encode(), b"\n")),
    )


def respond(request: HttpRequest, selection: Selection) -> HttpResponseBase:
    """Answer with the table as a stream."""
    return streams.respond(request, table(selection.pins), MEDIA_TYPE)
