"""Passkeys: what a browser may send that is none. Real ones: tests/browser."""

import json

import pytest
from allauth.mfa.models import Authenticator

from tests.factories import make_user
from tests.staff.accounts import ACCOUNT, CODE, LOGIN, enter, make_protected

ADD = "/accounts/second-factor/passkeys/add/"
ALONE = "/accounts/passkey/"
AGAIN = "/accounts/second-factor/passkeys/again/"
GARBAGE = [
    "",
    "x",
    "null",
    "[]",
    "1",
    "{}",
    '{"id": 1}',
    '{"id": "AA", "rawId": "AA", "type": "public-key", "response": {}}',
    '{"id": "AA", "rawId": "AA", "type": "public-key", "response": []}',
    '{"response": {"userHandle": 5}}',
    '{"response": {"userHandle": "////"}}',
    json.dumps(
        {
            "id": "AA",
            "rawId": "AA",
            "type": "public-key",
            "response": {
                "clientDataJSON": "e30",
                "attestationObject": "AA",
                "authenticatorData": "AA",
                "signature": "AA",
                "userHandle": "MQ",
            },
        }
    ),
    "9" * 30_000,
]


@pytest.mark.parametrize("credential", GARBAGE)
def test_adding_garbage(client, db, credential):
    make_user("anna")
    enter(client, "anna")
    client.get(ADD)

    response = client.post(ADD, {"name": "Telefon", "credential": credential})

    assert response.status_code == 200
    assert response.context["form"].errors
    assert not Authenticator.objects.exists()


@pytest.mark.parametrize("credential", GARBAGE)
def test_signing_in_with_garbage(client, db, credential):
    make_user("anna")
    client.get(ALONE, headers={"Accept": "application/json"})

    response = client.post(ALONE, {"credential": credential})

    assert response["Location"] == LOGIN
    assert client.get(ACCOUNT)["Location"].startswith(LOGIN)


@pytest.mark.parametrize("credential", GARBAGE)
def test_showing_garbage(client, db, credential):
    make_protected("anna")
    enter(client, "anna")

    response = client.post(CODE, {"credential": credential})

    assert response.status_code == 200
    assert client.get(ACCOUNT)["Location"].startswith(LOGIN)


@pytest.mark.parametrize("credential", GARBAGE)
def test_confirming_with_garbage(client, db, credential):
    client.force_login(make_protected("anna"))

    assert client.post(AGAIN, {"credential": credential}).status_code in {200, 302}


def test_options_are_data(client, db):
    answer = client.get(ALONE, headers={"Accept": "application/json"})
    assert answer.json()["request_options"]["publicKey"]["challenge"]
    assert client.get(ALONE)["Location"] == LOGIN


def test_options_name_this_site_alone(client, db):
    make_user("anna")
    enter(client, "anna")
    options = client.get(ADD).context["js_data"]["creation_options"]["publicKey"]
    assert options["rp"]["id"] == "testserver"


@pytest.mark.parametrize("path", ["1/name/", "1/remove/", "99999999999999999999/name/"])
def test_those_of_others_do_not_exist(client, db, path):
    make_user("anna")
    enter(client, "anna")
    for method in (client.get, client.post):
        found = method(f"/accounts/second-factor/passkeys/{path}")
        assert found.status_code == 404
