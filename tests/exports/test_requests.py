"""How files and map data answer: headers, unchanged data, wrong requests."""

import subprocess
import sys
from dataclasses import replace

import pytest
from django.http import QueryDict

from districts.models import District
from exports.files.formats import FORMATS
from exports.files.pin_file import read_file, write_file
from exports.selection import OpenData
from exports.states import release_state
from layers.conditional import A_MOMENT
from layers.models import Theme
from tests.exports.conftest import EXTENSIONS
from tests.exports.readers import read_pins
from tests.factories import make_district, make_pin
from tests.geometries import district_square

FILES = [f"/exports/pins.{extension}" for extension in EXTENSIONS]
FILTERED = [*FILES, "/districts/hohenecken/pins.geojson"]
SHARED = ["/map/districts.geojson", "/themes.css"]
ALL = [*FILTERED, *SHARED, "/pins/{reference}.geojson"]


@pytest.fixture
def get(client):
    """Return a client that reads every answer to its end, as browsers do."""

    def get(*args, **kwargs):
        response = client.get(*args, **kwargs)
        response.body = response.getvalue()
        return response

    return get


@pytest.fixture
def address(pin):
    pin.refresh_from_db()
    return lambda url: url.format(reference=pin.reference)


@pytest.mark.parametrize(
    ("extension", "media_type"),
    [
        ("geojson", "application/geo+json"),
        ("geojsonl", "application/x-ndjson"),
        ("gpkg", "application/geopackage+sqlite3"),
        ("fgb", "application/flatgeobuf"),
        ("parquet", "application/vnd.apache.parquet"),
        ("shp.zip", "application/zip"),
        ("kml", "application/vnd.google-earth.kml+xml"),
        ("csv", "text/csv; charset=utf-8; header=present"),
        (
            "xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
        ("html", "text/html; charset=utf-8"),
    ],
)
def test_a_file_has_its_media_type_and_a_name(get, pin, extension, media_type):
    city = get(f"/exports/pins.{extension}")
    district = get(f"/districts/hohenecken/pins.{extension}")

    assert city["Content-Type"] == district["Content-Type"] == media_type
    assert city["Content-Disposition"] == f'attachment; filename="pins.{extension}"'
    assert district["Content-Disposition"] == (
        f'attachment; filename="pins-hohenecken.{extension}"'
    )


@pytest.mark.parametrize("url", ALL)
def test_who_has_the_present_state_gets_304(get, address, url):
    first = get(address(url))

    again = get(address(url), headers={"If-None-Match": first["ETag"]})

    assert again.status_code == 304
    assert again.body == b""
    assert again["ETag"] == first["ETag"]
    kept = A_MOMENT if url in SHARED else "public, no-cache"
    assert again["Cache-Control"] == first["Cache-Control"] == kept
    assert "Accept-Encoding" in again["Vary"]


@pytest.mark.parametrize(
    "url",
    [
        *(
            *ALL,
            "/insek/measures.geojson",
            "/sittings/calendar.ics",
            "/feeds/news.atom",
        ),
        *("/exports/pins.exe", "/exports/pins.csv?kind=x"),
    ],
)
def test_pages_of_other_sites_may_read_it(get, address, url):
    assert get(address(url))["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("url", FILTERED)
def test_304_reads_no_pins(get, pin, url, django_assert_num_queries):
    etag = get(url)["ETag"]

    with django_assert_num_queries(6, exact=False) as queries:
        get(url, headers={"If-None-Match": etag})

    assert not any("pins_publicpin" in query["sql"] for query in queries)


@pytest.mark.parametrize(
    "url", [u for u in ALL if u.endswith(".geojson") and "districts.g" not in u]
)
def test_a_change_of_pins_changes_the_state(get, address, url):
    before = get(address(url))["ETag"]

    make_pin()

    response = get(address(url), headers={"If-None-Match": before})
    assert response.status_code == 200
    assert response["ETag"] != before


def test_new_colours_change_map_and_style_sheet(get, pin):
    urls = ["/exports/pins.html", "/themes.css"]
    before = {url: get(url)["ETag"] for url in urls}

    Theme.objects.filter(slug="mobility").update(colour="#123456")

    assert all(get(url)["ETag"] != etag for url, etag in before.items())


def test_new_borders_change_maps(get, pin):
    urls = ["/exports/pins.html", "/map/districts.geojson"]
    before = {url: get(url)["ETag"] for url in urls}

    make_district(17)
    with_district = {url: get(url)["ETag"] for url in urls}
    District.objects.filter(number=17).update(geometry=district_square(18))

    for url in urls:
        assert len({before[url], with_district[url], get(url)["ETag"]}) == 3


def test_filters_and_language_have_states_of_their_own(get, pin):
    states = {
        get("/exports/pins.html", query)["ETag"]
        for query in ({}, {"kind": "problem"}, {"lang": "en"}, {"lang": "de"})
    }

    assert len(states) == 4


@pytest.mark.parametrize("url", ALL)
def test_head_has_the_headers_and_no_body(client, get, address, url):
    get = get(address(url))
    head = client.head(address(url))

    assert head.status_code == 200
    assert head.getvalue() == b""
    for name in ("Content-Type", "ETag", "Cache-Control"):
        assert head[name] == get[name]
    assert head.get("Content-Length") in (None, get.get("Content-Length"))


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("url", [*ALL, "/exports/"])
def test_data_can_only_be_read(client, address, url, method):
    response = getattr(client, method)(address(url))

    assert response.status_code == 405
    assert response["Allow"] == "GET, HEAD"


GARBAGE = [
    ("theme", "traffic"),
    ("theme", "mobility\x00"),
    ("kind", "wish"),
    ("status", "open"),
    ("district", "Hohenecken"),
    ("district", "1 OR 1=1"),
    ("sort", "random"),
    ("q", "x" * 101),
    ("q", "Rad\x00weg"),
]


# Streamed, made whole, and of a district: what reads the filters is the same.
SOME = [FILES[0], FILES[2], FILTERED[-1]]


@pytest.mark.parametrize("url", SOME)
@pytest.mark.parametrize(("name", "value"), GARBAGE)
def test_an_unknown_filter_is_refused_and_named(client, pin, url, name, value):
    response = client.get(url, {name: value})

    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    problem = response.json()
    assert name in problem["detail"]
    assert list(problem["errors"]) == [name]
    assert problem["errors"][name][0]


WRONG = [
    ("geojson?colour=red", "colour"),
    ("gpkg?Crs=25832", "Crs"),
    ("geojson?x%00=1", "x\x00"),
    ("geojson?kind=idea&kind=keep", "kind"),
    ("geojson?lang=de&lang=en", "lang"),
    ("geojson?crs=25832", "crs"),
    ("geojson?crs=4326", "crs"),
    ("csv?crs=25832", "crs"),
    ("kml?crs=25832", "crs"),
    ("gpkg?crs=", "crs"),
    ("gpkg?crs=3857", "crs"),
    ("gpkg?crs=25832%00", "crs"),
    ("gpkg?crs=" + "9" * 500, "crs"),
    ("gpkg?crs=25832&crs=4326", "crs"),
    ("gpkg?f=seq", "f"),
    ("geojsonl?f=", "f"),
    ("geojsonl?f=json", "f"),
    ("geojson?f=seq", "f"),
    ("csv?dialect=", "dialect"),
    ("csv?dialect=EXCEL-DE", "dialect"),
    ("csv?dialect=rfc4180%00", "dialect"),
    ("xlsx?dialect=rfc4180", "dialect"),
    ("csv?lang=", "lang"),
]


@pytest.mark.parametrize(("file", "name"), WRONG)
def test_a_wrong_parameter_is_refused_and_named(client, pin, file, name):
    response = client.get(f"/exports/pins.{file}")

    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    assert list(response.json()["errors"]) == [name]


def test_everything_that_is_wrong_is_said_at_once(client, pin):
    response = client.get("/exports/pins.csv?kind=wish&dialect=x&crs=1&page=2")

    assert set(response.json()["errors"]) == {"kind", "dialect", "crs", "page"}


def test_what_is_wrong_is_said_in_the_language_asked_for(client, pin):
    response = client.get("/exports/pins.gpkg?crs=1&lang=en")

    assert response.json()["errors"] == {"crs": ["Please choose one of: 25832, 4326."]}


@pytest.mark.parametrize(("extension", "limit"), [("xlsx", 1_048_575), ("gpkg", None)])
def test_what_a_format_cannot_hold_is_refused(
    client, get, five, monkeypatch, extension, limit
):
    assert FORMATS[extension].at_most == limit
    found = replace(FORMATS[extension], at_most=4)
    monkeypatch.setitem(FORMATS, extension, found)

    response = client.get(f"/exports/pins.{extension}?lang=en")

    assert response.status_code == 400
    assert "at most 4 contributions" in response.json()["detail"]
    for query in ("kind=keep", "q=Radweg"):
        assert get(f"/exports/pins.{extension}?{query}").status_code == 200


@pytest.mark.parametrize("extension", EXTENSIONS)
def test_a_file_on_the_disk_is_the_one_that_is_answered_with(
    get, five, tmp_path, extension
):
    path = tmp_path / f"pins.{extension}"
    address = f"http://testserver/exports/pins.{extension}"
    file = read_file(
        FORMATS[extension], QueryDict(), source=OpenData(None), address=address
    )

    write_file(file, path)

    answered = tmp_path / f"answered.{extension}"
    answered.write_bytes(get(f"/exports/pins.{extension}").body)
    there, here = (
        [pin.reference for pin in read_pins(address, found.read_bytes(), tmp_path)]
        for found in (path, answered)
    )
    assert len(there) == 5
    assert there == here


def test_a_new_release_and_new_terms_have_states_of_their_own(
    get, pin, settings, monkeypatch
):
    first = get("/exports/pins.geojson")["ETag"]
    settings.LICENCE_NAME = "CC0"
    second = get("/exports/pins.geojson")["ETag"]
    found = FORMATS["geojson"]
    states = [state if state is not release_state else str for state in found.states]
    monkeypatch.setitem(FORMATS, "geojson", replace(found, states=tuple(states)))
    third = get("/exports/pins.geojson")["ETag"]

    assert len({first, second, third}) == 3


@pytest.mark.parametrize("url", SOME)
@pytest.mark.parametrize(
    "words", ["'; DROP TABLE x --", "%s %(a)s {0}", "🚲", "a&b|!(", '"']
)
def test_any_search_is_answered(get, pin, url, words):
    assert get(url, {"q": words}).status_code == 200


@pytest.mark.parametrize("extension", EXTENSIONS)
def test_an_unknown_district_has_no_file(client, pin, extension):
    response = client.get(f"/districts/atlantis/pins.{extension}")

    assert response.status_code == 404
    assert response.json()["detail"]


@pytest.mark.parametrize("url", ["/exports/pins.exe", "/districts/hohenecken/pins.shp"])
def test_an_unknown_format_does_not_exist(client, pin, url):
    response = client.get(url)

    assert response.status_code == 404
    assert response.json()["detail"]


@pytest.mark.parametrize("extension", EXTENSIONS)
def test_an_unknown_language_is_refused(client, pin, extension):
    response = client.get(f"/exports/pins.{extension}", {"lang": "fr"})

    assert response.status_code == 400
    assert list(response.json()["errors"]) == ["lang"]


def test_the_language_of_a_file_is_said(get, pin):
    assert get("/exports/pins.html")["Content-Language"] == "de"
    assert get("/exports/pins.html?lang=en")["Content-Language"] == "en"


def test_a_web_process_does_not_load_what_only_files_need():
    """They take a second and 100 MB, in each process."""
    heavy = ["folium", "geopandas", "pandas", "pyarrow", "pyogrio"]
    code = (
        "import django, sys; django.setup(); import mapapp.urls; "
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 -- our own command

    assert done.stdout.strip() == "[]"
