"""What tags mean on the map: layer, attributes and first zoom after Shortbread 1.0."""

import pytest

from geo.osm import meanings
from geo.osm.zooms import MAX_ZOOM, zoom_for_area

HECTARE = 10_000.0


def told(found):
    return {meaning.layer: (meaning.zoom, meaning.properties) for meaning in found}


def line(**tags):
    return told(meanings.of_line({k.replace("__", ":"): v for k, v in tags.items()}))


def point(**tags):
    return told(meanings.of_point({k.replace("__", ":"): v for k, v in tags.items()}))


def area(size=HECTARE, **tags):
    return told(meanings.of_area(tags, size))


def middle(size=HECTARE, **tags):
    return told(meanings.of_middle_of_area(tags, size))


@pytest.mark.parametrize(
    ("highway", "kind", "zoom", "is_link"),
    [
        ("motorway", "motorway", 6, False),
        ("motorway_link", "motorway", 11, True),
        ("primary", "primary", 8, False),
        ("residential", "residential", 12, False),
        ("steps", "steps", 13, False),
    ],
)
def test_streets(highway, kind, zoom, is_link):
    (first, properties) = line(highway=highway)["streets"]

    assert first == zoom
    assert properties == {
        "kind": kind,
        "link": is_link,
        "rail": False,
        "tunnel": False,
        "bridge": False,
    }


@pytest.mark.parametrize(
    "highway", ["proposed", "construction", "residential_link", "", "_link"]
)
def test_what_is_no_street(highway):
    assert line(highway=highway, name="Waldstraße") == {}


def test_over_and_under():
    assert line(highway="primary", bridge="viaduct")["streets"][1]["bridge"] is True
    assert line(highway="primary", bridge="no")["streets"][1]["bridge"] is False
    tunnel = line(highway="footway", tunnel="building_passage")["streets"][1]
    assert tunnel["tunnel"] is True
    assert line(highway="footway", covered="yes")["streets"][1]["tunnel"] is True


@pytest.mark.parametrize(
    ("oneway", "expected"),
    [("yes", (True, False)), ("-1", (True, True)), ("no", (None, None))],
)
def test_oneway(oneway, expected):
    properties = line(highway="residential", oneway=oneway)["streets"][1]

    assert (properties.get("oneway"), properties.get("oneway_reverse")) == expected


def test_what_a_street_is_made_of_and_for():
    for tags in ({"surface": "cobblestone"}, {"tracktype": "grade2", "bicycle": "no"}):
        properties = line(highway="track", **tags)["streets"][1]
        assert tags.items() <= properties.items()


def test_runways():
    assert line(aeroway="runway", ref="09/27")["streets"][1]["kind"] == "runway"
    assert line(aeroway="runway", ref="09/27")["street_labels"][0] == 11
    assert line(aeroway="apron") == {}


def test_names_and_numbers_of_streets():
    zoom, properties = line(
        highway="trunk_link", name="Lautertal", name__en="Valley", ref="B 270; B 37"
    )["street_labels"]

    assert zoom == 13
    assert properties == {
        "kind": "trunk_link",
        "name": "Lautertal",
        "name_en": "Valley",
        "ref": "B 270\nB 37",
        "ref_rows": 2,
        "ref_cols": 5,
    }
    assert line(highway="residential", name="Waldstraße")["street_labels"][0] == 14


def test_rails():
    zoom, properties = line(railway="rail", name="Pfälzische Ludwigsbahn")["streets"]
    siding_zoom, siding = line(railway="rail", service="yard", name="Gleis 4")[
        "streets"
    ]

    assert (zoom, properties["kind"], properties["rail"]) == (8, "rail", True)
    assert (siding_zoom, "service" in siding) == (12, False)
    assert "street_labels" not in line(railway="rail", service="yard", name="Gleis 4")
    assert line(railway="abandoned") == {}


def test_streams_and_their_names():
    found = line(waterway="stream", name="Lauter", tunnel="yes")

    assert found["water_lines"] == (
        13,
        {"kind": "stream", "tunnel": True, "bridge": False},
    )
    assert found["water_lines_labels"] == (14, {"kind": "stream", "name": "Lauter"})
    assert set(line(waterway="ditch")) == {"water_lines"}


@pytest.mark.parametrize(
    ("tags", "kind"),
    [
        ({"landuse": "forest"}, "forest"),
        ({"natural": "wood"}, "forest"),
        ({"leisure": "park"}, "park"),
        ({"natural": "wetland", "wetland": "marsh"}, "marsh"),
    ],
)
def test_land(tags, kind):
    assert area(**tags)["land"][1] == {"kind": kind}


def test_water_with_its_size():
    assert area(natural="water")["water_polygons"][1] == {
        "kind": "water",
        "way_area": 10_000,
    }
    assert area(natural="water", water="river")["water_polygons"][1]["kind"] == "river"
    assert middle(natural="water", name="Gelterswoog")["water_polygons_labels"][1] == {
        "kind": "water",
        "way_area": 10_000,
        "name": "Gelterswoog",
    }


def test_sites_buildings_and_bridges():
    assert area(amenity="school", name="Kottenschule")["sites"] == (
        14,
        {"kind": "school", "name": "Kottenschule"},
    )
    assert area(building="yes")["buildings"] == (14, {})
    assert area(building="no") == {}
    assert area(man_made="bridge")["bridges"] == (12, {"kind": "bridge"})


def test_squares():
    assert area(highway="pedestrian")["street_polygons"][1]["kind"] == "pedestrian"
    assert middle(highway="pedestrian", name="Stiftsplatz")[
        "streets_polygons_labels"
    ] == (14, {"kind": "pedestrian", "name": "Stiftsplatz"})
    assert meanings.is_street_area({"highway": "pedestrian", "area": "yes"})
    assert not meanings.is_street_area({"highway": "pedestrian"})


@pytest.mark.parametrize(
    ("tags", "kind", "population"),
    [
        ({"place": "city", "population": "99033"}, "city", 99_033),
        ({"place": "suburb"}, "suburb", 1_000),
        ({"place": "village", "population": "etwa 300"}, "village", 100),
        ({"place": "city", "capital": "4"}, "state_capital", 100_000),
    ],
)
def test_places(tags, kind, population):
    found = point(name="Ort", **tags)["place_labels"][1]

    assert found == {"kind": kind, "name": "Ort", "population": population}


def test_places_without_a_name_or_of_no_kind():
    assert point(place="village") == {}
    assert point(place="region", name="Pfalz") == {}


def test_stops():
    assert point(highway="bus_stop", name="Am Wald")["public_transport"] == (
        14,
        {"kind": "bus_stop", "name": "Am Wald"},
    )
    assert point(aerialway="station")["public_transport"][1]["kind"] == (
        "aerialway_station"
    )


def test_house_numbers():
    assert point(addr__housenumber="12a")["addresses"] == (14, {"housenumber": "12a"})
    assert point(addr__street="Waldstraße") == {}


def test_a_landmark_shows_its_own_house_number():
    found = point(amenity="townhall", name="Rathaus", addr__housenumber="1")

    assert found == {
        "pois": (14, {"amenity": "townhall", "name": "Rathaus", "housenumber": "1"})
    }


@pytest.mark.parametrize("first", [6, 11])
def test_the_larger_an_area_the_earlier_it_is_seen(first):
    zooms = [zoom_for_area(10.0**power, first) for power in range(1, 13)]

    assert zooms == sorted(zooms, reverse=True)
    assert (zooms[0], zooms[-1]) == (MAX_ZOOM, first)
    assert zoom_for_area(0, first) == MAX_ZOOM
