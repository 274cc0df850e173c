"""Pins as a spreadsheet (XLSX): the open properties, and the place in both coordinates."""

import datetime
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from django.utils.translation import gettext as _

from councils.papers import sheets
from councils.papers.sheets import Column, Value
from exports.fields import Field, coordinates, properties
from exports.selection import Selection
from exports.streams import values_of
from geo.point_tables import ColumnType
from pins.models.public import PublicPinQuerySet

MEDIA_TYPE = sheets.MEDIA_TYPE
# A sheet has 1,048,576 rows, and the first holds the names.
AT_MOST = 1_048_575
WIDTHS = {"title": 44, "body": 60, "public_answer": 60, "url": 40, "district": 24}


def _columns(fields: list[Field]) -> list[Column]:
    return [Column(field.name, WIDTHS.get(field.name, 16)) for field in fields]


def _rows(pins: PublicPinQuerySet, fields: list[Field]) -> Iterator[list[Value]]:
    expressions = [field.value for field in fields]
    for row in values_of(pins.values_list(*expressions)):
        yield [
            _value(value, field.type) for value, field in zip(row, fields, strict=True)
        ]


def _value(value: object, kind: ColumnType) -> Value:
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, int | datetime.datetime) and kind is not ColumnType.TEXT:
        return value
    return None if value is None else str(value)


def write(selection: Selection, path: Path) -> None:
    """Write the pins as a workbook with one sheet, in their order."""
    fields = [*properties(), *coordinates()]
    workbook = sheets.new_workbook(_("Contributions"))
    rows = _rows(selection.pins, fields)
    sheets.add_sheet(workbook, _("Contributions"), _columns(fields), rows)
    with path.open("wb") as file:
        sheets.write(workbook, file)
