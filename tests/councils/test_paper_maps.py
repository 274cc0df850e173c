"""Maps for papers: drawn from own data alone, whatever that is called."""

import gzip
import math
from xml.etree import ElementTree

import mapbox_vector_tile
import pytest

from councils.papers import ground
from councils.papers.frames import Frame, box_around, frame_around
from councils.papers.maps import Marker, detail_map, outlines, overview_map
from councils.papers.svg import element, path_of
from geo.mercator import mercator
from tests.archives import write_archive
from tests.factories import make_district
from tests.geometries import point_in

SVG = "{http://www.w3.org/2000/svg}"
NASTY = 'Straße <b> & "Co" </text><script>'


def texts_of(drawn):
    root = ElementTree.fromstring(drawn.svg)  # noqa: S314 -- what we drew ourselves
    return [node.text for node in root.iter(f"{SVG}text")]


def tile_at(point, z=14):
    n = 1 << z
    north = math.asinh(math.tan(math.radians(point.y)))
    return z, int((point.x + 180) / 360 * n), int((1 - north / math.pi) / 2 * n)


@pytest.fixture
def place(db):
    make_district(16, name="Westdorf")
    return point_in(16)


def house_of(side):
    return f"POLYGON((0 0, {side} 0, {side} {side}, 0 {side}, 0 0))"


@pytest.fixture
def basemap(place, settings, tmp_path):
    """Make a basemap of one tile, full of streets across all of it."""
    lines = [
        {"geometry": f"LINESTRING(0 {y}, 4096 {y})", "properties": {"kind": "primary"}}
        for y in range(0, 4096, 128)
    ]
    names = [
        {
            "geometry": f"LINESTRING(0 {y}, 4096 {y})",
            "properties": {"kind": "primary", "name": f"{NASTY} {y}"},
        }
        for y in range(0, 4096, 512)
    ]
    house = house_of(4096)
    upright = "LINESTRING(2048 0, 2048 4096)"
    odd = [
        {"geometry": upright, "properties": {"kind": "primary", "tunnel": True}},
        {"geometry": upright, "properties": {"kind": "unheard of"}},
        {"geometry": "POINT(9 9)", "properties": {"kind": "primary"}},
    ]
    names += [
        {"geometry": upright, "properties": {"kind": "primary"}},
        {"geometry": upright, "properties": {"kind": "primary", "name": "Nordweg"}},
        {"geometry": "LINESTRING(0 0, 9 9)", "properties": {"name": "Zu kurz"}},
    ]
    wood = [{"geometry": house_of(4096), "properties": {"kind": "forest"}}]
    sea = [{"geometry": house_of(2048), "properties": {"kind": "water"}}]
    brook = [line | {"properties": {"kind": "stream"}} for line in lines]
    names += [
        {"geometry": f"LINESTRING({x} 0, {x} 4096)", "properties": {"name": f"Weg {x}"}}
        for x in range(0, 4096, 256)
    ]
    data = mapbox_vector_tile.encode(
        [
            {"name": "land", "features": [*wood, *odd]},
            {"name": "water_polygons", "features": sea},
            {"name": "water_lines", "features": brook},
            {"name": "streets", "features": [*lines, *odd]},
            {"name": "street_labels", "features": names},
            {"name": "buildings", "features": [{"geometry": house, "properties": {}}]},
            {"name": "pois", "features": lines},
        ]
    )
    ground.forget_tiles()
    settings.BASEMAP_PATH = write_archive(
        tmp_path / "basemap.pmtiles",
        {tile_at(place): data},
        {"min_zoom": 14, "max_zoom": 14},
        attribution='<a href="https://osm.org">© OpenStreetMap &amp; Co</a>',
    )
    return settings.BASEMAP_PATH


def test_the_basemap_is_drawn_and_named(basemap, place):
    drawn = detail_map(Marker(place.x, place.y), outlines())

    assert drawn.metres == 600
    assert drawn.source == "© OpenStreetMap & Co"
    assert 'fill="#ddd8d0"' in drawn.svg
    assert any(text.startswith(NASTY) for text in texts_of(drawn))
    assert "Zu kurz" not in texts_of(drawn)
    assert 'fill="#d3e4cb"' in drawn.svg
    assert 'stroke="#b9d6ec"' in drawn.svg


def test_without_a_basemap_there_are_the_districts(place):
    drawn = detail_map(Marker(place.x, place.y), outlines())

    assert drawn.source == ""
    # So wide that there is something to go by.
    assert drawn.metres == 5_000
    assert {"1 km", "N", "Westdorf"} <= set(texts_of(drawn))


def test_a_tile_that_cannot_be_read_is_left_out(basemap, place, settings, tmp_path):
    ground.forget_tiles()
    settings.BASEMAP_PATH = write_archive(
        tmp_path / "broken.pmtiles",
        {tile_at(place): b"\xff no tile"},
        {"min_zoom": 14, "max_zoom": 14},
    )

    assert detail_map(Marker(place.x, place.y), outlines()).source == ""


def test_what_is_no_gzip_is_left_out(basemap, place, monkeypatch):
    def broken(data):
        raise gzip.BadGzipFile

    ground.forget_tiles()
    monkeypatch.setattr(gzip, "decompress", broken)

    assert detail_map(Marker(place.x, place.y), outlines()).source == ""


def test_a_rough_place_is_a_square(basemap, place):
    exact = detail_map(Marker(place.x, place.y), outlines()).svg
    rough = detail_map(Marker(place.x, place.y, is_rough=True), outlines()).svg

    # 100 m of 600 on 640 units.
    assert 'width="106.7" height="106.7"' in rough
    assert 'width="106.7"' not in exact


def test_no_number_lies_upon_another(place):
    markers = [Marker(place.x, place.y, str(n)) for n in range(1, 41)]

    drawn = overview_map(markers, outlines(), {"westdorf"})

    assert drawn is not None
    root = ElementTree.fromstring(drawn.svg)  # noqa: S314 -- what we drew ourselves
    places = [
        (float(node.get("cx", 0)), float(node.get("cy", 0)))
        for node in root.iter(f"{SVG}circle")
        if node.get("r") == "10"
    ]
    assert len(places) == len(markers)
    nearest = min(
        math.dist(a, b) for i, a in enumerate(places) for b in places[i + 1 :]
    )
    assert nearest > 20
    assert {str(n) for n in range(1, 41)} <= set(texts_of(drawn))


def test_a_number_that_has_no_room_stays_at_its_place(place, monkeypatch):
    monkeypatch.setattr("councils.papers.maps.RADIUS", 400)
    markers = [Marker(place.x, place.y, str(n)) for n in (1, 2)]

    drawn = overview_map(markers, outlines(), set())

    assert drawn is not None
    root = ElementTree.fromstring(drawn.svg)  # noqa: S314 -- what we drew ourselves
    circles = [n for n in root.iter(f"{SVG}circle") if n.get("r") == "400"]
    assert [(c.get("cx"), c.get("cy")) for c in circles] == [("320", "200")] * 2


def test_names_of_districts_are_no_markup(db):
    make_district(16, name=NASTY[:80], slug="nasty")

    drawn = overview_map([], outlines(), {"nasty"})

    assert drawn is not None
    assert NASTY[:80] in texts_of(drawn)


def test_nothing_to_show_is_no_map(db):
    assert overview_map([], [], set()) is None


def test_distances_are_those_on_the_ground():
    """A degree of latitude is 111 km, wherever it is measured."""
    middle = mercator(7.77, 49.44)
    frame = Frame(middle, 100, 100, metres=1_000)

    _x, south = frame.place(mercator(7.77, 49.24))
    _x, north = frame.place(mercator(7.77, 49.64))

    assert south - north == pytest.approx(44.5, abs=0.3)
    assert frame.place(middle) == pytest.approx((50, 50))


def test_a_frame_holds_its_box():
    box = box_around([mercator(7.6, 49.4), mercator(7.9, 49.5)])

    frame = frame_around(box, 640, 400, least_metres=1_500)

    for corner in ((box.west, box.north), (box.east, box.south)):
        assert frame.holds(frame.place(corner), margin=1)


def test_values_are_escaped():
    made = element("text", text="<&>", fill='"<')

    assert made == "<text fill='\"&lt;'>&lt;&amp;&gt;</text>"
    assert path_of([[(0, 0), (0.1, 0), (10.26, 5)]], closed=True) == (
        "M0.0 0.0L10.3 5.0Z"
    )
