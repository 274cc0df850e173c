"""The form of a new pin: works with and without the map, and leads to the own page."""

import re

import pytest
from django.contrib.gis.geos import MultiPolygon, Point, Polygon
from django.core.exceptions import ValidationError
from django.http import QueryDict

from pins.forms import NewPinForm
from pins.models import Contact, Pin
from tests.factories import form_data, make_district, make_theme
from tests.forms import proven
from tests.geometries import district_square, point_in
from tests.pages import fields_of, text_of
from trust.salts import salt_of, today

URL = "/pins/new"


@pytest.fixture(autouse=True)
def city(db):
    make_district(16, name="Hohenecken")
    make_district(17, name="Einsiedlerhof")
    make_theme("mobility", title_de="Mobilität", title_en="Mobility")
    make_theme("old", title_de="Altes Thema", is_active=False)


def test_the_form_offers_what_can_be_chosen(client):
    response = client.get(URL)

    assert response.status_code == 200
    shown = text_of(response)
    assert "Mobilität" in shown
    assert "Altes Thema" not in shown
    # The body that reads it is named before anything is sent.
    assert "Hohenecken – Ortsbeirat 16" in shown
    assert "Einsiedlerhof – Ortsbeirat 17" in shown


def test_each_form_has_a_key_of_its_own(client):
    first, second = (fields_of(client.get(URL))["idempotency_key"] for _ in range(2))
    assert first
    assert first != second


def test_links_can_choose_beforehand(client):
    fields = fields_of(
        client.get(f"{URL}?kind=keep&theme=mobility&district=hohenecken")
    )

    assert (fields["kind"], fields["theme"], fields["district"]) == (
        "keep",
        "mobility",
        "hohenecken",
    )


@pytest.mark.parametrize("value", ["x", "", "%00", "%3Cscript%3E", "16"])
def test_nonsense_chosen_beforehand_is_left_out(client, value):
    response = client.get(f"{URL}?kind={value}&theme={value}&district={value}")

    assert response.status_code == 200
    assert not {"kind", "theme"} & set(fields_of(response))


def test_sending_a_point_of_the_map(client):
    place = point_in(16)
    data = form_data(kind="problem", place_note="Am Brunnen", email="kim@example.org")

    response = client.post(URL, data)

    pin = Pin.objects.get()
    assert (pin.kind, pin.theme.slug, pin.title, pin.text, pin.place_note) == (
        "problem",
        "mobility",
        data["title"],
        data["text"],
        "Am Brunnen",
    )
    assert pin.location.equals_exact(place, 1e-9)
    assert pin.location.srid == 4326
    assert not pin.is_approximate
    assert (pin.district.number, pin.language) == (16, "de")
    assert Contact.objects.get().email == "kim@example.org"
    assert response.status_code == 302
    assert re.fullmatch(
        rf"/pins/{pin.reference}/edit/[0-9a-f]{{64}}\?new=1", response["Location"]
    )


def test_the_confirmation_shows_reference_and_own_link(client):
    response = client.post(URL, form_data(), follow=True)

    assert response.status_code == 200
    shown = text_of(response)
    assert Pin.objects.get().reference in shown
    assert f"http://testserver{response.request['PATH_INFO']}" in shown


def test_without_a_map_a_district_and_words_will_do(client):
    data = form_data(
        lon="", lat="", district="einsiedlerhof", place_note="Beim alten Rathaus"
    )

    assert client.post(URL, data).status_code == 302

    pin = Pin.objects.get()
    assert pin.is_approximate
    assert pin.district.number == 17
    assert district_square(17).covers(pin.location)
    assert pin.place_note == "Beim alten Rathaus"


def test_the_districts_point_lies_inside_it_whatever_its_shape(client):
    """The centre of a U is outside of it."""
    ring = [(8, 50), (9, 50), (9, 51), (8.9, 51), (8.9, 50.1), (8.1, 50.1)]
    horseshoe = Polygon([*ring, (8.1, 51), (8, 51), (8, 50)])
    district = make_district(
        18, name="Bogen", geometry=MultiPolygon(horseshoe, srid=4326)
    )
    assert not district.geometry.covers(district.geometry.centroid)

    client.post(URL, form_data(lon="", lat="", district="bogen", place_note="Mitte"))

    assert Pin.objects.get().district == district


def test_a_point_counts_more_than_a_district(client):
    client.post(URL, form_data(district="einsiedlerhof"))

    pin = Pin.objects.get()
    assert (pin.district.number, pin.is_approximate) == (16, False)


@pytest.mark.parametrize(
    ("lon", "lat"),
    [
        (" 7.7578125 ", "49.3828125\n"),
        ("7.7578125", "4.93828125e1"),
        ("+7.7578125", "49.38281250000000000000000001"),
    ],
)
def test_numbers_may_be_written_in_several_ways(client, lon, lat):
    assert client.post(URL, form_data(lon=lon, lat=lat)).status_code == 302
    expected = Point(7.7578125, 49.3828125, srid=4326)
    assert Pin.objects.get().location.equals_exact(expected, 1e-9)


def test_words_are_tidied(client):
    client.post(
        URL,
        form_data(
            title="  Eine \n Ba\u0308nk ",
            text="Erste Zeile\r\n\r\nZweite Zeile, lang genug.  ",
            place_note=" Am\tBrunnen ",
        ),
    )

    pin = Pin.objects.get()
    assert pin.title == "Eine Bänk"
    assert pin.text == "Erste Zeile\n\nZweite Zeile, lang genug."
    assert pin.place_note == "Am Brunnen"


def test_the_limit_counts_what_is_kept_not_how_browsers_end_lines(client):
    text = "Zeile\n" * 666 + "Ende"
    assert len(text) == 4000

    response = client.post(URL, form_data(text=text.replace("\n", "\r\n")))

    assert response.status_code == 302
    assert Pin.objects.get().text == text


def test_in_english_the_pin_is_english(client):
    response = client.post("/en/pins/new", form_data(email="kim@example.org"))

    assert response["Location"].startswith("/en/pins/KL-")
    assert Pin.objects.get().language == "en"
    assert Contact.objects.get().language == "en"


def test_the_same_form_twice_leads_to_the_same_page(client):
    data = form_data()

    first, second = client.post(URL, data), client.post(URL, data)

    assert second.status_code == 302
    assert second["Location"] == first["Location"]
    assert Pin.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("sent", "number"),
    [
        ({}, 6),
        # The same transaction keeps what looks strange,
        ({"website": "https://spam.example"}, 7),
        # and the address: held for who sends it too, asked for, kept, and a mail.
        ({"email": "kim@example.org"}, 10),
        ({"lon": "", "lat": "", "district": "hohenecken", "place_note": "Dort"}, 8),
    ],
    ids=["map", "strange", "address", "district"],
)
def test_submitting_costs_few_statements_and_one_transaction(
    client, django_assert_max_num_queries, sent, number
):
    """All of them: the theme, the guard, what is open today, BEGIN, the pin, COMMIT.

    The salt of what the guard counts is asked for once a day.
    """
    salt_of(today())
    form = form_data(similar_seen="1") | proven() | sent
    with django_assert_max_num_queries(number) as queries:
        response = client.post(URL, form)

    assert response.status_code == 302
    said = [query["sql"] for query in queries.captured_queries]
    assert (said.count("BEGIN"), said.count("COMMIT")) == (1, 1)


def test_showing_the_form_costs_the_same_with_many_districts(
    client, django_assert_num_queries
):
    with django_assert_num_queries(4):
        client.get(URL)
    for number in range(1, 8):
        make_district(number)
    with django_assert_num_queries(4):
        client.get(URL)


def test_an_invalid_form_gives_no_draft():
    with pytest.raises(ValidationError):
        NewPinForm(QueryDict()).draft()


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options"])
def test_other_methods_are_refused(client, method):
    assert getattr(client, method)(URL).status_code == 405


def test_head_is_answered(client):
    response = client.head(URL)
    assert (response.status_code, response.content) == (200, b"")
