"""Saying where without JavaScript: an address, what to choose where it is not clear."""

import re

import pytest

from districts.models import Body
from layers.places import AddressRow, StreetRow, replace_places
from pins.actions import publish_pin
from pins.models import Pin, PublicPin
from pins.workflow import Visibility
from tests.factories import (
    form_data,
    make_district,
    make_member,
    make_moderator,
    make_theme,
)
from tests.geometries import point_in
from tests.pages import assert_refused, fields_of, text_of
from trust.salts import digest

URL = "/pins/new"


@pytest.fixture(autouse=True)
def city(db):
    make_district(16, name="Hohenecken")
    make_district(17, name="Einsiedlerhof")
    make_theme("mobility")


@pytest.fixture
def _addresses(city):
    west, east = point_in(16), point_in(17)
    replace_places(
        streets=[
            StreetRow("Burgweg", west.x, west.y),
            StreetRow("Hauptstraße", west.x, west.y + 0.001),
            StreetRow("Hauptstraße", east.x, east.y),
            StreetRow("Fernweg", 8.5, 50.5),
        ],
        addresses=[
            AddressRow("Burgweg", "2", "67661", west.x + 0.001, west.y),
            AddressRow("Burgweg", "20", "67661", west.x + 0.002, west.y),
            AddressRow("Hauptstraße", "1", "67661", west.x, west.y + 0.001),
            AddressRow("Hauptstraße", "1", "67661", east.x, east.y),
        ],
    )


pytestmark = pytest.mark.usefixtures("_addresses")


def by_address(address, **fields):
    return form_data(lon="", lat="", address=address, **fields)


def offers_of(response):
    return re.findall(r'name="offer" value="([^"]*)"', response.content.decode())


@pytest.mark.parametrize(
    "address", ["Burgweg 2", "burgweg 2", "Burg-Weg 2, 67661 Kaiserslautern"]
)
def test_an_address_that_is_clear_is_the_place(client, address):
    address = address.replace("Burg-Weg", "Burgweg")
    response = client.post(URL, by_address(address))

    assert response.status_code == 302
    pin = Pin.objects.get()
    assert pin.location.x == pytest.approx(point_in(16).x + 0.001)
    assert (pin.district.number, pin.is_approximate) == (16, False)


def test_a_street_in_full_is_a_place_too(client):
    client.post(URL, by_address("Burgweg"))
    assert Pin.objects.get().location.equals_exact(point_in(16), 1e-9)


def test_an_address_that_occurs_twice_is_asked_for(client):
    data = by_address("Hauptstr. 1", district="")
    response = client.post(URL, data)

    assert_refused(response, "address")
    assert "Hauptstraße 1, 67661 Hohenecken" in text_of(response)
    assert "Hauptstraße 1, 67661 Einsiedlerhof" in text_of(response)
    assert fields_of(response)["address"] == "Hauptstr. 1"
    assert fields_of(response)["text"] == data["text"]
    _, east = offers_of(response)

    again = client.post(URL, fields_of(response) | {"offer": east})

    assert again.status_code == 302
    assert Pin.objects.get().district.number == 17


def test_a_misspelt_address_is_offered_and_not_simply_taken(client):
    response = client.post(URL, by_address("Burkweg 2"))

    assert_refused(response, "address")
    first, second = offers_of(response)
    assert first.startswith("Burgweg 2 ")
    assert second.startswith("Burgweg 20 ")
    assert client.post(URL, by_address("Burkweg 2", offer=second)).status_code == 302
    assert Pin.objects.get().location.x == pytest.approx(point_in(16).x + 0.002)


@pytest.mark.parametrize(
    "offer", ["", "x", "Burgweg 2 8.500000 50.500000", "<script>", "\x00" * 9]
)
def test_only_what_was_offered_for_these_words_can_be_chosen(client, offer):
    response = client.post(URL, by_address("Hauptstr. 1", offer=offer))

    assert response.status_code == 422
    assert "address" in response.context["form"].errors
    assert not Pin.objects.exists()


def test_a_choice_made_for_other_words_no_longer_counts(client):
    first = offers_of(client.post(URL, by_address("Hauptstr. 1")))[0]

    assert client.post(URL, by_address("Burgweg 20", offer=first)).status_code == 302

    assert Pin.objects.get().location.x == pytest.approx(point_in(16).x + 0.002)


def test_an_unknown_address_is_told_at_its_field(client):
    response = client.post(URL, by_address("Xylophonallee 7", place_note="am Eck"))

    assert_refused(response, "address")
    assert offers_of(response) == []
    assert fields_of(response)["address"] == "Xylophonallee 7"
    assert fields_of(response)["place_note"] == "am Eck"


@pytest.mark.parametrize("address", ["x" * 101, "Burg\x00weg 2", "Burg\x1bweg"])
def test_words_that_are_no_address(client, address):
    assert_refused(client.post(URL, by_address(address)), "address")


@pytest.mark.parametrize("title", ["Eine Bank am Brunnen", ""])
def test_an_address_outside_the_city(client, title):
    response = client.post(URL, by_address("Fernweg", title=title))

    assert_refused(response, "address", *([] if title else ["title"]))
    assert fields_of(response)["address"] == "Fernweg"


def test_a_point_counts_more_than_an_address(client):
    client.post(URL, form_data(address="Hauptstraße 1"))
    assert Pin.objects.get().location.equals_exact(point_in(16), 1e-9)


def test_an_address_counts_more_than_a_district(client):
    client.post(
        URL, by_address("Burgweg 2", district="einsiedlerhof", place_note="Dort")
    )
    pin = Pin.objects.get()
    assert (pin.district.number, pin.is_approximate) == (16, False)


def test_without_any_place_all_ways_are_named(client):
    response = client.post(f"/en{URL}", by_address(""))

    assert_refused(response, "district")
    assert "on the map, by an address or by a district" in text_of(response)


def test_where_no_address_is_known_none_is_asked_for(client):
    assert 'name="address"' in client.get(URL).content.decode()

    replace_places(streets=[], addresses=[])

    assert 'name="address"' not in client.get(URL).content.decode()


@pytest.mark.django_db(transaction=True)
def test_an_address_costs_few_queries(client, django_assert_max_num_queries):
    # The first of a day makes the salt of what is counted.
    digest("anybody")

    # Three for the place, one for what is there already (and once in each process one for
    # its coordinates), one for what the guard noticed, four for the address of the mail.
    with django_assert_max_num_queries(16):
        response = client.post(URL, by_address("Burgweg 2", email="kim@example.org"))
    assert response.status_code == 302


def test_shown_roughly(client):
    client.post(URL, form_data(is_rough="on"))

    pin = Pin.objects.get()
    assert pin.is_rough
    assert pin.location.equals_exact(point_in(16), 1e-9)
    Pin.objects.filter(pk=pin.pk).update(
        visibility=Visibility.PUBLISHED, published_at=pin.created_at
    )
    public = PublicPin.objects.get()
    assert public.is_rough
    assert not public.location.equals_exact(pin.location, 1e-9)


def test_shown_exactly_unless_asked_for(client):
    client.post(URL, form_data())
    assert not Pin.objects.get().is_rough


def test_the_wish_for_a_rough_place_is_kept_when_the_form_comes_back(client):
    assert "is_rough" in fields_of(client.post(URL, form_data(title="", is_rough="on")))
    assert "is_rough" not in fields_of(client.post(URL, form_data(title="")))


def test_sent_again_with_the_other_wish_it_is_another_form(client):
    data = form_data()
    client.post(URL, data)
    assert client.post(URL, data | {"is_rough": "on"}).status_code == 409


def test_the_moderator_sees_the_exact_place_and_that_others_do_not(client):
    client.post(f"/en{URL}", form_data(is_rough="on"))
    pin = Pin.objects.get()
    client.force_login(make_moderator())

    page = client.get(f"/en/moderation/{pin.reference}/")

    assert f'data-lon="{point_in(16).x:.6f}"' in page.content.decode()
    assert "Everyone else sees only a square of 100 metres." in text_of(page)


def test_a_desk_sees_the_exact_place_and_that_others_do_not(client):
    client.post(f"/en{URL}", form_data(is_rough="on"))
    pin = Pin.objects.get()
    moderator = make_moderator()
    publish_pin(pin=pin, actor=moderator, read=pin.words_digest)
    client.force_login(make_member(Body.objects.get(slug="ortsbeirat-16")))

    page = client.get(f"/en/desk/ortsbeirat-16/{pin.reference}/")

    assert f'data-lon="{point_in(16).x:.6f}"' in page.content.decode()
    assert "Everyone else sees only a square of 100 metres." in text_of(page)
