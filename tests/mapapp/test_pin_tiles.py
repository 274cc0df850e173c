"""The pins as vector tiles: clusters, points, and no work for who has them already."""

import gzip
import math

import mapbox_vector_tile
import pytest
from django.contrib.gis.geos import Point

from layers.conditional import A_MOMENT
from pins.actions import hide_pin
from pins.models import PublicPin
from pins.models.public import _remembered
from pins.workflow import Status, Visibility
from tests.factories import make_district, make_moderator, make_pin, make_theme
from tests.geometries import point_in, tile_url
from tests.public_rows import SCATTERED, multiply_public_rows

GARBAGE = {
    "theme": "sports",
    "kind": "rant",
    "status": "DONE",
    "district": "nowhere",
    "q": "x" * 101,
    "near": "here",
    "sort": "random",
}


@pytest.fixture
def district(db):
    make_district(16)
    make_district(17)
    make_theme("mobility")


def load(client, url, **query):
    response = client.get(url, query)
    if response.status_code == 204:
        assert response.content == b""
        return []
    assert response.status_code == 200
    assert response["Content-Type"] == "application/vnd.mapbox-vector-tile"
    layers = mapbox_vector_tile.decode(response.content)
    assert list(layers) == ["pins"]
    return layers["pins"]["features"]


def test_a_point_has_what_the_map_needs_and_no_more(client, district):
    pin = make_pin()

    (feature,) = load(client, tile_url(pin.location, 16))

    assert feature["id"] == pin.pk
    assert feature["geometry"]["type"] == "Point"
    assert feature["properties"] == {
        "reference": pin.reference,
        "kind": "problem",
        "theme": "mobility",
        "status": "received",
        "support": 0,
    }


@pytest.mark.parametrize("zoom", range(19))
def test_each_pin_is_in_one_tile_of_each_zoom(client, district, zoom):
    pin = make_pin(location=point_in(16, 0.3, 0.6))

    *_, x, y = tile_url(pin.location, zoom).removesuffix(".pbf").split("/")
    for other in {int(x) - 1, int(x), int(x) + 1} & set(range(2**zoom)):
        found = load(client, f"/tiles/pins/{zoom}/{other}/{y}.pbf")
        assert [f["properties"].get("reference") for f in found] == (
            [pin.reference] if other == int(x) else []
        )


@pytest.mark.parametrize("zoom", [0, 5, 9, 11, 13])
def test_near_ones_are_one_cluster_with_their_number(client, district, zoom):
    place = point_in(16, 0.5, 0.5)
    for _ in range(3):
        make_pin(location=place)

    (cluster,) = load(client, tile_url(place, zoom))

    assert cluster["properties"] == {"n": 3}


def test_a_cluster_lies_amid_its_pins(client, district):
    west, east = point_in(16, 0.5, 0.5), point_in(16, 0.502, 0.5)
    make_pin(location=west)
    make_pin(location=east)
    alone = {make_pin(location=place, kind="keep").pk: place for place in (west, east)}
    (middle,) = load(client, tile_url(west, 13), kind="problem")
    xs = [
        feature["geometry"]["coordinates"][0]
        for feature in load(client, tile_url(west, 14), kind="keep")
    ]

    assert len(alone) == len(xs) == 2
    # The same place, at half the scale.
    assert middle["geometry"]["coordinates"][0] % 2048 == pytest.approx(
        sum(xs) / 4 % 2048, abs=2
    )


@pytest.mark.parametrize("part", [0.01, 0.5, 0.99])
def test_circles_of_neighbouring_cells_keep_apart(client, district, part):
    cell = 360 / 2**13 / 8
    west = math.floor(point_in(16, 0.5, 0.5).x / cell) * cell
    place = Point(west + part * cell, point_in(16, 0.5, 0.5).y, srid=4326)
    for _ in range(2):
        make_pin(location=place)

    (cluster,) = load(client, tile_url(place, 13))

    x, y = (c % 512 / 512 for c in cluster["geometry"]["coordinates"])
    assert x == pytest.approx(min(max(part, 0.2), 0.8), abs=0.01)
    assert 0.19 < y < 0.81


def test_from_zoom_14_on_each_is_a_point(client, district):
    place = point_in(16, 0.5, 0.5)
    pins = {make_pin(location=place).pk for _ in range(3)}

    for zoom in (14, 16, 18):
        assert {f["id"] for f in load(client, tile_url(place, zoom))} == pins


@pytest.mark.parametrize(
    ("zoom", "numbers"), [(14, [3]), (16, [3]), (17, [None, None, None])]
)
def test_too_many_for_a_tile_are_clusters_all_the_same(
    client, district, monkeypatch, zoom, numbers
):
    monkeypatch.setattr("pins.tiles.POINT_LIMIT", 2)
    place = point_in(16, 0.5, 0.5)
    for _ in range(3):
        make_pin(location=place)

    found = load(client, tile_url(place, zoom))

    assert [f["properties"].get("n") for f in found] == numbers


@pytest.mark.parametrize("zoom", [0, 8, 9, 13, 14, 16])
def test_a_filter_that_all_pass_changes_nothing(client, district, monkeypatch, zoom):
    """Circles without filters have counts of their own."""
    monkeypatch.setattr("pins.tiles.POINT_LIMIT", 2)
    places = [point_in(16, n / 16, n / 20) for n in range(8)]
    for place in (*places, *places[::2]):
        make_pin(location=place)
    url = tile_url(places[3], zoom)

    found = load(client, url)

    assert found
    assert load(client, url, theme="mobility") == found


@pytest.mark.parametrize("zoom", [5, 12, 15, 18])
@pytest.mark.parametrize(
    "query",
    [
        {"theme": "energy"},
        {"kind": "keep"},
        {"status": "done"},
        {"q": "Brunnen"},
        {"theme": ["energy", "mobility"], "kind": "keep"},
        {"q": "Brunnen", "kind": "keep"},
    ],
)
def test_filters_apply_as_in_the_list(client, district, query, zoom):
    place = point_in(16, 0.5, 0.5)
    make_pin(location=place)
    pin = make_pin(
        location=place,
        theme=make_theme("energy"),
        kind="keep",
        status=Status.DONE,
        title="Der Brunnen am Markt",
    )

    (feature,) = load(client, tile_url(place, zoom), **query)

    assert feature["id"] == pin.pk


@pytest.mark.parametrize("zoom", [5, 12, 16])
def test_words_make_clusters_too(client, district, zoom):
    place = point_in(16, 0.5, 0.5)
    for _ in range(2):
        make_pin(location=place, title="Der Brunnen am Markt")
    make_pin(location=place)

    found = load(client, tile_url(place, zoom), q="Brunnen")

    assert sum(f["properties"].get("n", 1) for f in found) == 2


@pytest.mark.parametrize("zoom", [8, 13, 14])
def test_only_what_is_published(client, district, zoom):
    pins = [make_pin(visibility=visibility) for visibility in Visibility]
    place = pins[0].location

    found = load(client, tile_url(place, zoom))

    assert len(found) == 1
    assert found[0]["id"] == PublicPin.objects.get().pk


@pytest.mark.parametrize("zoom", [8, 13, 14, 18])
@pytest.mark.parametrize("query", [{}, {"q": "Zebrastreifen"}, {"theme": "mobility"}])
def test_one_query_for_the_pins(
    client, district, django_assert_num_queries, zoom, query
):
    pin = make_pin()
    multiply_public_rows(30, **SCATTERED)
    url = tile_url(pin.location, zoom)

    # The version and the tile; whether there is such a theme, and how words are read.
    with django_assert_num_queries(3 if query else 2):
        assert load(client, url, **query)


class TestUnchanged:
    def test_the_next_one_who_asks_is_answered_from_memory(
        self, client, district, django_assert_num_queries
    ):
        url = tile_url(make_pin().location, 14)
        first = client.get(url)

        with django_assert_num_queries(1):
            assert client.get(url).content == first.content
        # Other filters make another tile.
        assert client.get(url, {"kind": "keep"}).status_code == 204
        assert client.get(url).content == first.content

    def test_memory_is_of_the_present_state(self, client, district):
        pin = make_pin()
        url = tile_url(pin.location, 14)
        before = client.get(url).content
        make_pin(location=pin.location)

        assert len(load(client, url)) == 2
        assert client.get(url).content != before

    def test_who_has_it_gets_304_for_one_query(
        self, client, district, django_assert_num_queries
    ):
        url = tile_url(make_pin().location, 14)
        etag = client.get(url)["ETag"]

        with django_assert_num_queries(1):
            again = client.get(url, headers={"if-none-match": etag})

        assert (again.status_code, again.content) == (304, b"")
        assert again["ETag"] == etag
        assert again["Cache-Control"] == A_MOMENT

    def test_not_even_that_within_a_second(
        self, client, district, settings, django_assert_num_queries, monkeypatch
    ):
        from datetime import timedelta

        settings.PUBLIC_VERSION_AGE = timedelta(seconds=60)
        monkeypatch.delitem(_remembered, "default", raising=False)
        url = tile_url(make_pin().location, 14)
        etag = client.get(url)["ETag"]

        with django_assert_num_queries(0):
            assert client.get(url, headers={"if-none-match": etag}).status_code == 304

    def test_a_change_makes_it_new(self, client, district):
        pin = make_pin()
        url = tile_url(pin.location, 14)
        etag = client.get(url)["ETag"]

        hide_pin(pin=pin, actor=make_moderator(), reason="Enthält einen Namen.")

        again = client.get(url, headers={"if-none-match": etag})
        assert again.status_code == 204
        assert again["ETag"] != etag

    def test_an_unknown_state_is_answered_in_full(self, client, district):
        url = tile_url(make_pin().location, 14)
        for odd in ('W/"pins-0-0"', "*", '"', "x" * 5000):
            assert client.get(url, headers={"if-none-match": odd}).status_code == 200

    def test_nothing_but_reading(self, client, district):
        url = tile_url(make_pin().location, 14)
        etag = client.get(url)["ETag"]
        for method in ("put", "patch", "delete", "options"):
            answer = getattr(client, method)(url, headers={"if-none-match": etag})
            assert answer.status_code == 405
        assert client.head(url).status_code == 200


class TestBadRequests:
    @pytest.mark.parametrize(
        "place",
        ["19/0/0", "0/0/1", "1/2/0", "14/0/16384", f"14/{10**30}/1", f"{10**30}/0/0"],
    )
    def test_no_such_tile(self, client, district, place):
        response = client.get(f"/tiles/pins/{place}.pbf")
        assert response.status_code == 404
        assert response.json()["detail"]

    @pytest.mark.parametrize("place", ["a/0/0", "-1/0/0", "0/0", "1.5/0/0", "0/0/0/0"])
    def test_no_such_address(self, client, district, place):
        assert client.get(f"/tiles/pins/{place}.pbf").status_code == 404

    @pytest.mark.parametrize(("name", "value"), GARBAGE.items())
    @pytest.mark.parametrize("url", ["/tiles/pins/0/0/0.pbf", "/tiles/pins/tiles.json"])
    def test_no_such_filter(self, client, district, url, name, value):
        response = client.get(url, {name: value})
        assert response.status_code == 400
        assert list(response.json()["errors"]) == [name]


def test_compressed_for_who_can_read_that(client, district):
    url = tile_url(make_pin().location, 14)
    plain = client.get(url)
    packed = client.get(url, headers={"accept-encoding": "gzip"})

    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content
    assert "Accept-Encoding" in plain["Vary"]


def test_nobody_gets_a_cookie(client, district):
    assert not client.get(tile_url(make_pin().location, 14)).cookies


def test_tilejson_names_the_tiles_of_the_filters(client, district):
    document = client.get("/tiles/pins/tiles.json", {"kind": "idea"}).json()

    assert document["tilejson"] == "3.0.0"
    assert document["tiles"] == [
        "http://testserver/tiles/pins/{z}/{x}/{y}.pbf?kind=idea"
    ]
    assert (document["minzoom"], document["maxzoom"]) == (0, 18)
    assert document["vector_layers"][0]["id"] == "pins"


def test_the_tilejson_says_where_the_pins_are(client, district):
    response = client.get("/tiles/pins/tiles.json", {"theme": "mobility"})
    told = response.json()

    assert response["Access-Control-Allow-Origin"] == "*"
    assert told["tilejson"] == "3.0.0"
    assert told["scheme"] == "xyz"
    assert told["tiles"] == [
        "http://testserver/tiles/pins/{z}/{x}/{y}.pbf?theme=mobility"
    ]
    west, south, east, north = told["bounds"]
    lon, lat, zoom = told["center"]
    assert west < lon < east
    assert south < lat < north
    assert told["minzoom"] <= zoom <= told["maxzoom"]
    (layer,) = told["vector_layers"]
    assert layer["id"] == "pins"
    pin = make_pin()
    (feature,) = load(client, tile_url(pin.location, 16))
    assert set(feature["properties"]) < set(layer["fields"])
    again = client.get(
        "/tiles/pins/tiles.json",
        {"theme": "mobility"},
        headers={"If-None-Match": response["ETag"]},
    )
    assert again.status_code == 304
