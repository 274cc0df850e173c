"""The link in a mail that ends the mails: asks first, then erases the address."""

import pytest
from django.core import signing
from django.test import Client
from django.urls import reverse

from pins.models import Contact
from pins.notifications import STOP_SALT, stop_url
from tests.factories import make_contact, make_district, make_pin


@pytest.fixture
def contact(db):
    make_district(16)
    return make_contact(make_pin())


@pytest.fixture
def url(contact):
    return stop_url(contact).removeprefix("http://testserver")


def test_looking_erases_nothing(client, contact, url):
    response = client.get(url)

    assert response.status_code == 200
    assert contact.pin.reference in response.content.decode()
    assert contact.email not in response.content.decode()
    assert Contact.objects.exists()


def test_the_button_erases_just_this_address(client, contact, url):
    other = make_contact(make_pin())

    response = client.post(url)

    assert response.status_code == 200
    assert list(Contact.objects.all()) == [other]


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_second_time_it_still_answers(client, url, method):
    client.post(url)

    assert getattr(client, method)(url).status_code == 200


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("token", ["x", "1", "1:2:3", "%00", "ü"])
def test_a_link_that_is_none(client, contact, method, token):
    response = getattr(client, method)(f"/pins/updates/{token}/stop")

    assert response.status_code == 404
    assert Contact.objects.exists()


def test_a_token_for_something_else_is_none(client, contact):
    token = signing.dumps(contact.pk, salt="another purpose")

    url = reverse("pins:stop-mail", args=[token])

    assert client.post(url).status_code == 404
    assert Contact.objects.exists()


def test_a_token_of_another_site_is_none(client, contact, settings):
    settings.SECRET_KEY = "another secret" * 5
    token = signing.dumps(contact.pk, salt=STOP_SALT)
    settings.SECRET_KEY = "this site's secret" * 5

    assert client.post(reverse("pins:stop-mail", args=[token])).status_code == 404


@pytest.mark.parametrize("method", ["put", "delete", "options"])
def test_other_methods_are_refused(client, url, method):
    assert getattr(client, method)(url).status_code == 405


def test_nothing_happens_without_a_csrf_token(contact, url):
    assert Client(enforce_csrf_checks=True).post(url).status_code == 403
    assert Contact.objects.exists()
