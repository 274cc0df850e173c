"""The districts as vector tiles: areas, the places of their names, and one version."""

import gzip

import mapbox_vector_tile
import pytest
from django.contrib.gis.geos import Point

from layers.district_tiles import FIELDS, LAYERS
from tests.factories import make_body, make_district
from tests.geometries import point_in, tile_url

TILEJSON = "/tiles/districts/tiles.json"


@pytest.fixture
def two(db):
    make_district(15, name="Dansenberg", body=make_body("Ortsbeirat Dansenberg"))
    return make_district(
        16,
        name="Hohenecken",
        body=make_body("Ortsbeirat Hohenecken"),
        kind="ortsbezirk",
    )


def address(place, zoom):
    return tile_url(place, zoom).replace("pins", "districts")


def load(client, url):
    response = client.get(url)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/vnd.mapbox-vector-tile"
    return mapbox_vector_tile.decode(response.content)


def test_a_tile_has_areas_and_a_place_for_each_name(client, two):
    layers = load(client, address(point_in(16), 8))

    assert set(layers) == set(LAYERS)
    for layer in layers.values():
        found = {f["id"]: f["properties"] for f in layer["features"]}
        assert set(found) == {15, 16}
        assert set(found[16]) == set(FIELDS)
        assert found[16] == {
            "number": 16,
            "name": "Hohenecken",
            "slug": "hohenecken",
            "kind": "ortsbezirk",
            "body": "Ortsbeirat Hohenecken",
        }
    kinds = {f["geometry"]["type"] for f in layers["districts"]["features"]}
    assert kinds <= {"Polygon", "MultiPolygon"}
    (kind,) = {f["geometry"]["type"] for f in layers["district_names"]["features"]}
    assert kind == "Point"


def test_a_name_stands_in_one_tile_though_the_area_lies_in_many(client, two):
    middle, corner = point_in(16), point_in(16, 0.05, 0.05)

    # The square is wider than a tile of this zoom.
    assert "district_names" in load(client, address(middle, 13))
    assert "district_names" not in load(client, address(corner, 13))
    assert "districts" in load(client, address(corner, 13))


def test_yesterdays_borders_are_in_no_tile(client, two):
    two.responsibility_set.update(valid_to="2020-01-01")
    two.valid_to = "2020-01-01"
    two.save()

    layers = load(client, address(point_in(16), 8))

    assert [f["id"] for f in layers["districts"]["features"]] == [15]


def test_where_no_district_is_there_is_nothing(client, two):
    response = client.get(address(Point(0.0, 0.0), 12))

    assert (response.status_code, response.content) == (204, b"")


@pytest.mark.parametrize("place", ["15/0/0", "3/8/0", "3/0/8", f"{10**20}/0/0"])
def test_outside_the_grid_there_is_no_tile(client, two, place):
    response = client.get(f"/tiles/districts/{place}.pbf")

    assert response.status_code == 404
    assert response["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("path", [TILEJSON, "/tiles/districts/3/4/2.pbf"])
def test_they_take_no_filters_and_are_only_read(client, two, path):
    refused = client.get(path, {"theme": "mobility"})

    assert refused.status_code == 400
    assert refused["Content-Type"] == "application/problem+json"
    assert client.post(path).status_code == 405


def test_the_address_with_the_version_is_good_for_a_year(client, two):
    tile = address(point_in(16), 10)
    (template,) = client.get(TILEJSON).json()["tiles"]
    version = template.partition("?v=")[2]

    lasting = client.get(tile, {"v": version})
    plain, other = client.get(tile), client.get(tile, {"v": "0" * 12})

    assert version
    assert "immutable" in lasting["Cache-Control"]
    assert "max-age=31536000" in lasting["Cache-Control"]
    assert "no-cache" not in lasting["Cache-Control"]
    for response in (plain, other):
        assert "no-cache" in response["Cache-Control"]
        assert response["Access-Control-Allow-Origin"] == "*"


def test_who_has_a_tile_gets_it_again_when_a_border_moves(client, two):
    tile = address(point_in(16), 10)
    first = client.get(tile)
    again = client.get(tile, headers={"If-None-Match": first["ETag"]})
    version = client.get(TILEJSON).json()["tiles"]
    two.name = "Hohenecken-Süd"
    two.save()
    changed = client.get(tile, headers={"If-None-Match": first["ETag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert changed.status_code == 200
    assert client.get(TILEJSON).json()["tiles"] != version


def test_a_tile_is_compressed_for_who_can_read_that(client, two):
    tile = address(point_in(16), 10)

    packed = client.get(tile, headers={"Accept-Encoding": "gzip"})

    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == client.get(tile).content


def test_the_tilejson_says_where_the_tiles_are(client, two):
    response = client.get(TILEJSON)
    told = response.json()

    assert response["Access-Control-Allow-Origin"] == "*"
    assert told["tilejson"] == "3.0.0"
    west, south, east, north = told["bounds"]
    place = point_in(16)
    assert west < place.x < east
    assert south < place.y < north
    lon, lat, zoom = told["center"]
    assert west < lon < east
    assert south < lat < north
    assert told["minzoom"] <= zoom <= told["maxzoom"]
    assert {layer["id"] for layer in told["vector_layers"]} == set(LAYERS)
    again = client.get(TILEJSON, headers={"If-None-Match": response["ETag"]})
    assert again.status_code == 304


def test_without_districts_nobody_knows_where_they_are(client, db):
    told = client.get(TILEJSON).json()

    assert "bounds" not in told
    assert "center" not in told


def test_a_tile_costs_three_queries(client, two, django_assert_max_num_queries):
    with django_assert_max_num_queries(3):
        client.get(address(point_in(16), 10))
