"""The streets and addresses that a search finds: within the city, at a place on them."""

import pytest
from shapely import LineString, MultiPolygon, Point, box

from geo.osm.features import Edge, Thing
from geo.osm.places import FoundAddress, FoundStreet, Places
from geo.shapes import polygons_of

CITY = Edge(polygons_of(box(7.0, 49.0, 8.0, 50.0)))
STREET = {"highway": "residential", "name": "Waldstraße"}


def collect(*things):
    places = Places(CITY)
    for shape, tags in things:
        places.add(Thing(shape, tags))
    return places


def houses(shape, **tags):
    tags = {f"addr:{key}": value for key, value in tags.items()}
    return collect((shape, tags)).addresses


def test_a_street_lies_in_the_middle_of_its_longest_way():
    places = collect(
        (LineString([(7.5, 49.5), (7.500625, 49.5)]), STREET),
        (LineString([(7.5, 49.5), (7.5, 49.50125)]), STREET),
    )

    assert list(places.streets()) == [FoundStreet("Waldstraße", 7.5, 49.500625)]


def test_a_name_that_comes_in_two_places_is_two_streets():
    places = collect(
        (LineString([(7.25, 49.5), (7.25, 49.5 + 1 / 1024)]), STREET),
        (LineString([(7.75, 49.5), (7.75, 49.5 + 1 / 1024)]), STREET),
    )

    assert [(street.name, street.lon) for street in places.streets()] == [
        ("Waldstraße", 7.25),
        ("Waldstraße", 7.75),
    ]


def test_of_a_street_that_leaves_the_city_only_the_part_within_counts():
    ((street),) = collect((LineString([(7.75, 49.5), (9.0, 49.5)]), STREET)).streets()

    assert (street.lon, street.lat) == (7.875, 49.5)


@pytest.mark.parametrize(
    ("shape", "tags"),
    [
        (LineString([(9.0, 49.5), (9.5, 49.5)]), STREET),
        (LineString([(7.5, 49.5), (7.6, 49.5)]), {"highway": "residential"}),
        (LineString([(7.5, 49.5), (7.6, 49.5)]), {**STREET, "highway": "proposed"}),
        (LineString([(7.5, 49.5), (7.6, 49.5)]), {"railway": "rail", "name": "Bahn"}),
        (Point(7.5, 49.5), {"highway": "bus_stop", "name": "Am Wald"}),
        (Point(9.5, 49.5), {"place": "square", "name": "Marktplatz"}),
    ],
)
def test_what_is_no_street_of_the_city(shape, tags):
    assert list(collect((shape, tags)).streets()) == []


@pytest.mark.parametrize(
    ("shape", "tags"),
    [
        (Point(7.5, 49.5), {"place": "square"}),
        (polygons_of(box(7.25, 49.25, 7.75, 49.75)), {"place": "square"}),
        (polygons_of(box(7.25, 49.25, 7.75, 49.75)), {"highway": "pedestrian"}),
    ],
)
def test_squares_count_as_streets(shape, tags):
    places = collect((shape, {**tags, "name": "Marktplatz"}))

    assert list(places.streets()) == [FoundStreet("Marktplatz", 7.5, 49.5)]


def test_addresses_of_nodes_and_houses():
    house = MultiPolygon([box(7.25, 49.25, 7.75, 49.75)])
    for shape in (Point(7.5, 49.5), house):
        assert houses(
            shape, street="Waldstraße", housenumber="4", postcode="67661"
        ) == [FoundAddress("Waldstraße", "4", "67661", 7.5, 49.5)]


@pytest.mark.parametrize(
    ("written", "numbers"),
    [("4;4a", ["4", "4a"]), ("4, 6", ["4", "6"]), ("4-8", ["4-8"]), (" ; ", [])],
)
def test_several_numbers_of_one_house(written, numbers):
    found = houses(Point(7.5, 49.5), street="Waldstraße", housenumber=written)

    assert [address.housenumber for address in found] == numbers


def test_a_hamlet_without_streets():
    (found,) = houses(Point(7.5, 49.5), place="Aschbacherhof", housenumber="3")

    assert found.street == "Aschbacherhof"


@pytest.mark.parametrize(
    ("shape", "tags"),
    [
        (Point(9.5, 49.5), {"street": "Waldstraße", "housenumber": "4"}),
        (Point(7.5, 49.5), {"street": "Waldstraße"}),
        (Point(7.5, 49.5), {"housenumber": "4"}),
        # Interpolations say which numbers there may be, not which there are.
        (
            LineString([(7.5, 49.5), (7.6, 49.5)]),
            {"street": "Waldstraße", "housenumber": "2"},
        ),
    ],
)
def test_what_is_no_address_of_the_city(shape, tags):
    assert houses(shape, **tags) == []
