"""OGC API Tiles: the tiles of the map under the standard's addresses."""

import mapbox_vector_tile
import pytest

from tests.exports.ogc.answers import links_of, path_of
from tests.factories import make_pin
from tests.geometries import point_in, tile_url

TILES = "/ogc/v1/collections/pins/tiles/WebMercatorQuad"


def addresses(zoom=16):
    """Return the two addresses of the tile with the middle of district 16."""
    own = tile_url(point_in(16), zoom)
    column, row = own.removesuffix(".pbf").split("/")[-2:]
    return own, f"{TILES}/{zoom}/{row}/{column}"


def test_the_row_comes_before_the_column(client, pin):
    make_pin()
    own, alias = (client.get(address) for address in addresses())

    assert alias.status_code == 200
    assert alias["Content-Type"] == "application/vnd.mapbox-vector-tile"
    assert alias.content == own.content
    (feature,) = mapbox_vector_tile.decode(alias.content)["pins"]["features"]
    assert feature["properties"]["kind"] == "problem"


def test_an_empty_tile_has_no_content(client, city):
    assert client.get(addresses()[1]).status_code == 204


def test_who_has_the_tile_gets_304(client, city):
    make_pin()
    first = client.get(f"{addresses()[1]}?f=mvt")
    again = client.get(f"{addresses()[1]}?f=mvt", HTTP_IF_NONE_MATCH=first["ETag"])

    assert (first.status_code, again.status_code) == (200, 304)
    assert again["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(
    "place",
    ["19/0/0", "1/2/0", "1/0/2", "1/-1/0", "x/0/0", "1/1.5/0", f"1/{'9' * 40}/0"],
)
def test_outside_of_the_grid_is_no_tile(client, db, place):
    response = client.get(f"{TILES}/{place}")

    assert response.status_code == 404
    assert response["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("query", ["f=json", "f=", "theme=energy", "f=mvt&f=mvt"])
def test_a_tile_takes_no_parameters(client, db, query):
    assert client.get(f"{TILES}/0/0/0?{query}").status_code == 400


@pytest.mark.parametrize(
    "path",
    [
        "districts/tiles",
        "pins/tiles/WorldCRS84Quad",
        "pins/tiles/WorldCRS84Quad/0/0/0",
        "nothing/tiles",
    ],
)
def test_there_are_tiles_of_contributions_in_one_grid(client, db, path):
    assert client.get(f"/ogc/v1/collections/{path}").status_code == 404


def test_the_collection_leads_to_its_tiles(ask, client, pin):
    rel = "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector"
    sets = ask(path_of(links_of(ask("/collections/pins"))[rel][0]))["tilesets"]

    (one,) = sets
    described = ask(path_of(links_of(one)["self"][0]))
    assert described["tileMatrixSetURI"].endswith("/WebMercatorQuad")
    (item,) = links_of(described)["item"]
    assert item["templated"] is True
    place = {"{tileMatrix}": "0", "{tileRow}": "0", "{tileCol}": "0"}
    address = item["href"]
    for name, number in place.items():
        address = address.replace(name, number)
    assert client.get(address).status_code == 200
