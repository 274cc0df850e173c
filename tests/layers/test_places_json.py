"""`/places.json`: what the field for an address suggests."""

import pytest
from django.urls import reverse

from layers.places import AddressRow, StreetRow, replace_places
from tests.factories import make_district
from tests.geometries import point_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def city():
    make_district(16, name="Hohenecken")
    place = point_in(16)
    replace_places(
        streets=[StreetRow("Burgweg", place.x, place.y)],
        addresses=[
            AddressRow(
                "Burgweg", str(number), "67661", place.x, place.y + 1e-5 * number
            )
            for number in range(1, 20)
        ],
    )


def ask(client, **query):
    return client.get(reverse("places"), query)


def test_streets_and_house_numbers(client):
    response = ask(client, q="burgweg")

    place = point_in(16)
    places = response.json()["places"]
    assert response.status_code == 200
    assert len(places) == 8
    assert places[0] == {
        "label": "Burgweg",
        "detail": "Hohenecken",
        "kind": "street",
        "lon": place.x,
        "lat": place.y,
    }
    assert places[1] == {
        "label": "Burgweg 1",
        "detail": "67661 Hohenecken",
        "kind": "address",
        "lon": place.x,
        "lat": place.y + 1e-5,
    }


def test_districts_by_name(client):
    (place,) = ask(client, q="Hohen").json()["places"]
    assert (place["label"], place["kind"]) == ("Hohenecken", "district")


def test_nothing_found_is_an_answer(client):
    response = ask(client, q="Xylophon")

    assert response.status_code == 200
    assert response.json() == {"places": []}


@pytest.mark.parametrize(
    "query",
    [{}, {"q": ""}, {"q": "  "}, {"q": "x" * 101}, {"q": "a\x00b"}, {"q": "a\x1bb"}],
)
def test_what_is_no_question(client, query):
    response = ask(client, **query)

    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["detail"]
    assert set(response.json()["errors"]) == {"q"}


@pytest.mark.parametrize(
    "words", ["%", "_", "\\", "' OR 1=1 --", "%s", "{}", "1", "🌳", "ß", "11 11 11"]
)
def test_strange_words_find_nothing_or_something(client, words):
    assert ask(client, q=words).status_code == 200


def test_the_answer_may_be_kept_for_minutes_and_sets_no_cookie(client):
    response = ask(client, q="burgweg")

    assert response["Cache-Control"] == "public, max-age=300"
    assert not response.cookies


def test_only_reading(client):
    assert client.post(reverse("places")).status_code == 405
    assert client.head(reverse("places"), {"q": "burg"}).status_code == 200
