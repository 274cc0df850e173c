"""What is on the map already is shown once before a pin is sent."""

import pytest
from django.utils import timezone

from pins.models import Pin
from pins.workflow import Visibility
from tests.factories import form_data, make_district, make_pin, make_theme
from tests.geometries import point_in
from tests.pages import fields_of, text_of

URL = "/pins/new"
THERE = "Schlagloch vor dem Brunnen"


@pytest.fixture(autouse=True)
def city(db):
    make_district(16, name="Hohenecken")
    make_theme("mobility")


@pytest.fixture
def there():
    pin = make_pin(title=THERE, location=point_in(16), published_at=timezone.now())
    return Pin.objects.get(pk=pin.pk)


def test_it_is_shown_above_the_form_and_nothing_is_lost(client, there):
    data = form_data(email="kim@example.org", place_note="Am Brunnen", is_rough="on")
    response = client.post(URL, data)

    assert response.status_code == 200
    assert THERE in text_of(response)
    assert f'action="/pins/{there.reference}/support"' in response.content.decode()
    kept = fields_of(response) | {"is_rough": "on"}
    assert {name: kept[name] for name in data} == data
    assert "is_rough" in fields_of(response)
    assert Pin.objects.count() == 1


def test_sent_anyway_it_is_kept(client, there):
    response = client.post(URL, form_data())

    again = client.post(URL, fields_of(response))

    assert again.status_code == 302
    assert Pin.objects.count() == 2


def test_who_has_seen_them_is_not_stopped(client, there):
    response = client.post(URL, form_data(similar_seen="1"))
    assert response.status_code == 302


def test_a_form_with_faults_shows_the_faults_first(client, there):
    response = client.post(URL, form_data(title=""))

    assert response.status_code == 422
    assert THERE not in text_of(response)
    assert not fields_of(response)["similar_seen"]


@pytest.mark.parametrize("value", ["x" * 50, "\x00"])
def test_a_flag_that_is_none_comes_back(client, value):
    response = client.post(URL, form_data(similar_seen=value))
    assert response.status_code == 422


def test_what_is_not_public_stops_nobody(client):
    make_pin(title=THERE, location=point_in(16), visibility=Visibility.SUBMITTED)
    assert client.post(URL, form_data()).status_code == 302


def test_a_district_in_words_is_compared_by_title_alone(client, there):
    data = form_data(lon="", lat="", district="hohenecken", place_note="Dort")
    assert client.post(URL, data).status_code == 302

    alike = data | form_data(title=THERE, lon="", lat="", district="hohenecken")
    assert client.post(URL, alike | {"place_note": "Dort"}).status_code == 200


def test_words_of_others_stay_words(client):
    make_pin(title="<script>alert(1)</script>", location=point_in(16))
    page = client.post(URL, form_data()).content.decode()
    assert "<script>alert" not in page
