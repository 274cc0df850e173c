"""The style for other programs: what it shows is there, in words that they can read."""

import pytest
from django.test import Client

from layers.basemap import archive
from layers.district_tiles import LAYERS
from layers.models import Theme
from mapapp import map_style
from tests.archives import write_archive
from tests.factories import make_district, make_theme
from tests.geometries import point_in, tile_url

# Of the expressions, those that QGIS turns into its own.
READABLE = {"get", "has", "!", "match", "interpolate", "linear", "zoom", "to-string"}
GEOMETRY = {"fill", "line", "circle", "symbol", "background"}


@pytest.fixture
def city(db):
    make_district(16, name="Hohenecken")
    make_theme("mobility", colour="#3A63D8")
    make_theme("energy", colour="#B9541A")


@pytest.fixture
def basemap(settings, tmp_path):
    settings.BASEMAP_PATH = tmp_path / "basemap.pmtiles"
    return write_archive(settings.BASEMAP_PATH, {(6, 33, 21): b"x"})


def operators(value):
    """Yield the names of all expressions in a value of the style."""
    if isinstance(value, dict):
        for inner in value.values():
            yield from operators(inner)
    elif isinstance(value, list):
        if value and value[0] in READABLE:
            yield value[0]
        for inner in value:
            yield from operators(inner)


def test_every_layer_draws_from_a_source_that_is_there(client, city):
    style = client.get("/style.json").json()

    assert style["version"] == 8
    assert "sprite" not in style
    assert set(style["sources"]) == {"districts", "pins"}
    names = [layer["id"] for layer in style["layers"]]
    assert len(names) == len(set(names))
    known = {"districts": set(LAYERS), "pins": {"pins"}}
    for layer in style["layers"]:
        assert layer["type"] in GEOMETRY
        if layer["type"] != "background":
            assert layer["source-layer"] in known[layer["source"]]
    drawn = {layer["source"] for layer in style["layers"] if "source" in layer}
    assert drawn == set(style["sources"])
    assert names[-1] == "pins"


def test_pins_have_the_colours_of_their_themes(client, city):
    style = client.get("/style.json").json()

    (pins,) = [layer for layer in style["layers"] if layer["id"] == "pins"]
    colour = pins["paint"]["circle-color"]
    assert colour[:2] == ["match", ["get", "theme"]]
    pairs = dict(zip(colour[2:-1:2], colour[3:-1:2], strict=True))
    assert pairs == {"mobility": "#3A63D8", "energy": "#B9541A"}


def test_without_themes_all_pins_look_alike():
    assert map_style.colour_of(Theme.objects.none()) == map_style.OTHER


def test_all_addresses_are_absolute_and_answer(client, city):
    style = client.get("/style.json").json()

    addresses = [
        tile for source in style["sources"].values() for tile in source["tiles"]
    ]
    place = tile_url(point_in(16), 11).removeprefix("/tiles/pins/").removesuffix(".pbf")
    for address in addresses:
        assert address.startswith("http://testserver/tiles/")
        path = address.removeprefix("http://testserver").replace("{z}/{x}/{y}", place)
        assert client.get(path).status_code in {200, 204}
    for address in style["font-faces"].values():
        assert address.startswith("http://testserver/static/")
        assert address.endswith(".woff2")
    fonts = {
        font
        for layer in style["layers"]
        for font in layer.get("layout", {}).get("text-font", [])
    }
    assert fonts <= set(style["font-faces"])


def test_it_begins_with_the_whole_city(client, city):
    style = client.get("/style.json").json()

    place = point_in(16)
    assert style["center"] == pytest.approx([place.x, place.y], abs=0.05)
    assert 8 <= style["zoom"] <= 14


def test_without_districts_it_begins_anywhere(client, db):
    assert "center" not in client.get("/style.json").json()


def test_the_basemap_lies_below_where_there_is_one(client, city, basemap, settings):
    style = client.get("/style.json").json()

    base = style["sources"]["base"]
    now = archive.current()
    assert now is not None
    assert base["tiles"][0].endswith(f"?v={now.version}")
    layers = [layer.get("source") for layer in style["layers"]]
    assert layers.index("base") < layers.index("districts") < layers.index("pins")
    settings.BASEMAP_ATTRIBUTION = "© Stadt Muster"
    again = client.get("/style.json").json()
    assert again["sources"]["base"]["attribution"] == "© Stadt Muster"


def test_filters_are_of_the_form_that_qgis_reads(client, city, basemap):
    style = client.get("/style.json").json()

    for layer in style["layers"]:
        match layer.get("filter"):
            case None | ["has", str()] | ["!", ["has", str()]]:
                pass
            case written:
                assert written[:2] == ["match", ["get", "kind"]]
                assert written[3:] == [True, False]
        assert set(operators(layer)) <= READABLE


def test_other_sites_may_use_it_and_ask_whether_it_changed(client, city):
    first = client.get("/style.json")
    again = client.get("/style.json", headers={"If-None-Match": first["ETag"]})
    Theme.objects.update(colour="#000000")
    changed = client.get("/style.json", headers={"If-None-Match": first["ETag"]})

    assert first["Access-Control-Allow-Origin"] == "*"
    assert (again.status_code, again.content) == (304, b"")
    assert changed.status_code == 200


def test_it_takes_no_parameters_and_is_only_read(client: Client, city: None):
    assert client.get("/style.json?theme=mobility").status_code == 400
    assert client.post("/style.json").status_code == 405
