"""Serving the basemap: bytes as they are in the file, and the truth to every cache."""

import gzip
import random

import pytest
from pmtiles.tile import Compression, Entry, TileType

from layers.basemap import archive
from layers.conditional import A_MOMENT
from tests.archives import LAYERS, write_archive

TILE = (14, 8545, 5595)
CONTENT = b"\x1a\x05tile!" * 50
PLACE = "/tiles/base/14/8545/5595.pbf"
OTHER_PLACE = "/tiles/base/6/33/21.pbf"


@pytest.fixture
def path(settings, tmp_path):
    settings.BASEMAP_PATH = tmp_path / "basemap.pmtiles"
    return settings.BASEMAP_PATH


@pytest.fixture
def basemap(path):
    return write_archive(path, {(6, 33, 21): b"six" * 200, TILE: CONTENT})


def get(client, place=PLACE, **headers):
    return client.get(place, headers={"accept-encoding": "br, gzip", **headers})


def template(client):
    (address,) = client.get("/tiles/base/tiles.json").json()["tiles"]
    return address.removeprefix("http://testserver")


def versioned(client):
    z, x, y = TILE
    return template(client).format(z=z, x=x, y=y)


def test_a_tile_comes_as_it_is_in_the_file(client, basemap):
    response = get(client)

    assert response.status_code == 200
    assert response["Content-Type"] == "application/vnd.mapbox-vector-tile"
    assert response["Content-Encoding"] == "gzip"
    assert gzip.decompress(response.content) == CONTENT
    assert response.content in basemap.read_bytes()
    assert int(response["Content-Length"]) == len(response.content)


@pytest.mark.parametrize("encodings", ["", "identity", "br", "gzip;q=0, br"])
def test_who_takes_no_gzip_gets_it_plain(client, basemap, encodings, settings):
    settings.MIDDLEWARE = [m for m in settings.MIDDLEWARE if "ip" not in m]

    response = client.get(PLACE, headers={"accept-encoding": encodings})

    assert "Content-Encoding" not in response
    assert response.content == CONTENT


def test_both_forms_have_tags_of_their_own(client, basemap):
    compressed, plain = get(client), client.get(PLACE)

    assert compressed["ETag"] != plain["ETag"]
    assert not compressed["ETag"].startswith("W/")
    assert "Accept-Encoding" in compressed["Vary"]
    assert "Accept-Encoding" in plain["Vary"]


def test_who_has_the_tile_gets_no_bytes(client, basemap):
    etag = get(client)["ETag"]

    again = get(client, if_none_match=etag)
    other = get(client, if_none_match='"other"')

    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == etag
    assert "max-age" in again["Cache-Control"]
    assert other.status_code == 200


def test_the_address_with_the_version_holds_for_ever(client, basemap):
    response = get(client, versioned(client))

    assert response.status_code == 200
    assert "immutable" in response["Cache-Control"]
    assert "max-age=31536000" in response["Cache-Control"]


@pytest.mark.parametrize("query", ["", "?v=", "?v=000000000000", "?v=%00", "?x=1"])
def test_other_addresses_hold_for_an_hour(client, basemap, query):
    response = get(client, PLACE + query)

    assert response.status_code == 200
    assert response["Cache-Control"] == "public, max-age=3600"


def test_an_empty_tile_within_the_zooms(client, basemap):
    response = get(client, "/tiles/base/14/0/0.pbf")

    assert (response.status_code, response.content) == (204, b"")
    assert "max-age" in response["Cache-Control"]


@pytest.mark.parametrize(
    "place",
    [
        "5/16/10",
        "15/17090/11190",
        "14/16384/5595",
        "14/8545/16384",
        "99999999999999999999/0/0",
        "14/99999999999999999999/0",
        "-1/0/0",
        "14/8545/x",
        "14/8545",
        "14.5/8545/5595",
    ],
)
def test_there_is_no_such_tile(client, basemap, place, db):
    assert get(client, f"/tiles/base/{place}.pbf").status_code == 404


@pytest.mark.parametrize("place", [PLACE, "/tiles/base/tiles.json"])
def test_neither_queries_nor_cookies(
    client, basemap, place, django_assert_num_queries, db
):
    client.cookies["sessionid"] = "a" * 32
    with django_assert_num_queries(0):
        response = get(client, place)

    assert response.status_code == 200
    assert not response.cookies
    assert "Cookie" not in response["Vary"]


@pytest.mark.parametrize("place", [PLACE, "/tiles/base/tiles.json"])
@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_there_is_nothing_to_write(client, basemap, place, method):
    assert getattr(client, method)(place).status_code == 405


@pytest.mark.parametrize("place", [PLACE, "/tiles/base/tiles.json"])
def test_head_answers_without_a_body(client, basemap, place):
    response = client.head(place)

    assert (response.status_code, response.content) == (200, b"")


# --- What describes the tiles -------------------------------------------------------------


def test_tilejson(client, path):
    write_archive(
        path, {TILE: CONTENT, (6, 33, 21): b""}, name="Stadt", attribution="© OSM"
    )

    found = client.get("/tiles/base/tiles.json")
    told = found.json()

    assert found["Content-Type"] == "application/json"
    assert told.pop("tiles") == [f"http://testserver{template(client)}"]
    assert told == {
        "tilejson": "3.0.0",
        "scheme": "xyz",
        "minzoom": 6,
        "maxzoom": 14,
        "bounds": [7.6, 49.3, 7.9, 49.5],
        "center": [7.75, 49.4, 12],
        "name": "Stadt",
        "attribution": "© OSM",
        "vector_layers": LAYERS,
    }


def test_tilejson_names_whom_the_operator_names(client, basemap, settings):
    settings.BASEMAP_ATTRIBUTION = "© Stadt Kaiserslautern"

    told = client.get("/tiles/base/tiles.json").json()

    assert told["attribution"] == "© Stadt Kaiserslautern"


def test_tilejson_is_asked_for_each_time_and_told_only_when_new(client, basemap):
    first = client.get("/tiles/base/tiles.json")
    same = client.get(
        "/tiles/base/tiles.json", headers={"if-none-match": first["ETag"]}
    )

    assert first["Cache-Control"] == A_MOMENT
    assert same.status_code == 304


def test_the_addresses_are_those_of_the_host_that_was_asked(client, basemap, settings):
    settings.ALLOWED_HOSTS = ["karte.example.de"]

    told = client.get("/tiles/base/tiles.json", headers={"host": "karte.example.de"})
    refused = client.get("/tiles/base/tiles.json", headers={"host": "evil.example"})

    assert told.json()["tiles"][0].startswith("http://karte.example.de/tiles/base/{z}/")
    assert refused.status_code == 400


# --- The file -----------------------------------------------------------------------------


@pytest.mark.parametrize("place", [PLACE, "/tiles/base/tiles.json"])
def test_without_a_basemap(client, path, place):
    assert client.get(place).status_code == 404


@pytest.mark.parametrize(
    "content",
    [b"", b"PMTiles", b"PMTiles\x03" + b"\xff" * 300, b"<html>" * 100],
    ids=["empty", "begun", "garbage", "page"],
)
def test_a_file_that_is_none_is_like_no_file(client, path, content, caplog):
    path.write_bytes(content)

    assert [client.get(PLACE).status_code for _ in range(3)] == [404] * 3
    (record,) = (r for r in caplog.records if r.name.startswith("layers"))
    assert "basemap.pmtiles" in record.getMessage()


@pytest.mark.parametrize(
    "header",
    [
        {"tile_type": TileType.PNG},
        {"tile_compression": Compression.NONE},
    ],
)
def test_a_file_with_other_tiles_is_like_no_file(client, path, header):
    write_archive(path, {TILE: CONTENT}, header)

    assert client.get(PLACE).status_code == 404


def test_a_folder_at_the_path(client, path):
    path.mkdir()

    assert client.get(PLACE).status_code == 404


def test_another_file_is_served_at_once_and_has_another_version(client, basemap, path):
    before, old_address = get(client), versioned(client)

    write_archive(path, {TILE: b"new" * 100})
    after = get(client, if_none_match=before["ETag"])

    assert gzip.decompress(after.content) == b"new" * 100
    assert versioned(client) != old_address
    assert "immutable" not in get(client, old_address)["Cache-Control"]


def test_a_file_that_was_opened_stays_readable(basemap, path):
    opened = archive.Archive(path)
    write_archive(path, {TILE: b"new"})

    assert gzip.decompress(opened.tile(*TILE) or b"") == CONTENT


def test_a_file_that_is_taken_away_and_put_back(client, basemap, path):
    content = path.read_bytes()
    assert get(client).status_code == 200

    path.unlink()
    assert get(client).status_code == 404

    path.write_bytes(content)
    assert get(client).status_code == 200


def test_a_copy_elsewhere_has_the_same_version(basemap, path, tmp_path):
    copy = tmp_path / "copy.pmtiles"
    copy.write_bytes(path.read_bytes())

    assert archive.Archive(copy).version == archive.Archive(path).version


def test_it_is_opened_once(basemap):
    assert archive.current() is archive.current()


def test_directories_that_lead_in_circles_end(path, monkeypatch):
    monkeypatch.setattr(
        archive, "find_tile", lambda entries, tile_id: Entry(tile_id, 0, 10, 0)
    )
    monkeypatch.setattr(archive, "deserialize_directory", lambda data: [])
    found = archive.Archive(write_archive(path, {TILE: CONTENT}))

    assert found.tile(*TILE) is None


def test_tiles_of_leaves(path, monkeypatch):
    """A file with many tiles keeps where they are in several directories."""
    monkeypatch.setattr(archive, "DIRECTORIES_KEPT", 2)
    # Places and lengths without a pattern do not pack, and a root has room for 16 kB.
    draw = random.Random(1)
    tiles = {
        (14, draw.randrange(1 << 14), draw.randrange(1 << 14)): draw.randbytes(
            draw.randrange(40)
        )
        for _ in range(9000)
    }
    found = archive.Archive(write_archive(path, tiles))

    assert found.tile(14, 0, 0) is None
    for place in list(tiles)[::331]:
        assert gzip.decompress(found.tile(*place) or b"") == tiles[place]
