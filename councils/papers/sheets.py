"""Spreadsheets (XLSX) in which a text is a text, a date a date and a number a number."""

import datetime
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import IO, TYPE_CHECKING

from django.utils import timezone

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Value = str | int | float | datetime.datetime | None
# What XML cannot hold, and more characters than a cell takes.
ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
CELL_LENGTH = 32_767
MOMENT, WHOLE = "dd.mm.yyyy hh:mm", "0"
TITLE_LENGTH = 31
ILLEGAL_IN_TITLES = re.compile(r"[\\/*?:\[\]]")


@dataclass(frozen=True)
class Column:
    """A column: its head, and its width in characters."""

    head: str
    width: int = 16


def new_workbook(title: str) -> "Workbook":
    """Return a workbook without sheets, which writes row after row to the disk."""
    # Here, not above: only who makes a spreadsheet pays for its memory.
    from openpyxl import Workbook

    workbook = Workbook(write_only=True)
    workbook.properties.title = cleaned(title)
    workbook.properties.creator = ""
    return workbook


def add_sheet(
    workbook: "Workbook",
    title: str,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Value]],
) -> None:
    """Write a sheet with a head that stays in sight and can be filtered."""
    from openpyxl.utils import get_column_letter

    name = ILLEGAL_IN_TITLES.sub(" ", title)[:TITLE_LENGTH]
    sheet = workbook.create_sheet(name)
    sheet.freeze_panes = "A2"
    for number, column in enumerate(columns, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = column.width
    sheet.append([_head(sheet, column.head) for column in columns])
    count = 1
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])
        count += 1
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{count}"


def write(workbook: "Workbook", file: IO[bytes]) -> None:
    """Write the whole file."""
    workbook.save(file)


def bytes_of(workbook: "Workbook") -> bytes:
    """Return the whole file."""
    buffer = BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def cleaned(text: str) -> str:
    """Return what a cell can hold of a text."""
    return ILLEGAL.sub("", text)[:CELL_LENGTH]


def _head(sheet: "Worksheet", text: str) -> "Cell":
    from openpyxl.styles import Alignment, Font, PatternFill

    cell = _text(sheet, cleaned(text))
    cell.font = Font(bold=True, color="FFFFFF")
    cell.fill = PatternFill("solid", "002970")
    cell.alignment = Alignment(vertical="top", wrap_text=True)
    return cell


def _cell(sheet: "Worksheet", value: Value) -> "Cell | Value":
    from openpyxl.cell import WriteOnlyCell

    if isinstance(value, str):
        text = cleaned(value)
        # What openpyxl takes for a formula or an error; the rest is text to it anyway.
        return _text(sheet, text) if text.startswith(("=", "#")) else text or None
    if isinstance(value, datetime.datetime):
        # Spreadsheets know no time zones: the clock of the city.
        cell = WriteOnlyCell(sheet, timezone.localtime(value).replace(tzinfo=None))
        cell.number_format = MOMENT
        return cell
    return value


def _text(sheet: "Worksheet", text: str) -> "Cell":
    """Return a cell of text, whatever it begins with: never a formula."""
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"
    return cell
