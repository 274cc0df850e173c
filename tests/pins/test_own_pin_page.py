"""The author's own page behind the secret link: see, edit, withdraw, be forgotten."""

import datetime
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from pins.actions import reject_pin
from pins.models import Contact, Pin, PublicPin
from pins.own_link import hash_token, make_token
from pins.workflow import Visibility
from tests.factories import make_contact, make_district, make_moderator, make_pin
from tests.pages import fields_of, links_of, text_of

WORDS = {
    "action": "edit",
    "title": "Zwei Bänke am Brunnen",
    "text": "Für alle, die nicht so lange stehen können.",
}


@pytest.fixture
def token():
    return make_token(uuid4())


@pytest.fixture
def pin(db, token):
    make_district(16)
    return make_pin(visibility=Visibility.SUBMITTED, token_hash=hash_token(token))


@pytest.fixture
def url(pin, token):
    return reverse("pins:own", args=[pin.reference, token])


@pytest.mark.parametrize("visibility", Visibility)
def test_it_shows_the_pin_whatever_became_of_it(client, pin, url, visibility):
    Pin.objects.update(visibility=visibility, published_at=timezone.now())

    response = client.get(url)

    assert response.status_code == 200
    shown = text_of(response)
    assert pin.reference in shown
    assert str(visibility.label) in shown
    assert f"http://testserver{url}" in shown
    words = fields_of(response).get("title") or shown
    assert pin.title in words


def test_no_cache_and_no_search_engine_keeps_it(client, url):
    response = client.get(url)

    assert "no-store" in response["Cache-Control"]
    assert '<meta name="robots" content="noindex">' in response.content.decode()


def test_no_page_is_told_the_address_of_this_one(client, url):
    assert client.get(url)["Referrer-Policy"] in {"no-referrer", "same-origin"}


def test_a_published_pin_leads_to_its_public_page(client, pin, url):
    public = f"http://testserver{pin.get_absolute_url()}"
    assert public not in hrefs(client.get(url))

    Pin.objects.update(visibility=Visibility.PUBLISHED, published_at=timezone.now())

    assert public in hrefs(client.get(url))


def hrefs(response):
    return {link.get("href") for link in links_of(response)}


def test_the_reason_of_a_refusal_is_told(client, pin, url):
    reject_pin(pin=pin, actor=make_moderator(), reason="Es nennt <b>Namen</b>.")

    response = client.get(url)
    assert "Es nennt <b>Namen</b>." in text_of(response)
    assert "<b>Namen" not in response.content.decode()
    assert "moderation" not in text_of(response)


def test_editing(client, pin, url):
    assert fields_of(client.get(url))["title"] == pin.title

    response = client.post(url, WORDS)

    assert response.status_code == 302
    pin.refresh_from_db()
    assert (pin.title, pin.text) == (WORDS["title"], WORDS["text"])
    assert client.get(response["Location"]).status_code == 200


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", ""),
        ("title", "Bank"),
        ("title", "x" * 121),
        ("text", "kurz"),
        ("text", "x" * 4001),
        ("text", "Mit Escape\x1b darin, sonst lang genug."),
    ],
    ids=lambda value: repr(value)[:16],
)
def test_words_that_cannot_be_kept(client, pin, url, field, value):
    response = client.post(url, WORDS | {field: value})

    assert response.status_code == 422
    assert list(response.context["edit_form"].errors) == [field]
    shown = fields_of(response)
    assert {**shown, field: value} == shown
    (message,) = response.context["edit_form"].errors[field]
    assert message in text_of(response)
    assert Pin.objects.get().title == pin.title


def test_editing_too_late_keeps_what_was_typed(client, pin, url):
    Pin.objects.update(visibility=Visibility.PUBLISHED, published_at=timezone.now())

    response = client.post(url, WORDS)

    assert response.status_code == 409
    assert fields_of(response)["text"] == WORDS["text"]
    assert response.context["message"]
    assert response.context["message"] in text_of(response)
    assert Pin.objects.get().title == pin.title


def test_withdrawing(client, pin, url):
    Pin.objects.update(visibility=Visibility.PUBLISHED, published_at=timezone.now())
    make_contact(pin)

    response = client.post(url, {"action": "withdraw"}, follow=True)

    assert response.status_code == 200
    assert Pin.objects.get().visibility == Visibility.WITHDRAWN
    assert not PublicPin.objects.exists()
    assert not Contact.objects.exists()
    assert 'value="withdraw"' not in response.content.decode()


def test_withdrawing_what_was_refused_is_told(client, pin, url):
    Pin.objects.update(visibility=Visibility.REJECTED)

    response = client.post(url, {"action": "withdraw"})

    assert response.status_code == 409
    assert response.context["message"] in text_of(response)


def test_being_forgotten(client, pin, url):
    make_contact(pin)
    assert "forget" in client.get(url).content.decode()

    response = client.post(url, {"action": "forget"}, follow=True)

    assert response.status_code == 200
    assert not Contact.objects.exists()
    assert 'value="forget"' not in response.content.decode()
    assert Pin.objects.get().visibility == Visibility.SUBMITTED


@pytest.mark.parametrize("action", [None, "", "publish", "edit\x00"])
def test_an_action_that_is_none(client, url, action):
    data = {} if action is None else {"action": action}

    response = client.post(url, data)

    assert response.status_code == 400
    assert response.context["message"] in text_of(response)
    assert Pin.objects.get().visibility == Visibility.SUBMITTED


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_link_whose_time_is_over(client, pin, url, method):
    Pin.objects.update(token_expires_at=timezone.now() - datetime.timedelta(seconds=1))

    response = getattr(client, method)(url, {"action": "withdraw"})

    assert response.status_code == 410
    assert pin.title not in response.content.decode()
    assert "<h1>" in response.content.decode()
    assert Pin.objects.get().visibility == Visibility.SUBMITTED


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize(
    "wrong",
    ["0" * 64, "x", "ü", "%00", "%F0%9F%8C%B3", "a" * 5000],
    ids=lambda token: token[:8],
)
def test_a_wrong_link(client, pin, method, wrong):
    path = f"/pins/{pin.reference}/edit/{wrong}"

    response = getattr(client, method)(path, {"action": "withdraw"})

    assert response.status_code == 404
    assert Pin.objects.get().visibility == Visibility.SUBMITTED


@pytest.mark.parametrize("reference", ["KL-1999-00001", "x", "%00", "KL-2026-00001%00"])
def test_a_pin_that_is_not_there(client, pin, token, reference):
    assert client.get(f"/pins/{reference}/edit/{token}").status_code == 404


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options"])
def test_other_methods_are_refused(client, url, method):
    assert getattr(client, method)(url).status_code == 405


@pytest.mark.parametrize("data", [WORDS, {"action": "withdraw"}, {"action": "forget"}])
def test_nothing_happens_without_a_csrf_token(pin, url, data):
    make_contact(pin)
    client = Client(enforce_csrf_checks=True)

    response = client.post(url, data)

    assert response.status_code == 403
    assert "<h1>" in response.content.decode()
    assert Pin.objects.get().title == pin.title
    assert Pin.objects.get().visibility == Visibility.SUBMITTED
    assert Contact.objects.exists()


def test_in_english(client, pin, token):
    response = client.get(f"/en/pins/{pin.reference}/edit/{token}")

    assert response.status_code == 200
    assert f"http://testserver/en/pins/{pin.reference}/edit/" in text_of(response)


def test_few_queries(client, url, django_assert_max_num_queries):
    with django_assert_max_num_queries(7):
        client.get(url)
