"""CSV that Excel opens right, and in which no text can become a formula."""

import csv
import datetime
import io
from typing import Any

import pytest

from pins.models import PublicPin
from tests.exports.conftest import PLACES, in_metres
from tests.factories import make_pin
from tests.geometries import point_in
from tests.open_data import PROPERTIES


def read(body: bytes) -> list[dict[str, str]]:
    text = body.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))


def test_it_starts_with_the_mark_by_which_excel_knows_utf8(download, pin):
    assert download("/exports/pins.csv").startswith(b"\xef\xbb\xbfreference;kind;")


def test_the_columns_are_the_designs_and_the_place(download, pin):
    (row,) = read(download("/exports/pins.csv"))

    assert list(row) == PROPERTIES + PLACES


def test_the_values_are_those_of_the_rows(download, five):
    rows = read(download("/exports/pins.csv"))

    public = list(PublicPin.objects.all())
    assert [row["reference"] for row in rows] == [pin.reference for pin in public]
    for row, pin in zip(rows, public, strict=True):
        assert row["title"] == pin.title
        assert row["body"] == pin.text
        assert row["district_number"] == str(pin.district_number)
        assert row["url"] == f"http://testserver/pins/{pin.reference}"
        assert row["public_answer"] == row["goal"] == row["measure"] == ""


def test_moments_are_local_and_as_germans_write_them(download, city):
    summer = datetime.datetime(2026, 7, 1, 22, 30, 59, tzinfo=datetime.UTC)
    winter = datetime.datetime(2026, 1, 1, 22, 30, 0, tzinfo=datetime.UTC)
    make_pin(created_at=winter, published_at=summer)

    (row,) = read(download("/exports/pins.csv"))

    assert row["created_at"] == "01.01.2026 23:30"
    assert row["published_at"] == "02.07.2026 00:30"


def test_numbers_have_a_decimal_comma(download, pin):
    (row,) = read(download("/exports/pins.csv"))

    public = PublicPin.objects.get()
    x, y = in_metres(public.location)
    assert row["lon"] == f"{public.lon:.6f}".replace(".", ",")
    assert row["lat"] == f"{public.lat:.6f}".replace(".", ",")
    assert row["ostwert"] == f"{round(x, 2)}".replace(".", ",")
    assert row["nordwert"] == f"{round(y, 2)}".replace(".", ",")


def test_the_planners_coordinates_follow_the_settings(download, pin, settings):
    settings.PLANNING_SRID = 25833

    (row,) = read(download("/exports/pins.csv"))

    x, _y = in_metres(point_in(16, 0.25, 0.75), 25833)
    assert row["ostwert"] == f"{round(x, 2)}".replace(".", ",")


def test_lines_end_as_windows_ends_them_but_not_inside_a_text(download, city):
    make_pin(text='Erste Zeile;\r\nzweite "Zeile"\nund eine dritte')

    body = download("/exports/pins.csv")

    assert body.count(b"\r\n") == 2
    assert body.endswith(b"\r\n")
    (row,) = read(body)
    assert row["body"] == 'Erste Zeile;\nzweite "Zeile"\nund eine dritte'


def test_characters_that_nobody_sees_stay_in_their_place(download, city):
    make_pin(text="Vorn \x01\x02\x03 hinten, alles auf einer Zeile")

    (row,) = read(download("/exports/pins.csv"))

    assert row["body"] == "Vorn \x01\x02\x03 hinten, alles auf einer Zeile"


FORMULAS = [
    "=HYPERLINK(1)",
    "+49 631 3650",
    "-1+1 ist null",
    "@SUM(1+1)",
    "\tTabulator",
    "\r=Zeile",
    "\n=Zeile",
    "  =Leerzeichen",
    "\u00a0=geschützt",
    "\u3000\u200b=breit",
    "\ufeff=Marke",
    "\uff1dvoll",
    "\uff0bvoll",
    "\uff0dvoll",
    "\uff20voll",
    "\ufe66klein",
]


@pytest.mark.parametrize("start", FORMULAS)
@pytest.mark.parametrize(("column", "field"), [("title", "title"), ("text", "body")])
def test_no_text_can_become_a_formula(download, city, start, column, field):
    said = f"{start} und weiterer Text, lang genug"
    values: dict[str, Any] = {column: said}
    make_pin(**values)

    (row,) = read(download("/exports/pins.csv"))

    assert row[field] == "'" + said.replace("\r", "")


@pytest.mark.parametrize(
    "said",
    [
        *("Weg = Ziel", "1+1=2?", "'Zitat' @ Ort", "…"),
        *("Über den Bach", "7 Wege", "école", "🌳 statt = Beton", "[sic]"),
    ],
)
def test_other_texts_stay_as_they_are(download, city, said):
    make_pin(title=said.ljust(5, "."))

    (row,) = read(download("/exports/pins.csv"))

    assert row["title"] == said.ljust(5, ".")


def test_without_pins_it_is_a_line_of_names(download, city):
    assert download("/exports/pins.csv").decode("utf-8-sig") == (
        ";".join(PROPERTIES + PLACES) + "\r\n"
    )


def test_programs_get_commas_points_and_moments_in_utc(download, city):
    moment = datetime.datetime(2026, 7, 1, 22, 30, 59, tzinfo=datetime.UTC)
    make_pin(published_at=moment, text='Erste Zeile,\nzweite "Zeile"')

    body = download("/exports/pins.csv", dialect="rfc4180")

    assert body.startswith(b"reference,kind,")
    assert body.count(b"\r\n") == 2
    (row,) = csv.DictReader(io.StringIO(body.decode(), newline=""), strict=True)
    assert row["published_at"] == "2026-07-01T22:30:59Z"
    assert float(row["lon"]) == pytest.approx(7.7578125, abs=1e-6)
    assert row["body"] == 'Erste Zeile,\nzweite "Zeile"'


def test_programs_get_no_formulas_either(download, city):
    make_pin(title="=1+1 macht zwei")

    body = download("/exports/pins.csv", dialect="rfc4180").decode()

    assert ',"\'=1+1 macht zwei",' in body
