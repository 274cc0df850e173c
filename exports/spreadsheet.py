"""Pins as a spreadsheet (XLSX): the open properties, and the place in both coordinates."""

import datetime
from collections.abc import Iterator
from decimal import Decimal
from tempfile import TemporaryFile

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _

from councils.papers import sheets
from councils.papers.sheets import Column, Value
from exports.fields import Field, coordinates, properties
from exports.selection import Selection
from geo.geopackage import ColumnType
from pins.models.public import PublicPinQuerySet

MEDIA_TYPE = sheets.MEDIA_TYPE
WIDTHS = {"title": 44, "body": 60, "public_answer": 60, "url": 40, "district": 24}


def _columns(fields: list[Field]) -> list[Column]:
    return [Column(field.name, WIDTHS.get(field.name, 16)) for field in fields]


def _rows(pins: PublicPinQuerySet, fields: list[Field]) -> Iterator[list[Value]]:
    expressions = [field.expression for field in fields]
    for row in pins.values_list(*expressions).iterator():
        yield [
            _value(value, field.type) for value, field in zip(row, fields, strict=True)
        ]


def _value(value: object, kind: ColumnType) -> Value:
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, int | datetime.datetime) and kind is not ColumnType.TEXT:
        return value
    return None if value is None else str(value)


def respond(request: HttpRequest, selection: Selection) -> HttpResponseBase:
    """Answer with the file, which is gone from the disk as soon as it has been sent."""
    if request.method == "HEAD":
        return HttpResponse(content_type=MEDIA_TYPE)
    fields = [*properties(), *coordinates()]
    workbook = sheets.new_workbook(_("Contributions"))
    rows = _rows(selection.pins, fields)
    sheets.add_sheet(workbook, _("Contributions"), _columns(fields), rows)
    # The answer closes it, and with that it is gone.
    file = TemporaryFile()  # noqa: SIM115 -- as above
    sheets.write(workbook, file)
    file.seek(0)
    return FileResponse(file, content_type=MEDIA_TYPE)
