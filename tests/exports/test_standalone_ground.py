"""The basemap under the standalone map: in the file, under the pins, named by its source."""

import base64
import math
import re
from pathlib import Path

import mapbox_vector_tile
import pytest

from exports.standalone import ground
from exports.standalone.ground import ground_state, picture_of
from tests.archives import write_archive
from tests.geometries import point_in

ZOOMS = {"min_zoom": 8, "max_zoom": 8}
NASTY = '<script>alert(1)</script> & "Co"'


def tile_at(zoom: int) -> tuple[int, int, int]:
    place, n = point_in(16), 1 << zoom
    north = math.asinh(math.tan(math.radians(place.y)))
    return zoom, int((place.x + 180) / 360 * n), int((1 - north / math.pi) / 2 * n)


@pytest.fixture
def basemap(settings, tmp_path: Path) -> Path:
    """A basemap of one tile with streets across it."""
    streets = [
        {
            "geometry": f"LINESTRING(0 {y}, 4096 {y})",
            "properties": {"kind": "motorway", "name": NASTY},
        }
        for y in range(0, 4096, 256)
    ]
    settings.BASEMAP_PATH = tmp_path / "basemap.pmtiles"
    settings.BASEMAP_ATTRIBUTION = "© &lt;img src=x&gt; Co"
    layers = [
        {"name": "streets", "features": streets},
        {"name": "street_labels", "features": streets},
    ]
    ground._drawn.cache_clear()
    write_archive(settings.BASEMAP_PATH, {tile_at(8): encoded(layers)}, ZOOMS)
    return tmp_path / "basemap.pmtiles"


def encoded(layers) -> bytes:
    data: bytes = mapbox_vector_tile.encode(layers)
    return data


def picture_in(body: bytes) -> str:
    found = re.search(rb"data:image/svg\+xml;base64,([\w+/=]+)", body)
    assert found is not None
    return base64.b64decode(found[1]).decode()


def test_the_basemap_lies_in_the_file(download, pin, basemap):
    body = download("/exports/pins.html")

    svg = picture_in(body)
    assert 'stroke="#f5d6a6"' in svg
    assert "<text" not in svg
    assert "script" not in svg
    assert b"img src=x" in body
    assert b"<img" not in body


def test_a_district_has_a_ground_of_its_own(download, pin, basemap):
    city = picture_in(download("/exports/pins.html"))
    district = picture_in(download("/districts/hohenecken/pins.html"))

    assert city != district


def test_the_ground_reaches_a_little_farther_than_the_districts(basemap):
    extent = 7.75, 49.375, 7.765, 49.39

    picture = picture_of(extent)

    assert picture is not None
    west, south, east, north = picture.extent
    assert west < extent[0] < extent[2] < east
    assert south < extent[1] < extent[3] < north
    assert math.isclose((south + north) / 2, 49.3825, abs_tol=1e-4)


def test_where_the_basemap_has_nothing_there_is_no_ground(basemap):
    assert picture_of((13.0, 52.0, 13.5, 52.2)) is None


def test_without_a_basemap_the_map_is_as_before(download, pin):
    assert ground_state() is None
    assert b"data:image/svg+xml" not in download("/exports/pins.html")


def test_a_new_basemap_makes_a_new_file(client, pin, basemap):
    state = client.get("/exports/pins.html")["ETag"]

    write_archive(basemap, {tile_at(8): encoded([])}, ZOOMS)

    assert client.get("/exports/pins.html")["ETag"] != state
