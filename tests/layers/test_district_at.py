"""`/districts/at.json`: which district holds a place, and which body reads there."""

import pytest
from django.urls import reverse

from layers.places import AddressRow, replace_places
from tests.factories import make_body, make_district
from tests.geometries import point_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def district():
    return make_district(16, name="Hohenecken", body=make_body("Rat"))


def ask(client, lon, lat):
    return client.get(reverse("district-at"), {"lon": lon, "lat": lat})


def test_inside(client, django_assert_num_queries):
    point = point_in(16)

    with django_assert_num_queries(2):
        response = ask(client, point.x, point.y)

    assert response.status_code == 200
    assert response.json() == {
        "district": {"number": 16, "name": "Hohenecken", "slug": "hohenecken"},
        "body": {"name": "Rat", "slug": "rat"},
        "address": None,
    }


def test_near_an_address(client):
    point = point_in(16)
    address = AddressRow("Burgweg", "2 a", "", point.x, point.y + 0.001)
    replace_places(streets=[], addresses=[address])

    assert ask(client, point.x, point.y).json()["address"] == "Burgweg 2 a"
    assert ask(client, point.x, point.y - 0.001).json()["address"] is None


@pytest.mark.parametrize(("lon", "lat"), [(8, 50), (49.38, 7.76), (0, 0), (180, 90)])
def test_outside(client, lon, lat):
    response = ask(client, lon, lat)

    assert response.status_code == 404
    assert response.json()["detail"]


@pytest.mark.parametrize(
    ("lon", "lat"),
    [("", ""), ("nan", "49"), ("7", "inf"), ("a", "b"), ("7", "91"), ("7\x00", "49")],
)
def test_what_is_no_place(client, lon, lat):
    response = ask(client, lon, lat)

    assert response.status_code == 400
    assert response.json()["detail"]


def test_without_a_place(client):
    assert client.get(reverse("district-at")).status_code == 400


def test_only_reading(client):
    assert client.post(reverse("district-at")).status_code == 405
