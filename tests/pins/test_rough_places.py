"""Who shows a place roughly gives away a square of 100 m and no more."""

import pytest
from django.contrib.gis.geos import Point

from districts.models import District
from pins.models import Pin, PublicPin
from tests.factories import make_district, make_pin
from tests.geometries import point_in


@pytest.fixture
def district(db):
    return make_district(16)


def shown(**fields):
    pin = make_pin(is_rough=True, **fields)
    return PublicPin.objects.get(pk=pin.pk).location


def metres(one, other):
    one, other = (point.transform(25832, clone=True) for point in (one, other))
    return one.distance(other)


def test_the_public_place_is_near_and_not_the_place(district):
    exact = point_in(16, 0.41, 0.37)

    rough = shown(location=exact)

    assert 0 < metres(exact, rough) <= 71
    assert Pin.objects.get().location.equals(exact)
    assert PublicPin.objects.get().is_rough


def test_all_places_of_a_square_are_shown_as_one(district):
    first = shown(location=point_in(16, 0.5, 0.5))
    middle = first.transform(25832, clone=True)
    for east, north in ((-49, -49), (49, 49), (-49, 49), (10, -3)):
        corner = Point(middle.x + east, middle.y + north, srid=25832)
        corner.transform(4326)
        assert shown(location=corner).equals_exact(first, 1e-9)


def test_neighbouring_squares_are_100_metres_apart(district):
    first = shown(location=point_in(16, 0.5, 0.5))
    beside = first.transform(25832, clone=True)
    beside = Point(beside.x + 60, beside.y, srid=25832)
    beside.transform(4326)

    assert metres(first, shown(location=beside)) == pytest.approx(100, abs=0.01)


@pytest.mark.parametrize(
    ("east", "north"),
    [(0, 0.5), (0.001, 0.001), (0.999, 0.999), (1, 1), (0.5, 0)],
)
def test_at_a_border_it_stays_in_the_district(district, east, north):
    make_district(17)
    pin = make_pin(location=point_in(16, east, north), is_rough=True)

    public = PublicPin.objects.get(pk=pin.pk)

    home = District.objects.get(pk=pin.district_id)
    assert home.number == public.district_number
    assert home.geometry.contains(public.location)


def test_a_district_smaller_than_a_square_is_shown_as_itself(db):
    from tests.geometries import square

    make_district(30, geometry=square(7.5, 49.375, 1 / 65536))

    rough = shown(location=Point(7.5 + 1 / 131072, 49.375 + 1 / 131072, srid=4326))

    assert District.objects.get(number=30).geometry.contains(rough)


def test_an_approximate_place_stands_for_its_district_already(district):
    place = point_in(16)
    assert shown(
        location=place, is_approximate=True, place_note="Am Bahnhof"
    ).equals_exact(place, 1e-12)


def test_no_way_out_has_the_exact_place(client, district):
    exact = point_in(16, 0.412345, 0.371234)
    pin = make_pin(location=exact, is_rough=True)
    lon, lat = f"{exact.x:.5f}"[:7], f"{exact.y:.5f}"[:7]
    rough = PublicPin.objects.get().location
    assert f"{rough.x:.5f}"[:7] != lon or f"{rough.y:.5f}"[:7] != lat

    for url in (
        f"/pins/{pin.reference}",
        f"/pins/{pin.reference}.geojson",
        "/",
        "/exports/pins.geojson",
        "/exports/pins.csv",
        "/exports/pins.html",
    ):
        response = client.get(url)
        assert response.status_code == 200
        content = response.getvalue().decode()
        assert not (lon in content and lat in content), url
