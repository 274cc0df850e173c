"""The files of a desk: only for those who sit at it, in the planners' coordinates."""

import json
from io import BytesIO

import openpyxl
import pyogrio
import pytest

from councils.models import Membership
from districts.models import Body
from pins.models import PublicPin
from pins.workflow import Status, Visibility
from tests.exports.conftest import PLACES, in_metres
from tests.factories import make_member, make_pin, make_planner, make_user
from tests.open_data import PROPERTIES

EXTENSIONS = ["geojson", "gpkg", "xlsx"]
DESK = "/desk/ortsbeirat-hohenecken"


@pytest.fixture
def clerk(client, city):
    user = make_member(
        Body.objects.get(slug="ortsbeirat-hohenecken"), role=Membership.Role.CLERK
    )
    client.force_login(user)
    return user


def fetched(client, extension, **query):
    response = client.get(f"{DESK}/pins.{extension}", query)
    assert response.status_code == 200
    return response.getvalue()


def rows_of(data):
    [sheet] = openpyxl.load_workbook(BytesIO(data)).worksheets
    head, *rows = sheet.iter_rows()
    names = [cell.value for cell in head]
    return [dict(zip(names, row, strict=True)) for row in rows]


def test_geojson_is_in_metres_and_says_so(client, clerk, tmp_path):
    pin = make_pin(title='Ein "Weg"\\', text="Eine Zeile am Ort\nund noch eine")

    data = fetched(client, "geojson")

    collection = json.loads(data)
    assert collection["crs"]["properties"]["name"] == "urn:ogc:def:crs:EPSG::25832"
    (feature,) = collection["features"]
    assert list(feature["properties"]) == PROPERTIES
    assert feature["properties"]["title"] == pin.title
    assert feature["properties"]["url"] == f"http://testserver/pins/{pin.reference}"
    place = PublicPin.objects.get().location
    assert feature["geometry"] == {
        "type": "Point",
        "coordinates": [round(metres, 2) for metres in in_metres(place)],
    }
    path = tmp_path / "pins.geojson"
    path.write_bytes(data)
    assert pyogrio.read_info(path)["crs"] == "EPSG:25832"


def test_geopackage_opens_in_a_gis(client, clerk, tmp_path):
    pin = make_pin()

    path = tmp_path / "pins.gpkg"
    path.write_bytes(fetched(client, "gpkg"))

    assert pyogrio.read_info(path)["crs"] == "EPSG:25832"
    frame = pyogrio.read_dataframe(path)
    assert frame["reference"].tolist() == [pin.reference]


def test_pages_of_other_sites_may_not_read_them(client, clerk):
    response = client.get(f"{DESK}/pins.csv")

    assert response.status_code == 200
    assert "Access-Control-Allow-Origin" not in response


def test_spreadsheet_keeps_texts_texts(client, clerk):
    titles = ["=1+1+1", "+49 631", "-12345", "@SUM(A1)", "Klingel \x7f\ufffe"]
    for title in titles:
        make_pin(title=title)

    rows = rows_of(fetched(client, "xlsx", sort="oldest"))

    assert list(rows[0]) == PROPERTIES + PLACES
    shown = [row["title"].value for row in rows]
    assert shown == [*titles[:-1], "Klingel \x7f"]
    assert {row["title"].data_type for row in rows} == {"s"}
    assert rows[0]["created_at"].is_date
    assert rows[0]["support_count"].value == 0
    assert isinstance(rows[0]["ostwert"].value, float)


@pytest.mark.parametrize("extension", EXTENSIONS)
def test_only_the_bodys_own(client, clerk, extension, tmp_path):
    mine = make_pin()
    make_pin(district=15)
    make_pin(visibility=Visibility.HIDDEN)

    data = fetched(client, extension)

    assert references_in(extension, data, tmp_path) == [mine.reference]


def references_in(extension, data, folder):
    if extension == "geojson":
        return [f["id"] for f in json.loads(data)["features"]]
    if extension == "xlsx":
        return [row["reference"].value for row in rows_of(data)]
    path = folder / "pins.gpkg"
    path.write_bytes(data)
    return pyogrio.read_dataframe(path)["reference"].tolist()


@pytest.mark.parametrize("extension", EXTENSIONS)
def test_the_filters_of_the_desk(client, clerk, extension, tmp_path):
    make_pin()
    reviewed = make_pin(status=Status.IN_REVIEW)

    by_status = fetched(client, extension, status="in_review")
    by_tab = fetched(client, extension, tab="waiting")

    assert references_in(extension, by_status, tmp_path) == [reviewed.reference]
    assert references_in(extension, by_tab, tmp_path) == [reviewed.reference]


@pytest.mark.parametrize("extension", EXTENSIONS)
def test_without_contributions_it_is_empty(client, clerk, extension, tmp_path):
    assert references_in(extension, fetched(client, extension), tmp_path) == []


@pytest.mark.parametrize("extension", EXTENSIONS)
def test_head_makes_no_file(client, clerk, extension):
    response = client.head(f"{DESK}/pins.{extension}")

    assert response.status_code == 200
    assert response.getvalue() == b""
    assert f"ortsbeirat-hohenecken-pins.{extension}" in response["Content-Disposition"]
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("extension", EXTENSIONS)
def test_not_for_others(client, city, extension):
    url = f"{DESK}/pins.{extension}"
    assert client.get(url).status_code == 302

    client.force_login(make_user())
    assert client.get(url).status_code == 404

    client.force_login(make_member(Body.objects.get(slug="ortsbeirat-dansenberg")))
    assert client.get(url).status_code == 404

    client.force_login(make_planner())
    assert fetched(client, extension)


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("status=nonsense", 400),
        ("tab=nonsense", 400),
        ("q=%00", 400),
        ("district=%00", 400),
        ("sort=nearest", 400),
        ("tab=new&status=done", 400),
    ],
)
def test_garbage_is_refused_with_a_reason(client, clerk, query, status):
    response = client.get(f"{DESK}/pins.geojson?{query}")

    assert response.status_code == status
    assert response.json()["errors"]


def test_no_such_format_or_method(client, clerk):
    assert client.get(f"{DESK}/pins.shp").status_code == 404
    assert client.post(f"{DESK}/pins.gpkg").status_code == 405
