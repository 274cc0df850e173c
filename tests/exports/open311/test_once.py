"""Open311, sent again: the header Idempotency-Key makes it one contribution."""

import json
import threading
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, connections
from django.test import Client

from exports.models import ApiClient, SentPin
from exports.open311 import clients
from exports.open311.once import fingerprint, lock_of, read_idempotency_key
from layers.models import Theme
from pins.actions import submit_pin
from pins.erasing import erase_pin
from pins.models import Pin
from tests.exports.open311.sending import TEXT, URL, refused, send
from tests.factories import (
    make_api_client,
    make_district,
    make_draft,
    make_phase,
    make_theme,
)

KEY = {"Idempotency-Key": "report 17"}


@pytest.fixture
def app(city: None) -> ApiClient:
    return make_api_client()


def test_sent_twice_it_is_one(client: Client, app: ApiClient) -> None:
    first, second = send(client, app, headers=KEY), send(client, app, headers=KEY)

    assert first.content == second.content
    assert (first.status_code, second.status_code) == (201, 201)
    assert Pin.objects.count() == SentPin.objects.count() == 1


def test_another_client_has_keys_of_its_own(client: Client, app: ApiClient) -> None:
    first = send(client, app, headers=KEY)

    other = send(client, make_api_client("Andere App"), headers=KEY)

    assert other.status_code == 201
    assert other.content != first.content


@pytest.mark.parametrize(
    "fields",
    [
        {"description": f"{TEXT} Anders."},
        {"email": "kim@example.org"},
        {"lang": "en"},
        {"lat": "49.5"},
        {"first_name": "Kim"},
    ],
    ids=lambda fields: next(iter(fields)),
)
def test_other_content_under_a_used_key_is_refused(
    client: Client, app: ApiClient, fields: dict[str, str]
) -> None:
    send(client, app, headers=KEY)

    refused(send(client, app, headers=KEY, **fields), 422)
    assert Pin.objects.count() == 1


def test_what_was_refused_may_be_mended(client: Client, app: ApiClient) -> None:
    refused(send(client, app, headers=KEY, description="Zu kurz"))

    assert send(client, app, headers=KEY).status_code == 201


def test_the_same_in_another_order_and_format(client: Client, app: ApiClient) -> None:
    send(client, app, headers=KEY, email="kim@example.org", lang="de")

    again = send(
        client,
        app,
        url=URL.replace("json", "xml"),
        headers=KEY,
        lang="de",
        email="kim@example.org",
    )

    assert again.status_code == 201
    assert Pin.objects.get().reference in again.content.decode()


def test_the_answer_stays_whatever_became_of_it(client: Client, app: ApiClient) -> None:
    first = send(client, app, headers=KEY)
    erase_pin(pin=Pin.objects.get())
    make_phase(may_pin=False)
    Theme.objects.filter(slug="mobility").update(is_active=False)

    again = send(client, app, headers=KEY)

    assert (again.status_code, again.content) == (201, first.content)


def test_the_answer_stays_with_another_key_of_the_client(
    client: Client, app: ApiClient
) -> None:
    first = send(client, app, headers=KEY)
    clients.renew_key(client=app, seen=app.key)
    app.refresh_from_db()

    assert send(client, app, headers=KEY).content == first.content


def test_the_answer_stays_with_another_secret_of_the_site(
    client: Client, app: ApiClient, settings: Any
) -> None:
    first, api_key = send(client, app, headers=KEY), app.api_key
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another" * 10

    assert send(client, app, headers=KEY, api_key=api_key).content == first.content


def test_what_came_before_there_were_fingerprints(
    client: Client, app: ApiClient
) -> None:
    first = send(client, app, headers=KEY)
    SentPin.objects.update(fingerprint="")

    assert send(client, app, headers=KEY).content == first.content
    refused(send(client, app, headers=KEY, description=f"{TEXT} Anders."), 422)
    assert Pin.objects.count() == 1


@pytest.mark.parametrize("key", ["", " ", "x" * 201, "\x07", "a\tb"])
def test_a_key_must_be_some_text(client: Client, app: ApiClient, key: str) -> None:
    said = refused(send(client, app, headers={"Idempotency-Key": key}))

    assert "Idempotency-Key" in said
    assert not Pin.objects.exists()


def test_a_key_in_any_letters(client: Client, app: ApiClient) -> None:
    """As they come through: each byte of UTF-8 as a letter of its own."""
    key = "Meldung 17, Straße".encode().decode("latin-1")

    first = send(client, app, headers={"Idempotency-Key": key})
    second = send(client, app, headers={"Idempotency-Key": key})

    assert first.status_code == 201
    assert first.content == second.content


def test_without_a_key_each_counts(client: Client, app: ApiClient) -> None:
    send(client, app)
    send(client, app)

    assert Pin.objects.count() == 2


def test_a_repetition_is_none_of_those_a_day(client: Client, app: ApiClient) -> None:
    clients.change_client(client=app, name=app.name, daily_limit=1)
    first = send(client, app, headers=KEY)

    refused(send(client, app), 429)
    assert send(client, app, headers=KEY).content == first.content


def test_a_key_that_the_form_has_used_is_no_way_in(
    client: Client, app: ApiClient
) -> None:
    """Keys of clients are made from theirs: nobody meets that of a form."""
    key = uuid4()
    pin, _token = submit_pin(draft=make_draft(), idempotency_key=key)

    response = send(client, app, headers={"Idempotency-Key": str(key)})

    assert json.loads(response.content)[0]["service_request_id"] != pin.reference


def test_no_address_can_be_tried_out(settings: Any) -> None:
    given = {"description": TEXT, "email": "kim@example.org", "api_key": "secret"}
    ours = fingerprint(given)

    assert ours == fingerprint(given | {"api_key": "renewed"})
    assert ours != fingerprint(given | {"email": "lee@example.org"})
    settings.SECRET_KEY = "another" * 10
    assert ours != fingerprint(given)


def test_while_one_is_worked_on_the_other_waits(
    client: Client, app: ApiClient, rf: Any
) -> None:
    key = read_idempotency_key(rf.post(URL, headers=KEY), app)
    other = connection.copy()
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [lock_of(key)])
        busy = send(client, app, headers=KEY)
        refused(busy, 409)
        assert busy["Retry-After"] == "1"
        assert send(client, app, headers={"Idempotency-Key": "18"}).status_code == 201
        other.rollback()
    finally:
        other.close()

    assert send(client, app, headers=KEY).status_code == 201
    assert Pin.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_sent_at_the_same_moment_it_is_one() -> None:
    make_district(16)
    make_theme("mobility")
    app = make_api_client()
    together, answers = threading.Barrier(4, timeout=60), []

    def run() -> None:
        try:
            together.wait()
            answers.append(send(Client(), app, headers=KEY))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(answers) == 4
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert 201 in {answer.status_code for answer in answers}
    assert Pin.objects.count() == SentPin.objects.count() == 1
    assert send(Client(), app, headers=KEY).status_code == 201
    assert Pin.objects.count() == 1
