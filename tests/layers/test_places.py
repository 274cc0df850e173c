"""Finding places by name, names for places, and replacing all of them at once."""

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction

from layers.models import Address, Street
from layers.places import (
    AddressRow,
    Counts,
    StreetRow,
    nearest_address,
    places_named,
    replace_places,
    search_places,
)
from tests.factories import broken_constraint, make_district
from tests.geometries import STEP, point_in

pytestmark = pytest.mark.django_db

NUMBERS = ["1", "11", "11 a", "2", "113", "111", "111a"]


def addresses_of(street: str, *numbers: str, lon: float = 7.755, lat: float = 49.38):
    """Make the addresses of a street, one behind the other to the north."""
    return [
        AddressRow(street, number, "67655", lon, lat + 0.0001 * position)
        for position, number in enumerate(numbers)
    ]


@pytest.fixture
def city():
    make_district(16, name="Innenstadt-Ost")
    make_district(17, name="Mölschbach")
    streets = [
        StreetRow("Fruchthallstraße", 7.756, 49.382),
        StreetRow("Frühlingstraße", 7.757, 49.382),
        StreetRow("Richard-Wagner-Straße", 7.758, 49.382),
        StreetRow("Mannheimer Straße", 7.755, 49.38),
        StreetRow("Mainzer Straße", 7.759, 49.38),
    ]
    addresses = [
        *addresses_of("Mannheimer Straße", *NUMBERS),
        *addresses_of("Mainzer Straße", "11", lon=7.759),
        *addresses_of("Fruchthallstraße", "2", lon=7.756, lat=49.382),
    ]
    replace_places(streets=streets, addresses=addresses)


def labels(words, limit=8):
    return [place.label for place in search_places(words, limit)]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("fru", ["Frühlingstraße", "Fruchthallstraße"]),
        ("wagner", ["Richard-Wagner-Straße"]),
        ("Frucht halstrasse", ["Fruchthallstraße"]),
        ("manheimer", ["Mannheimer Straße"]),
        ("Fruehlingstr.", ["Frühlingstraße"]),
        ("FRU\u0308HLINGSTR", ["Frühlingstraße"]),
        ("inne", ["Innenstadt-Ost"]),
        ("moelschbach", ["Mölschbach"]),
        (
            "Mannheimer str. 11",
            [
                f"Mannheimer Straße {number}"
                for number in ["11", "11 a", "111", "111a", "113"]
            ],
        ),
        ("Mannheimer Str. 11a", ["Mannheimer Straße 11 a"]),
        ("manheimer 2", ["Mannheimer Straße 2"]),
        ("Fruchthallstraße 2, 67655 Kaiserslautern", ["Fruchthallstraße 2"]),
        ("Fruchthallstraße 999", ["Fruchthallstraße"]),
        ("Fruchthallstraße", ["Fruchthallstraße", "Fruchthallstraße 2"]),
        ("Xylophonweg", []),
        ("", []),
        ("%", []),
        ("_", []),
        ("日本", []),
    ],
)
@pytest.mark.usefixtures("city")
def test_searching(words, found):
    assert labels(words) == found


@pytest.mark.usefixtures("city")
def test_a_found_place_tells_where_it_is():
    (district,) = search_places("Mölschbach", 8)
    street = search_places("Mainzer", 8)[0]
    (address,) = search_places("Mainzer Str 11", 8)

    assert (district.kind, district.detail) == ("district", "")
    assert (street.kind, street.detail) == ("street", "Innenstadt-Ost")
    assert (street.lon, street.lat) == (7.759, 49.38)
    assert (address.kind, address.detail) == ("address", "67655 Innenstadt-Ost")


@pytest.mark.usefixtures("city")
def test_no_more_than_asked_for():
    assert len(labels("Mannheimer Straße", limit=3)) == 3
    assert len(labels("Mannheimer Straße 1", limit=2)) == 2


@pytest.mark.usefixtures("city")
@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("fruchthallstr. 2", ["Fruchthallstraße 2"]),
        ("Fruchthallstr", ["Fruchthallstraße"]),
        ("Mannheimer Straße 11", ["Mannheimer Straße 11"]),
        ("Fruchthall", []),
        ("Fruchthallstraße 3", []),
        ("", []),
    ],
)
def test_a_name_in_full(words, found):
    assert [place.label for place in places_named(words, 8)] == found


def test_one_name_in_two_districts():
    make_district(16, name="Hohenecken")
    make_district(17, name="Siegelbach")
    west, east = point_in(16), point_in(17)
    replace_places(
        streets=[
            StreetRow("Hauptstraße", west.x, west.y),
            StreetRow("Hauptstraße", east.x, east.y),
        ],
        addresses=[
            AddressRow("Hauptstraße", "1", "67661", west.x + STEP / 8, west.y),
            AddressRow("Hauptstr.", "1", "67661", east.x + STEP / 8, east.y),
        ],
    )

    found = [(p.label, p.detail) for p in places_named("Hauptstr. 1", 8)]

    assert found == [
        ("Hauptstraße 1", "67661 Hohenecken"),
        ("Hauptstraße 1", "67661 Siegelbach"),
    ]


@pytest.mark.usefixtures("city")
def test_the_nearest_address_in_metres():
    # In degrees the first would be nearer: here a degree north is half as far again.
    replace_places(
        streets=[],
        addresses=[
            AddressRow("Weg", "1", "", 7.755, 49.3809),
            AddressRow("Weg", "2", "", 7.7561, 49.38),
        ],
    )
    near = nearest_address(7.755, 49.38)

    assert near is not None
    assert near.label == "Weg 2"


@pytest.mark.usefixtures("city")
def test_what_is_far_is_no_address():
    assert nearest_address(7.755, 49.3785) is None
    assert nearest_address(7.755, 49.3795) is not None
    assert nearest_address(180, 90) is None


def test_without_any_place():
    assert nearest_address(7.755, 49.38) is None
    assert search_places("Mannheimer Straße 1", 8) == []


@pytest.mark.usefixtures("city")
def test_all_are_replaced_and_what_cannot_be_kept_is_counted():
    counts = replace_places(
        streets=[
            StreetRow("Am Altenhof", 7.76, 49.39),
            StreetRow("Am Altenhof", 7.76, 49.39),
            StreetRow("---", 7.76, 49.39),
            StreetRow("Nirgendweg", float("nan"), 49.39),
            StreetRow("x" * 201, 7.76, 49.39),
        ],
        addresses=[
            AddressRow("Am Altenhof", "6", "67655", 7.76, 49.39),
            AddressRow("am altenhof", "6 ", "", 7.76, 49.39),
            AddressRow("Nur am Haus bekannt", "1\x00", "67655", 7.77, 49.39),
            AddressRow("Am Altenhof", "", "67655", 7.76, 49.39),
            AddressRow("Am Altenhof", "7", "67655", 7.76, 149.39),
        ],
    )

    assert counts == Counts(streets=2, addresses=2, left_out=7)
    names = Street.objects.values_list("name", flat=True)
    assert list(names) == ["Am Altenhof", "Nur am Haus bekannt"]
    assert [str(a) for a in Address.objects.all()] == [
        "Am Altenhof 6",
        "Nur am Haus bekannt 1",
    ]


@pytest.mark.usefixtures("city")
def test_a_source_that_breaks_leaves_all_as_it_was():
    def broken():
        yield AddressRow("Am Altenhof", "6", "67655", 7.76, 49.39)
        raise OSError("The file ends here.")

    with pytest.raises(OSError, match="ends here"):
        replace_places(streets=[], addresses=broken())

    assert Street.objects.count() == 5
    assert Address.objects.count() == 9


@pytest.mark.django_db(transaction=True)
def test_who_reads_meanwhile_sees_the_old_places():
    make_district(16)
    replace_places(streets=[StreetRow("Altweg", 7.755, 49.38)], addresses=[])
    settings = connection.get_connection_params()
    names = ("dbname", "user", "password", "host", "port")
    wanted = {name: settings[name] for name in names if name in settings}

    with psycopg.connect(**wanted) as reader, transaction.atomic():
        replace_places(streets=[StreetRow("Neuweg", 7.755, 49.38)], addresses=[])
        seen = reader.execute("SELECT name FROM layers_street").fetchall()

    assert seen == [("Altweg",)]
    assert Street.objects.get().name == "Neuweg"


def test_the_database_keeps_nothing_that_cannot_be_found():
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        Street.objects.create(name="–", location=point_in(16))
    assert broken_constraint(caught.value) == "street_can_be_found"
    street = Street.objects.create(name="Altweg", location=point_in(16))
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        street.addresses.create(housenumber=" ", location=point_in(16))
    assert broken_constraint(caught.value) == "address_can_be_found"
    street.addresses.create(housenumber="1a", location=point_in(16))
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        street.addresses.create(housenumber="1 A", location=point_in(16))
    assert broken_constraint(caught.value) == "address_once_in_its_street"
