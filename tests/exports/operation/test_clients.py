"""The operator's pages of Open311's clients: the key once, revoked and renewed."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from exports.models import ApiClient, SentPin
from pins.own_link import hash_token
from tests.factories import make_api_client, make_operator, make_pin, make_planner
from tests.pages import fields_of, text_of

NEW = "/operation/clients/new"
FORM = {"name": "Stadt-App", "daily_limit": "50"}


@pytest.fixture
def operator(client: Client, db: None) -> Client:
    client.force_login(make_operator())
    return client


def page_of(app: ApiClient) -> str:
    return f"/operation/clients/{app.pk}/"


def press(client: Client, app: ApiClient, action: str, **fields: Any) -> Any:
    return client.post(f"{page_of(app)}act", {"action": action, **fields})


def test_the_key_is_shown_once(operator: Client) -> None:
    data = {**FORM, "key": fields_of(operator.get(NEW))["key"]}

    response = operator.post(NEW, data)
    # A double click.
    assert operator.post(NEW, data).status_code == 302

    app = ApiClient.objects.get()
    assert response["Location"] == page_of(app)
    assert (app.name, app.daily_limit) == ("Stadt-App", 50)
    assert app.key_hash == hash_token(app.api_key)
    assert app.api_key in operator.get(page_of(app)).content.decode()
    assert app.api_key not in operator.get(page_of(app)).content.decode()
    assert app.api_key not in operator.get("/operation/clients/").content.decode()


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "a\x07b"},
        {"name": "Andere App"},
        {"daily_limit": ""},
        {"daily_limit": "0"},
        {"daily_limit": "100001"},
        {"daily_limit": "x"},
        {"key": "x"},
    ],
)
def test_what_is_wrong_is_said(operator: Client, wrong: dict[str, str]) -> None:
    make_api_client("Andere App")
    app = make_api_client()
    data = {"name": "Neue App", "daily_limit": "50", "key": str(uuid4()), **wrong}

    for url in (NEW, f"{page_of(app)}edit"):
        response = operator.post(url, data)
        assert response.status_code == 422
    assert ApiClient.objects.count() == 2


def test_changing(operator: Client) -> None:
    app = make_api_client()
    url = f"{page_of(app)}edit"
    assert fields_of(operator.get(url))["name"] == "Stadt-App"

    operator.post(url, {**FORM, "daily_limit": "7"})

    app.refresh_from_db()
    assert app.daily_limit == 7


def test_the_list_says_what_each_has_sent(operator: Client, city: None) -> None:
    app = make_api_client()
    SentPin.objects.create(pin=make_pin(), client=app)

    assert "1 contribution" in text_of(operator.get("/en/operation/clients/"))
    assert "1 contribution" in text_of(operator.get(f"/en{page_of(app)}"))


def test_revoking_and_restoring(operator: Client) -> None:
    app = make_api_client()

    assert press(operator, app, "revoke").status_code == 302
    app.refresh_from_db()
    assert app.revoked_at is not None
    assert "Revoked" in text_of(operator.get("/en/operation/clients/"))
    press(operator, app, "restore")
    app.refresh_from_db()
    assert app.revoked_at is None


def test_a_new_key_is_shown_once(operator: Client) -> None:
    app = make_api_client()
    old = app.api_key
    seen = fields_of(operator.get(page_of(app)))["seen"]

    press(operator, app, "renew", seen=seen)
    # Pressed twice.
    press(operator, app, "renew", seen=seen)

    app.refresh_from_db()
    assert app.api_key != old
    assert app.key_hash == hash_token(app.api_key)
    assert app.api_key in operator.get(page_of(app)).content.decode()
    assert app.api_key not in operator.get(page_of(app)).content.decode()


@pytest.mark.parametrize(
    "fields",
    [{}, {"action": "x"}, {"action": "renew"}, {"action": "renew", "seen": "x"}],
)
def test_what_no_button_says(operator: Client, fields: dict[str, str]) -> None:
    app = make_api_client()

    assert operator.post(f"{page_of(app)}act", fields).status_code == 400


def test_nobody_else(client: Client, db: None) -> None:
    app = make_api_client()
    addresses = ["/operation/clients/", NEW, page_of(app), f"{page_of(app)}edit"]
    for address in addresses:
        assert "/accounts/login/" in client.get(address)["Location"]
    client.force_login(make_planner())
    for address in addresses:
        assert client.get(address).status_code == 403
    assert press(client, app, "revoke").status_code == 403


def test_unknown_ones_and_other_methods(operator: Client) -> None:
    assert operator.get("/operation/clients/0/").status_code == 404
    app = make_api_client()
    assert operator.get(f"{page_of(app)}act").status_code == 405
    assert operator.post(page_of(app)).status_code == 405
    assert str(app) == "Stadt-App"


def test_rows_say_what_they_are(city: None) -> None:
    app, pin = make_api_client(), make_pin()

    assert str(SentPin(pin=pin, client=app)) == f"{app.pk}: {pin.pk}"
