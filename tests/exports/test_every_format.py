"""Each file holds what the database holds, read by its own reader, pin by pin."""

import datetime
import math
import re
from typing import Any

import pytest
from django.db import connection

from exports.files.formats import FORMATS
from pins.models import PublicPin
from pins.workflow import Status
from tests.exports.conftest import in_metres
from tests.exports.readers import MOMENTS, PLACES, Found, read_pins
from tests.factories import make_pin
from tests.geometries import point_in
from tests.open_data import PROPERTIES

ALL = [
    f"/exports/pins.{extension}{query}"
    for extension, queries in {
        "geojson": [""],
        "geojsonl": ["", "?f=lines", "?f=seq"],
        "gpkg": ["", "?crs=25832", "?crs=4326"],
        "fgb": ["", "?crs=4326"],
        "parquet": ["", "?crs=4326"],
        "shp.zip": ["", "?crs=4326"],
        "kml": [""],
        "csv": ["", "?dialect=excel-de", "?dialect=rfc4180"],
        "xlsx": [""],
        "html": [""],
    }.items()
    for query in queries
]
LONG = "Straßenbäume für den Übergang " * 40
# Before and after the clocks go forward: never in the hour that comes twice, which a local
# time does not tell apart.
CREATED = datetime.datetime(2026, 3, 28, 23, 30, 15, tzinfo=datetime.UTC)
PUBLISHED = datetime.datetime(2026, 7, 1, 22, 30, 59, 987_654, tzinfo=datetime.UTC)
SAID = [
    ("Grüne Wege für alle", "Zeile eins\nZeile zwei\tmit Tabulator und „Zitat“"),
    ("<script>alert(1)</script>", '</script> <b>&amp; ]]> "x" \\ {{ 7*7 }} %s'),
    ('=HYPERLINK("https://example.org")', "@SUM(1+1) und weiter im Text"),
    ("+49 631 3650 anrufen", "-1+1 ist null, wie jeder weiß; auch hier"),
    ("Langer Text", LONG),
    ("Radweg 🚲 nach Norden", "Zeichen \u2028 \u202e 😀 ÄÖÜäöüß € und so weiter"),
]


@pytest.fixture
def written(city: None) -> list[PublicPin]:
    """Pins with all that could go wrong in a file, in the order of the exports."""
    for number, (title, text) in enumerate(SAID):
        make_pin(
            title=title,
            text=text,
            location=point_in(15 + number % 2, 0.1 + number / 10, 0.3),
            status=list(Status)[number],
            created_at=CREATED,
            published_at=PUBLISHED + datetime.timedelta(minutes=number),
        )
    with connection.cursor() as cursor:
        # As the process writes them, one package higher; and an answer of a body.
        cursor.execute(
            "UPDATE pins_publicpin SET goal = 'Grün & sicher', measure = '=1+1', "
            "public_answer = E'Ja,\\ndas \"machen\" wir.', support_count = 12 "
            "WHERE title LIKE 'Grüne%%' OR title = 'Langer Text'"
        )
        cursor.execute("UPDATE pins_publicpin SET status_changed_at = published_at")
    return list(PublicPin.objects.all())


def expected(pin: PublicPin, url: str) -> dict[str, Any]:
    """Return the properties that a file must have of a pin."""
    plain: dict[str, Any] = {
        name: getattr(pin, name, None) for name in PROPERTIES if name != "url"
    }
    x, y = in_metres(pin.location)
    plain |= {
        "theme": pin.theme_slug,
        "body": pin.text,
        "district": pin.district_name,
        "public_answer": pin.public_answer or None,
        "url": f"http://testserver/pins/{pin.reference}",
        **{name: getattr(pin, name).replace(microsecond=0) for name in MOMENTS},
    }
    if not re.search("json|html", url):
        plain |= {
            "lon": pin.lon,
            "lat": pin.lat,
            "ostwert": x,
            "nordwert": y,
        }
    return {name: _in_format(value, url) for name, value in plain.items()}


def _in_format(value: Any, url: str) -> Any:
    if isinstance(value, str) and ".csv" in url:
        return f"'{value}" if value[0] in "=+-@" else value
    if isinstance(value, str) and ".shp" in url and len(value.encode()) > 254:
        return value.encode()[:251].decode(errors="ignore") + "…"
    if isinstance(value, datetime.datetime) and ".csv" in url and "rfc" not in url:
        return value.replace(second=0)
    return value


def assert_same(found: Found, pin: PublicPin, url: str) -> None:
    wanted = expected(pin, url)
    assert list(found.properties) == list(wanted) or ".csv" in url or ".kml" in url
    assert found.properties.keys() == wanted.keys()
    for name, value in wanted.items():
        if name in PLACES:
            # Half of the last digit, and a number in the middle may go either way.
            half = 0.51e-6 if name in {"lon", "lat"} else 0.51e-2
            assert math.isclose(found.properties[name], value, abs_tol=half), name
        else:
            assert found.properties[name] == value, name
            assert type(found.properties[name]) in {type(value), int} or (
                name in MOMENTS
            )
    if found.point is not None:
        in_degrees = re.search("json|html|kml|crs=4326", url)
        place = (pin.lon, pin.lat) if in_degrees else in_metres(pin.location)
        for number, wanted_number in zip(found.point, place, strict=True):
            assert math.isclose(number, wanted_number, abs_tol=1e-6)


def test_all_formats_are_tried():
    tried = {url.partition("pins.")[2].partition("?")[0] for url in ALL}
    variants = {
        f"{format_.parameter}={variant.name}"
        for format_ in FORMATS.values()
        for variant in format_.variants
        if format_.parameter
    }

    assert tried == set(FORMATS)
    assert variants <= {url.partition("?")[2] for url in ALL}


@pytest.mark.parametrize("url", ALL)
def test_a_file_says_what_the_database_says(download, written, url, tmp_path):
    found = read_pins(url, download(url), tmp_path)

    references = [pin.reference for pin in written]
    if ".fgb" in url:
        # Its index puts neighbours side by side.
        assert sorted(pin.reference for pin in found) == sorted(references)
    else:
        assert [pin.reference for pin in found] == references
    rows = {pin.reference: pin for pin in written}
    for pin in found:
        assert_same(pin, rows[pin.reference], url)


@pytest.mark.parametrize("url", ALL)
def test_without_pins_a_file_is_empty_and_whole(download, city, url, tmp_path):
    assert read_pins(url, download(url), tmp_path) == []


@pytest.mark.parametrize("extension", FORMATS)
def test_the_order_is_the_one_asked_for(download, five, extension, tmp_path):
    newest = [pin.reference for pin in PublicPin.objects.all()]
    url = f"/districts/dansenberg/pins.{extension}"

    found = read_pins(url, download(url, sort="oldest"), tmp_path)

    there = {pin.reference for pin in PublicPin.objects.in_district("dansenberg")}
    ordered = [reference for reference in reversed(newest) if reference in there]
    references = [pin.reference for pin in found]
    assert references == ordered or (
        extension == "fgb" and set(references) == set(ordered)
    )
