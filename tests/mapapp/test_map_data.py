"""What the maps load."""

import gzip
import json

import pytest

from districts.models import District
from layers.models import Theme
from pins.workflow import Visibility
from tests.factories import make_body, make_district, make_pin, make_theme


@pytest.fixture
def city(db):
    make_district(15, name="Dansenberg", body=make_body("Ortsbeirat Dansenberg"))
    make_district(16, name="Hohenecken", body=make_body("Ortsbeirat Hohenecken"))
    make_theme("mobility", colour="#3A63D8")


def load(client, url, **query):
    response = client.get(url, query)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/geo+json"
    return json.loads(response.getvalue())


def test_districts_have_names_and_who_answers(client, city):
    features = load(client, "/map/districts.geojson")["features"]

    assert [feature["properties"] for feature in features] == [
        {
            "number": 15,
            "name": "Dansenberg",
            "slug": "dansenberg",
            "kind": "ortsbezirk",
            "body": "Ortsbeirat Dansenberg",
        },
        {
            "number": 16,
            "name": "Hohenecken",
            "slug": "hohenecken",
            "kind": "ortsbezirk",
            "body": "Ortsbeirat Hohenecken",
        },
    ]
    assert [feature["id"] for feature in features] == [15, 16]


def test_neighbours_still_touch_when_rounded(client, city):
    one, other = load(client, "/map/districts.geojson")["features"]

    def corners(feature):
        ((ring,),) = feature["geometry"]["coordinates"]
        return {tuple(corner) for corner in ring}

    assert len(corners(one) & corners(other)) == 2


def test_old_borders_are_no_longer_shown(client, city):
    District.objects.filter(number=15).update(valid_to="2020-01-01")

    features = load(client, "/map/districts.geojson")["features"]

    assert [feature["properties"]["number"] for feature in features] == [16]


def test_districts_are_packed(client, city):
    plain = client.get("/map/districts.geojson").getvalue()
    packed = client.get("/map/districts.geojson", headers={"Accept-Encoding": "gzip"})

    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.getvalue()) == plain


def test_one_pin_is_the_feature_of_the_exports(client, city):
    pin = make_pin(title='Ein "Titel"')
    make_pin()

    feature = load(client, f"/pins/{pin.reference}.geojson")

    everything = load(client, "/exports/pins.geojson")["features"]
    assert feature in everything
    assert feature["properties"]["url"] == f"http://testserver/pins/{pin.reference}"


@pytest.mark.parametrize("visibility", sorted(set(Visibility) - {Visibility.PUBLISHED}))
def test_what_is_not_published_does_not_exist(client, city, visibility):
    pin = make_pin(visibility=visibility)

    response = client.get(f"/pins/{pin.reference}.geojson")

    assert response.status_code == 404
    assert response.json()["detail"]


@pytest.mark.parametrize(
    "reference", ["KL-2026-99999", "x", "%00", "%F0%9F%9A%B2", "'--"]
)
def test_an_unknown_reference_does_not_exist(client, city, reference):
    assert client.get(f"/pins/{reference}.geojson").status_code == 404


def test_who_has_a_pin_that_was_hidden_is_told(client, city):
    pin = make_pin()
    etag = client.get(f"/pins/{pin.reference}.geojson")["ETag"]
    pin.visibility = Visibility.HIDDEN
    pin.save()

    response = client.get(
        f"/pins/{pin.reference}.geojson", headers={"If-None-Match": etag}
    )

    assert response.status_code == 404


def test_each_theme_has_its_colour(client, city):
    make_theme("energy", colour="#B9541A", position=1)

    response = client.get("/themes.css")

    assert response["Content-Type"] == "text/css; charset=utf-8"
    assert response.content.decode() == (
        ".theme-mobility{--theme-colour:#3A63D8}\n.theme-energy{--theme-colour:#B9541A}\n"
    )


def test_a_new_colour_is_a_new_style_sheet(client, city):
    etag = client.get("/themes.css")["ETag"]
    Theme.objects.update(colour="#000000")

    response = client.get("/themes.css", headers={"If-None-Match": etag})

    assert response.status_code == 200
    assert "#000000" in response.content.decode()
