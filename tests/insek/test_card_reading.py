"""Tables as people and programs write them, and what is no table at all."""

import datetime
import zipfile
from io import BytesIO

import pytest
from openpyxl import Workbook

from insek.cards import reading
from insek.cards.columns import read_heads
from insek.cards.reading import UnreadableTable, read_table
from insek.titles import title_from

HEADS = ["Kartennummer", "Art", "Thema", "Text"]
ROW = ["E1-0001", "Idee", "Mobilität", "Bänke für müde Füße"]


def workbook(*rows):
    book = Workbook()
    sheet = book.worksheets[0]
    for row in rows:
        sheet.append(row)
    file = BytesIO()
    book.save(file)
    return file.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_csv_in_the_encodings_and_separators_of_offices(encoding, separator):
    text = "\r\n".join(separator.join(cells) for cells in (HEADS, ROW))

    table = read_table(text.encode(encoding))

    assert table.heads == HEADS
    assert table.rows == [(2, ROW)]


def test_csv_with_quotes_holds_line_ends_and_separators():
    table = read_table(b'Art;Thema;Text\n"Idee";"a;b";"eins\nzwei ""drei"""\n')
    assert table.rows == [(2, ["Idee", "a;b", 'eins\nzwei "drei"'])]


def test_cells_of_excel_are_what_was_typed():
    cells = [12.0, 7.5, datetime.date(2026, 5, 3), True, None, "  =1+1 "]
    table = read_table(workbook(["a", "b", "c", "d", "e", "f"], cells))

    assert table.rows == [(2, ["12", "7.5", "03.05.2026", "True", "", "  =1+1 "])]


def test_a_formula_is_never_calculated_here():
    table = read_table(workbook(["Text", "x"], ['=HYPERLINK("http://x")', "da"]))
    # Nobody has calculated it: what a program kept of it would stand there.
    assert table.rows == [(2, ["", "da"])]


def test_empty_rows_are_skipped_and_the_others_keep_their_numbers():
    table = read_table(workbook(HEADS, [None], ROW, [], ROW))
    assert [number for number, _ in table.rows] == [3, 5]


def bomb():
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", bytes(reading.MAX_UNPACKED + 1))
    return file.getvalue()


def archive_of(sheet):
    """Return a spreadsheet whose only sheet holds these rows as XML."""
    whole = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        b"<sheetData>" + sheet + b"</sheetData></worksheet>"
    )
    file = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(workbook(HEADS, ROW))) as old,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.infolist():
            is_sheet = part.filename == "xl/worksheets/sheet1.xml"
            new.writestr(part.filename, whole if is_sheet else old.read(part))
    return file.getvalue()


def locked():
    """Return a spreadsheet whose parts are said to be encrypted."""
    file = BytesIO(workbook(HEADS, ROW))
    with zipfile.ZipFile(file, "a") as archive:
        for part in archive.infolist():
            part.flag_bits |= 1
        archive.writestr("more", b"")
    return file.getvalue()


def hollow():
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("xl/workbook.xml", b"<workbook/>")
    return file.getvalue()


def docx():
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("word/document.xml", b"<document/>")
    return file.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"   \n",
        b"%PDF-1.7 and so on; and so on\n\0\1",
        b"only one column\nx\n",
        b"\x89PNG\r\n\x1a\n\0\0",
        b"\xd0\xcf\x11\xe0" + bytes(600),
        b"PK\x03\x04 broken",
        b'Art;Thema;Text\nIdee;"x;y\n',
        b"Art;Thema;Text\n",
        b"\xff\xfe\x00\xd8",
        bomb(),
        docx(),
        workbook(HEADS, ROW)[:-80],
    ],
    # Archives hold the time: names of tests must not.
    ids=[
        "nothing",
        "blank",
        "pdf",
        "one-column",
        "png",
        "old-excel",
        "broken-archive",
        "open-quote",
        "head-only",
        "broken-utf-16",
        "bomb",
        "docx",
        "cut-off-xlsx",
    ],
)
def test_what_is_no_table_is_refused_in_words(data):
    with pytest.raises(UnreadableTable, match=r"\w+ \w+"):
        read_table(data)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"a;b\n" + bytes(reading.MAX_BYTES), "5 MB"),
        (b";".join([b"x"] * 61) + b"\nx;y\n", "60 Spalten"),
        (workbook(["x"] * 61, ["y"]), "60 Spalten"),
        (locked(), "Passwort"),
        (hollow(), "beschädigt"),
        (archive_of(b"<row>"), "beschädigt"),
    ],
    ids=["large", "wide-csv", "wide-xlsx", "locked", "hollow", "unclosed"],
)
def test_why_a_table_is_refused(data, said):
    with pytest.raises(UnreadableTable, match=said):
        read_table(data)


def test_more_cells_than_can_be_read_in_time_are_refused_unread(monkeypatch):
    def build(*_args, **_options):
        raise AssertionError

    monkeypatch.setattr("openpyxl.load_workbook", build)
    crowd = archive_of(b"<row>" + b"<c/>" * reading.MAX_ELEMENTS + b"</row>")

    assert len(crowd) < reading.MAX_BYTES / 100
    with pytest.raises(UnreadableTable, match="zu groß"):
        read_table(crowd)


def test_a_day_that_a_program_wrote_as_a_day():
    cell = b'<c t="d"><v>2026-05-03</v></c>'
    head = b'<c t="inlineStr"><is><t>Text</t></is></c>'
    table = read_table(archive_of(b"<row>%b</row><row>%b</row>" % (head, cell)))

    assert table.rows == [(2, ["03.05.2026"])]


def test_too_many_rows_are_refused(monkeypatch):
    monkeypatch.setattr(reading, "MAX_ROWS", 3)
    read_table(workbook(HEADS, ROW, ROW, ROW))
    with pytest.raises(UnreadableTable):
        read_table(workbook(HEADS, ROW, ROW, ROW, ROW))


def test_heads_are_known_in_both_languages_and_any_spelling():
    heads = read_heads(["KIND", "Thema ", "text", "E-mail", "Bemerkung", ""])

    assert heads.places == {"kind": 0, "theme": 1, "text": 2, "email": 3}
    assert heads.ignored == ["Bemerkung"]


def test_coordinates_are_known_by_the_words_of_the_forms():
    heads = read_heads(["Art", "Thema", "Text", "Breite", "Länge"])

    assert heads.places["lat"] == 3
    assert heads.places["lon"] == 4
    assert heads.ignored == []


@pytest.mark.parametrize(
    ("heads", "named"),
    [(["Art", "Thema"], "Text"), (["Art", "Kind", "Thema", "Text"], "Kind")],
)
def test_missing_and_double_heads_are_named(heads, named):
    with pytest.raises(UnreadableTable, match=named):
        read_heads(heads)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Mehr Bäume. Im Sommer ist es heiß.", "Mehr Bäume"),
        ("Kurz und gut", "Kurz und gut"),
        ("Wo! Hier fehlt ein Weg", "Wo! Hier fehlt ein Weg"),
        ("wort " * 40, "wort " * 10 + "wort…"),
        ("x" * 200, "x" * 59 + "…"),
    ],
)
def test_the_first_words_make_a_title(text, title):
    found = title_from(text)
    assert found == title
    assert 5 <= len(found) <= 60
