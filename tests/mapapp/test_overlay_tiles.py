"""The tiles of overlays: what is published, at every zoom, and nothing else."""

import gzip
import math

import mapbox_vector_tile
import pytest
from django.contrib.gis.geos import LineString, Point, Polygon
from django.db import connection
from django.test.utils import CaptureQueriesContext

from layers.models import Overlay
from tests.factories import make_overlay
from tests.geometries import point_in

pytestmark = pytest.mark.django_db

ZOOMS = [0, 10, 13, 16]


def tile_of(z, lon=None, lat=None):
    """Return x and y of the tile that holds a place, or the middle of district 16."""
    lon, lat = (point_in(16).x, point_in(16).y) if lon is None else (lon, lat)
    north = math.asinh(math.tan(math.radians(lat))) / math.pi
    return int((lon + 180) / 360 * 2**z), int((1 - north) / 2 * 2**z)


def address(slug, z, x=None, y=None):
    if x is None:
        x, y = tile_of(z)
    return f"/tiles/overlays/{slug}/{z}/{x}/{y}.pbf"


def read(response):
    assert response.status_code == 200, response.status_code
    content = response.content
    if response.get("Content-Encoding") == "gzip":
        content = gzip.decompress(content)
    decoded = mapbox_vector_tile.decode(content)
    assert list(decoded) == ["overlay"]
    return decoded["overlay"]["features"]


@pytest.fixture
def spot():
    """A point in the middle of the square of district 16, with two texts."""
    texts = {"Stand": "in Planung", "Länge": "2 km"}
    return make_overlay(
        "spot",
        features=[{"geometry": point_in(16), "label": "Start", "properties": texts}],
    )


@pytest.mark.parametrize("z", ZOOMS)
def test_a_feature_is_in_its_tile_at_each_zoom(client, spot, z):
    (feature,) = read(client.get(address("spot", z)))

    assert feature["id"] == spot.features.get().pk
    assert feature["geometry"]["type"] == "Point"
    assert feature["properties"]["label"] == "Start"


def test_texts_come_only_close_by(client, spot):
    (far,) = read(client.get(address("spot", 10)))
    (near,) = read(client.get(address("spot", 13)))

    assert far["properties"] == {"label": "Start"}
    assert near["properties"] == {
        "label": "Start",
        "Stand": "in Planung",
        "Länge": "2 km",
    }


def test_lines_and_areas_are_simplified_and_cut(client):
    ring = [(7.7 + n / 1e6, 49.4 + (n % 2) / 1e6) for n in range(400)]
    wide = Polygon([*ring, (7.9, 49.5), (7.6, 49.5), ring[0]])
    make_overlay("area", features=[{"geometry": wide}])

    (far,) = read(client.get(address("area", 8, *tile_of(8, 7.7, 49.4))))
    (near,) = read(client.get(address("area", 13, *tile_of(13, 7.7, 49.4))))

    assert len(far["geometry"]["coordinates"][0]) < 10
    for x, y in near["geometry"]["coordinates"][0]:
        assert -64 <= x <= 4160
        assert -64 <= y <= 4160


def test_a_line_on_the_edge_is_drawn_in_both_tiles(client):
    # The edge between two tiles of zoom 13.
    edge = 4273 / 8192 * 360 - 180
    line = LineString((edge, 49.37), (edge, 49.39))
    make_overlay("edge", features=[{"geometry": line}])

    for x in (4272, 4273):
        y = tile_of(13, edge, 49.38)[1]
        assert len(read(client.get(address("edge", 13, x, y)))) == 1


def test_a_tile_without_features_is_empty(client, spot):
    response = client.get(address("spot", 13, 0, 0))

    assert (response.status_code, response.content) == (204, b"")
    assert response["ETag"]


@pytest.mark.parametrize(
    "path",
    [
        "spot/17/0/0.pbf",
        "spot/0/1/0.pbf",
        "spot/0/0/1.pbf",
        "spot/999999999999/0/0.pbf",
        "spot/13/99999999999999999999/0.pbf",
        "spot/-1/0/0.pbf",
        "spot/a/0/0.pbf",
        "spot/0/0/0.png",
        "no-such/0/0/0.pbf",
        "draft/0/0/0.pbf",
        "server/0/0/0.pbf",
        "%00/0/0/0.pbf",
        "no-such/tiles.json",
        "draft/tiles.json",
        "server/tiles.json",
    ],
)
def test_what_is_not_there(client, spot, settings, path):
    settings.WMS_HOSTS = ["https://maps.example.de"]
    make_overlay("draft", is_published=False)
    make_overlay("server", kind="wms")

    assert client.get(f"/tiles/overlays/{path}").status_code == 404


def test_tiles_are_only_read(client, spot):
    assert client.post(address("spot", 0)).status_code == 405
    assert client.head(address("spot", 0)).status_code == 200


def test_an_unchanged_tile_is_not_sent_again(client, spot):
    etag = client.get(address("spot", 13))["ETag"]

    with CaptureQueriesContext(connection) as queries:
        again = client.get(address("spot", 13), headers={"If-None-Match": etag})

    assert (again.status_code, again.content) == (304, b"")
    assert len(queries) == 1
    assert again["Cache-Control"] == "public, no-cache"


def test_a_changed_overlay_is_sent_anew(client, spot):
    etag = client.get(address("spot", 13))["ETag"]
    spot.colour = "#123456"
    spot.save()

    again = client.get(address("spot", 13), headers={"If-None-Match": etag})

    assert again.status_code == 200


def test_what_is_no_longer_published_is_gone_at_once(client, spot):
    etag = client.get(address("spot", 13))["ETag"]
    Overlay.objects.update(is_published=False)

    again = client.get(address("spot", 13), headers={"If-None-Match": etag})

    assert again.status_code == 404


def test_two_queries_make_a_tile_whatever_it_holds(client, spot):
    for number in range(5):
        spot.features.create(geometry=point_in(16, number / 10))

    with CaptureQueriesContext(connection) as queries:
        features = read(client.get(address("spot", 13)))

    assert len(features) == 6
    assert len(queries) == 2


def test_a_tile_is_packed_for_who_can_unpack_it(client, spot):
    response = client.get(address("spot", 13), headers={"Accept-Encoding": "gzip"})

    assert response["Content-Encoding"] == "gzip"
    assert response["Content-Type"] == "application/vnd.mapbox-vector-tile"
    assert len(read(response)) == 1


def test_the_tilejson_says_where_the_tiles_are(client, spot):
    spot.columns = ["Stand"]
    spot.bounds = [7.5, 49, 8, 50]
    spot.save()

    response = client.get("/tiles/overlays/spot/tiles.json")

    assert response["Access-Control-Allow-Origin"] == "*"
    described = response.json()
    assert described["tilejson"] == "3.0.0"
    assert described["tiles"] == [
        "http://testserver/tiles/overlays/spot/{z}/{x}/{y}.pbf"
    ]
    assert (described["minzoom"], described["maxzoom"]) == (0, 16)
    assert described["bounds"] == [7.5, 49, 8, 50]
    assert described["vector_layers"] == [
        {"id": "overlay", "fields": {"label": "String", "Stand": "String"}}
    ]


def test_the_tilejson_names_its_source_without_markup(client, spot):
    Overlay.objects.update(attribution="<img src=x> & Stadt")

    found = client.get("/tiles/overlays/spot/tiles.json").json()

    assert found["attribution"].startswith("&lt;img src=x&gt; &amp; Stadt, ")


def test_features_of_another_overlay_stay_out(client, spot):
    make_overlay("other", features=[{"geometry": Point(7.7578, 49.3828)}])

    assert len(read(client.get(address("spot", 0)))) == 1
