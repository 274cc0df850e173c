"""Open311 GeoReport v2, sent: the same contribution, the same rules, the same queue."""

import datetime
import json
import re
from typing import Any
from xml.etree import ElementTree

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from exports.models import ApiClient, SentPin
from exports.open311 import clients
from layers.places import AddressRow, StreetRow, replace_places
from pins.models import Contact, Pin
from pins.workflow import Source, Visibility
from tests.exports.open311.sending import PLACE, TEXT, URL, refused, send
from tests.factories import make_api_client, make_phase, make_theme
from tests.geometries import point_in
from trust.models import Hit


@pytest.fixture
def app(city: None) -> ApiClient:
    return make_api_client()


def test_a_contribution_waits_for_moderation(client: Client, app: ApiClient) -> None:
    response = send(client, app)

    assert response.status_code == 201
    (answer,) = json.loads(response.content)
    pin = Pin.objects.get()
    assert answer["service_request_id"] == pin.reference
    assert answer["account_id"] is None
    assert pin.visibility == Visibility.SUBMITTED
    assert pin.source == Source.OPEN311
    assert (pin.kind, pin.theme.slug, pin.language) == ("problem", "mobility", "de")
    assert (pin.title, pin.text) == ("Am Bahnhof fehlt ein Radweg", TEXT)
    assert pin.location.equals(PLACE)
    assert SentPin.objects.get().client == app
    assert not Contact.objects.exists()
    assert client.get(f"/open311/v2/requests/{pin.reference}.json").status_code == 404


def test_as_xml_and_with_all_that_can_be_said(client: Client, app: ApiClient) -> None:
    response = send(
        client,
        app,
        url="/open311/v2/requests.xml",
        email="kim@example.org",
        lang="en",
        **{"attribute[kind]": "idea", "attribute[title]": "A lane for bicycles"},
    )

    assert response.status_code == 201
    root = ElementTree.fromstring(response.content)  # noqa: S314 -- our own
    pin = Pin.objects.get()
    assert root.findtext("request/service_request_id") == pin.reference
    assert (pin.kind, pin.title, pin.language) == ("idea", "A lane for bicycles", "en")
    contact = Contact.objects.get()
    assert (contact.email, contact.language) == ("kim@example.org", "en")
    assert "kim@example.org" not in response.content.decode()


def test_what_is_not_kept_is_said(client: Client, app: ApiClient) -> None:
    response = send(
        client,
        app,
        first_name="Kim",
        phone="0631",
        media_url="http://169.254.169.254/latest.jpg",
        address_id="7",
    )

    (answer,) = json.loads(response.content)
    assert "first_name, phone" in answer["service_notice"]
    assert "address_id" in answer["service_notice"]
    assert "Kim" not in str(Pin.objects.values().get())
    assert not Pin.objects.get().photos.exists()


@pytest.mark.parametrize("key", [None, "", "wrong", "\x00", "ä" * 100])
def test_without_a_key_nothing_is_taken(
    client: Client, app: ApiClient, key: str | None
) -> None:
    refused(send(client, app, api_key=key), 403)
    assert not Pin.objects.exists()


def test_a_revoked_key_opens_nothing_until_it_is_restored(
    client: Client, app: ApiClient
) -> None:
    clients.revoke(client=app)
    refused(send(client, app), 403)

    clients.restore(client=app)
    assert send(client, app).status_code == 201


def test_who_tries_many_keys_waits(
    client: Client, app: ApiClient, settings: Any
) -> None:
    settings.LIMITS = {"wrong-keys": 2}
    # None at all is no try, and a right one is no wrong one.
    assert send(client, app, api_key=None).status_code == 403
    assert send(client, app).status_code == 201
    for _ in range(2):
        assert send(client, app, api_key="wrong").status_code == 403

    guessed = send(client, app)

    assert "falsche Schlüssel" in refused(guessed, 429)
    assert 0 < int(guessed["Retry-After"]) <= 3600
    assert Pin.objects.count() == 1
    xml = send(client, app, url=URL.replace("json", "xml"))
    assert (xml.status_code, "Retry-After" in xml) == (429, True)
    elsewhere = Client(REMOTE_ADDR="192.0.2.9")
    assert send(elsewhere, app).status_code == 201
    # As if the hour had passed.
    Hit.objects.all().delete()
    assert send(client, app).status_code == 201


def test_a_key_in_the_address_opens_nothing(client: Client, app: ApiClient) -> None:
    refused(send(client, app, api_key=None, url=f"{URL}?api_key={app.api_key}"), 403)


def test_only_the_hash_of_the_key_is_kept(app: ApiClient) -> None:
    assert app.api_key not in str(ApiClient.objects.values().get())


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"service_code": None}, "service_code"),
        ({"lat": None, "long": None}, "lat"),
        ({"lat": None}, "lat, long"),
        ({"lat": "x"}, "lat, long"),
        ({"lat": "0", "long": "0"}, "lat, long"),
        ({"lat": str(PLACE.x), "long": str(PLACE.y)}, "lat, long"),
        ({"description": None}, "description"),
        ({"description": "Zu kurz"}, "description"),
        ({"description": "x" * 4_001}, "description"),
        ({"description": f"{TEXT}\x00"}, "description"),
        ({"description": f"{TEXT}\x07"}, "description"),
        ({"attribute[kind]": "complaint"}, "attribute[kind]"),
        ({"attribute[title]": "Kurz"}, "attribute[title]"),
        ({"attribute[other]": "1"}, "attribute[other]"),
        ({"email": "no address"}, "email"),
        ({"unknown": "1"}, "unknown"),
        ({"lang": "tlh"}, "lang"),
        ({"lat": None, "long": None, "address_string": "Nirgendwo 1"}, "address"),
    ],
)
def test_what_the_form_refuses_is_refused(
    client: Client, app: ApiClient, fields: dict[str, Any], words: str
) -> None:
    assert words in refused(send(client, app, **fields))
    assert not Pin.objects.exists()


def test_one_error_for_one_thing_that_is_missing(
    client: Client, app: ApiClient
) -> None:
    said = refused(send(client, app, description=None))

    assert said.startswith("description: ")
    assert "\n" not in said


def test_a_service_that_is_not_there(client: Client, app: ApiClient) -> None:
    make_theme("old", is_active=False)

    refused(send(client, app, service_code="unknown"), 404)
    refused(send(client, app, service_code="old"), 404)
    refused(send(client, app, jurisdiction_id="example.org"), 404)


@pytest.mark.parametrize("content_type", ["application/json", "text/xml", "x"])
def test_only_fields_of_a_form_are_read(
    client: Client, app: ApiClient, content_type: str
) -> None:
    body = json.dumps({"api_key": app.api_key, "description": TEXT})

    refused(client.post(URL, body, content_type=content_type))


def test_files_are_refused(client: Client, app: ApiClient) -> None:
    photo = SimpleUploadedFile("photo.jpg", b"\xff\xd8\xff", "image/jpeg")

    refused(send(client, app, media=photo))
    assert not Pin.objects.exists()


def test_nothing_where_nobody_may_add_anything(client: Client, app: ApiClient) -> None:
    make_phase(may_pin=False)

    refused(send(client, app))
    assert not Pin.objects.exists()


def test_a_client_sends_no_more_than_it_may(client: Client, app: ApiClient) -> None:
    clients.change_client(client=app, name=app.name, daily_limit=1)
    key = {"Idempotency-Key": "report 17"}
    send(client, app, headers=key)

    refused(send(client, app), 429)
    # The answer that got lost is no second contribution.
    assert send(client, app, headers=key).status_code == 201


def test_what_came_while_the_clock_was_ahead_counts_for_no_year(
    client: Client, app: ApiClient
) -> None:
    clients.change_client(client=app, name=app.name, daily_limit=1)
    send(client, app)
    SentPin.objects.update(sent_at=timezone.now() + datetime.timedelta(days=365))

    assert send(client, app).status_code == 201


def test_what_comes_at_once_is_counted_one_by_one(
    client: Client, app: ApiClient
) -> None:
    with CaptureQueriesContext(connection) as queries:
        send(client, app)

    statements = [query["sql"] for query in queries]
    held, counted, kept = (
        next(n for n, sql in enumerate(statements) if re.search(pattern, sql))
        for pattern in (
            'FROM "exports_apiclient".*FOR NO KEY UPDATE',
            'COUNT.*FROM "exports_sentpin"',
            'INTO "pins_pin"',
        )
    )
    assert held < counted < kept


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("x", "multipart/form-data"),
        (
            "&".join(f"a{n}=1" for n in range(20_000)),
            "application/x-www-form-urlencoded",
        ),
    ],
    ids=["no boundary", "too many"],
)
def test_fields_that_cannot_be_read(
    client: Client, app: ApiClient, body: str, content_type: str
) -> None:
    response = client.post(URL, body, content_type=content_type)

    refused(response)


def test_an_address_in_words(client: Client, app: ApiClient) -> None:
    west, east = point_in(16), point_in(15)
    replace_places(
        streets=[
            StreetRow("Burgweg", west.x, west.y),
            StreetRow("Hauptstraße", west.x, west.y),
            StreetRow("Hauptstraße", east.x, east.y),
        ],
        addresses=[
            AddressRow("Burgweg", "2", "67661", west.x, west.y),
            AddressRow("Hauptstraße", "1", "67661", west.x, west.y),
            AddressRow("Hauptstraße", "1", "67661", east.x, east.y),
        ],
    )
    no_point = {"lat": None, "long": None}

    assert send(client, app, **no_point, address_string="Burgweg 2").status_code == 201
    said = refused(send(client, app, **no_point, address_string="Hauptstraße 1"))
    assert said.count("Hauptstraße 1") == 2


def test_no_cookie_is_needed_and_none_set(app: ApiClient) -> None:
    client = Client(enforce_csrf_checks=True)

    response = send(client, app)

    assert response.status_code == 201
    assert not response.cookies
    assert "Access-Control-Allow-Origin" not in response
