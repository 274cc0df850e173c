"""GeoJSON: a standard FeatureCollection with the design's properties."""

import datetime
import json

import pyogrio
import pytest

from districts.models import Body
from pins.models import PublicPin
from pins.workflow import Status
from tests.factories import make_pin
from tests.open_data import PROPERTIES


def test_a_collection_with_the_designs_properties_in_their_order(download, pin):
    collection = json.loads(download("/exports/pins.geojson"))

    (feature,) = collection["features"]
    assert collection["type"] == "FeatureCollection"
    assert list(feature) == ["type", "id", "geometry", "properties"]
    assert list(feature["properties"]) == PROPERTIES


def test_the_values_are_those_of_the_rows(download, five, settings):
    settings.BASE_URL = "https://mitmachen.example.org"

    features = json.loads(download("/exports/pins.geojson"))["features"]

    rows = {row.reference: row for row in PublicPin.objects.all()}
    assert len(features) == len(rows)
    for feature in features:
        row = rows[feature["id"]]
        said = feature["properties"]
        assert feature["geometry"] == {
            "type": "Point",
            "coordinates": [round(row.lon, 6), round(row.lat, 6)],
        }
        assert (said["kind"], said["theme"], said["status"], said["body"]) == (
            row.kind,
            row.theme_slug,
            row.status,
            row.text,
        )
        assert said["url"] == f"https://mitmachen.example.org/pins/{row.reference}"
        published = datetime.datetime.fromisoformat(said["published_at"])
        assert published == row.published_at.replace(microsecond=0)


def test_it_says_who_made_it_and_on_what_terms(download, pin, settings):
    collection = json.loads(download("/exports/pins.geojson"))

    assert collection["attribution"] == settings.SITE_NAME
    assert collection["licence"] == settings.LICENCE_NAME
    assert collection["licence_url"] == settings.LICENCE_URL


def test_without_pins_it_is_an_empty_collection(download, city):
    assert json.loads(download("/exports/pins.geojson"))["features"] == []


def test_any_text_comes_back_as_it_was_written(download, city):
    text = 'Zeile 1\nZeile 2\t"Zitat" \\ {} ; , \u2028 \u202e ➜ 🚲 </script>\x01\x02'
    make_pin(title='Das "Schild" \\ <b>', text=text)

    (feature,) = json.loads(download("/exports/pins.geojson"))["features"]

    assert feature["properties"]["title"] == 'Das "Schild" \\ <b>'
    assert feature["properties"]["body"] == text


def test_odd_characters_in_the_sites_address_stay_inside_the_url(
    download, pin, settings
):
    settings.BASE_URL = 'https://example.org/"\\'

    (feature,) = json.loads(download("/exports/pins.geojson"))["features"]

    pin.refresh_from_db()
    assert (
        feature["properties"]["url"] == f'https://example.org/"\\/pins/{pin.reference}'
    )


def test_gdal_reads_it_as_points_in_wgs84(download, five, tmp_path):
    path = tmp_path / "pins.geojson"
    path.write_bytes(download("/districts/dansenberg/pins.geojson"))

    frame = pyogrio.read_dataframe(path)

    assert pyogrio.read_info(path)["layer_name"] == "pins"
    assert frame.crs.to_epsg() == 4326
    assert set(frame.geom_type) == {"Point"}
    assert [name for name in frame.columns if name in PROPERTIES] == PROPERTIES
    assert set(frame["district"]) == {"Dansenberg"}
    assert set(frame["title"]) == {"Solardach der Schule", "Wärmenetz im Ort"}


def test_it_follows_new_names_at_once(client, download, pin):
    Body.objects.filter(slug="ortsbeirat-hohenecken").update(slug="obr-hohenecken")

    (feature,) = json.loads(download("/exports/pins.geojson"))["features"]

    assert feature["properties"]["body_slug"] == "obr-hohenecken"


@pytest.mark.parametrize("sort", ["", "newest", "oldest"])
def test_the_order_is_that_of_publication(download, five, sort):
    features = json.loads(download("/exports/pins.geojson", sort=sort))["features"]

    titles = [feature["properties"]["title"] for feature in features]
    oldest_first = [pin.title for pin in five]
    assert titles == (oldest_first if sort == "oldest" else oldest_first[::-1])


def test_pins_published_at_the_same_moment_have_a_fixed_order(download, city):
    moment = datetime.datetime(2026, 3, 1, tzinfo=datetime.UTC)
    pins = [make_pin(published_at=moment, status=Status.DONE) for _ in range(5)]

    features = json.loads(download("/exports/pins.geojson"))["features"]

    assert [feature["id"] for feature in features] == [
        pin.reference for pin in reversed(pins)
    ]


def test_lines_are_features_each_by_itself(download, five):
    lines = download("/exports/pins.geojsonl").decode().splitlines()

    assert [json.loads(line)["type"] for line in lines] == ["Feature"] * 5


def test_a_text_sequence_begins_each_feature_with_its_sign(client, five, tmp_path):
    response = client.get("/exports/pins.geojsonl?f=seq")

    body = response.getvalue()
    assert response["Content-Type"] == "application/geo+json-seq"
    assert response["Content-Disposition"] == 'attachment; filename="pins.geojsons"'
    start, *features = body.split(b"\x1e")
    assert start == b""
    assert all(feature.endswith(b"}}\n") for feature in features)
    path = tmp_path / "pins.geojsons"
    path.write_bytes(body)
    assert len(pyogrio.read_dataframe(path)) == 5
