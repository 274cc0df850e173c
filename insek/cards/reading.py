"""Reading tables that the office typed: CSV and XLSX, whatever their programs made of them.

Every cell becomes a text. Nothing is calculated: what looks like a formula is a text.
"""

import csv
import datetime
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO, StringIO

from django.utils.translation import gettext as _

MAX_BYTES = 5 * 1024 * 1024
MAX_UNPACKED = 60 * 1024 * 1024
MAX_ROWS = 10_000
MAX_COLUMNS = 60
# A full row of cards has some forty: this many are read in seconds.
MAX_ELEMENTS = 600_000
CHUNK = 1024 * 1024
MAX_CELL = 8_000
OLD_OFFICE, ZIP = b"\xd0\xcf\x11\xe0", b"PK\x03\x04"
SEPARATORS = ";,\t"


class UnreadableTable(Exception):
    """The file is no table that can be read; the message says why and what to do."""


@dataclass(frozen=True)
class Table:
    """The heads of a table and its rows, each with its number in the spreadsheet."""

    heads: list[str]
    rows: list[tuple[int, list[str]]]


def read_table(data: bytes) -> Table:
    """Return the table in a file; what it is called does not matter.

    The first row that is not empty has the heads. Raises UnreadableTable.
    """
    if not data.strip():
        raise UnreadableTable(_("The file is empty."))
    if len(data) > MAX_BYTES:
        raise UnreadableTable(_("The file is larger than 5 MB. Please divide it."))
    if data.startswith(OLD_OFFICE):
        raise UnreadableTable(
            _(
                "The file is protected by a password, or of an old kind (.xls). Please "
                "save it as .xlsx without a password."
            )
        )
    rows = _read_xlsx(data) if data.startswith(ZIP) else _read_csv(data)
    return _table(rows)


def _table(rows: Iterator[Sequence[str]]) -> Table:
    heads: list[str] | None = None
    found: list[tuple[int, list[str]]] = []
    for number, cells in enumerate(rows, start=1):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) > MAX_COLUMNS:
            raise UnreadableTable(_("The table has more than 60 columns."))
        if heads is None:
            heads = list(cells)
            continue
        if len(found) >= MAX_ROWS:
            raise UnreadableTable(
                _("The table has more than 10,000 rows. Please divide it.")
            )
        padded = [*cells, *[""] * (len(heads) - len(cells))]
        found.append((number, padded))
    if heads is None or not found:
        raise UnreadableTable(_("The table has no rows below its heads."))
    return Table(heads, found)


# --- CSV ------------------------------------------------------------------------------


def _read_csv(data: bytes) -> Iterator[Sequence[str]]:
    text = _decoded(data)
    if "\0" in text:
        raise UnreadableTable(_not_a_table())
    first = text.lstrip().split("\n", 1)[0]
    separator = max(SEPARATORS, key=first.count)
    if separator not in first:
        raise UnreadableTable(_not_a_table())
    lines = csv.reader(StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        for cells in lines:
            yield [cell[:MAX_CELL] for cell in cells]
    except csv.Error as error:
        raise UnreadableTable(
            _("Line {line} cannot be read. Is a quotation mark missing?").format(
                line=lines.line_num
            )
        ) from error


def _not_a_table() -> str:
    return _("The file is no table. Please send a file of the kind XLSX or CSV.")


def _decoded(data: bytes) -> str:
    """Return the text: UTF-8, UTF-16 with its mark, or as Windows writes it."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableTable(_not_a_table())


# --- XLSX -----------------------------------------------------------------------------


def _read_xlsx(data: bytes) -> Iterator[Sequence[str]]:
    # Here, not above: only who reads a spreadsheet pays for its memory.
    from openpyxl import load_workbook

    _refuse_bombs(data)
    try:
        # The library builds a whole row before it hands out a cell of it.
        _refuse_crowds(data)
        workbook = load_workbook(BytesIO(data), read_only=True, data_only=True)
        sheet = workbook.worksheets[0]
        # Some programs write a wrong size.
        sheet.reset_dimensions()
        rows = sheet.iter_rows(
            max_row=2 * MAX_ROWS, max_col=MAX_COLUMNS + 1, values_only=True
        )
        found = [_without_tail([_words(value) for value in row]) for row in rows]
    except UnreadableTable:
        raise
    except Exception as error:
        # The library raises whatever a broken file leads it to.
        raise UnreadableTable(
            _("The spreadsheet is damaged. Please save it again as .xlsx.")
        ) from error
    yield from found


def _refuse_bombs(data: bytes) -> None:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError) as error:
        raise UnreadableTable(
            _("The spreadsheet is damaged. Please save it again as .xlsx.")
        ) from error
    if not any(part.filename == "xl/workbook.xml" for part in parts):
        raise UnreadableTable(_not_a_table())
    if any(part.flag_bits & 1 for part in parts):
        raise UnreadableTable(_("The file is protected by a password."))
    # Python unpacks no more of a part than it is said to hold.
    if sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise UnreadableTable(_too_large())


def _refuse_crowds(data: bytes) -> None:
    """Refuse what has more elements than can be read in time, before any is built."""
    count = 0
    with zipfile.ZipFile(BytesIO(data)) as archive:
        for part in archive.infolist():
            with archive.open(part) as file:
                while chunk := file.read(CHUNK):
                    # In whatever encoding: each begins with this sign, as its end does.
                    count += chunk.count(b"<") - chunk.count(b"</")
                    if count > MAX_ELEMENTS:
                        raise UnreadableTable(_too_large())


def _too_large() -> str:
    return _("The spreadsheet is too large once unpacked. Please divide it.")


def _without_tail(cells: list[str]) -> list[str]:
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _words(value: object) -> str:
    """Return a cell as somebody would have typed it."""
    if value is None:
        return ""
    if isinstance(value, float):
        # A card number or a house number is no 12.0.
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, datetime.datetime):
        has_time = value.time() != datetime.time()
        return value.strftime("%d.%m.%Y %H:%M" if has_time else "%d.%m.%Y")
    if isinstance(value, datetime.date):
        return value.strftime("%d.%m.%Y")
    return str(value).replace("\0", "\ufffd")[:MAX_CELL]
