"""Passkeys: what a browser may send that is none. Real ones: tests/browser."""

import json

import pytest
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.test import Client

from tests.factories import make_user
from tests.staff.accounts import ACCOUNT, CODE, LOGIN, enter, make_protected
from tests.staff.authenticator import Passkey

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


class TestRealOnes:
    @pytest.fixture(autouse=True)
    def committed_at_once(self, monkeypatch):
        """Let what follows a commit follow in the transaction of a test, too."""
        monkeypatch.setattr(transaction, "on_commit", lambda follow: follow())

    @pytest.fixture
    def browser(self, db):
        """Passkeys are of a site with https, or of this machine."""
        return Client(SERVER_NAME="localhost")

    def add(self, browser, passkey, name="Telefon", **change):
        page = browser.get(ADD)
        options = page.context["js_data"]["creation_options"]["publicKey"]
        sent = {"name": name, "credential": passkey.create(options, **change)}
        return browser.post(ADD, sent)

    def alone(self, browser, passkey, **change):
        answer = browser.get(ALONE, headers={"Accept": "application/json"})
        options = answer.json()["request_options"]["publicKey"]
        sent = {"credential": passkey.get(options, **change), "next": ACCOUNT}
        return browser.post(ALONE, sent)

    def second(self, browser, passkey):
        page = browser.get(CODE)
        options = page.context["js_data"]["request_options"]["publicKey"]
        return browser.post(CODE, {"credential": passkey.get(options)})

    def test_one_is_added_and_lets_in_alone(self, browser, settings):
        settings.SECOND_FACTOR = True
        make_user("anna")
        enter(browser, "anna")
        passkey = Passkey()

        response = self.add(browser, passkey)

        assert response["Location"] == "/accounts/second-factor/codes/"
        assert browser.get(ACCOUNT).status_code == 200
        browser.post("/accounts/logout/")
        assert self.alone(browser, passkey)["Location"] == ACCOUNT
        assert browser.get(ACCOUNT).status_code == 200

    def test_or_after_the_password(self, browser):
        make_user("anna")
        enter(browser, "anna")
        passkey = Passkey(is_verified=False)
        self.add(browser, passkey)
        browser.post("/accounts/logout/")

        assert enter(browser, "anna")["Location"] == CODE
        assert self.second(browser, passkey)["Location"] == "/accounts/start/"

    def test_one_without_finger_or_pin_does_not_do_alone(self, browser):
        make_user("anna")
        enter(browser, "anna")
        passkey = Passkey(is_verified=False)
        self.add(browser, passkey)
        browser.post("/accounts/logout/")

        assert self.alone(browser, passkey)["Location"] == LOGIN
        assert browser.get(ACCOUNT)["Location"].startswith(LOGIN)

    def test_not_on_a_page_of_another_site(self, browser):
        make_user("anna")
        enter(browser, "anna")
        passkey = Passkey()

        refused = self.add(browser, passkey, origin="https://evil.example")
        assert refused.context["form"].errors
        self.add(browser, passkey)
        browser.post("/accounts/logout/")

        self.alone(browser, passkey, origin="https://evil.example")
        assert browser.get(ACCOUNT)["Location"].startswith(LOGIN)

    def test_an_answer_works_once(self, browser):
        make_user("anna")
        enter(browser, "anna")
        passkey = Passkey()
        self.add(browser, passkey)
        browser.post("/accounts/logout/")
        answer = browser.get(ALONE, headers={"Accept": "application/json"})
        sent = {
            "credential": passkey.get(answer.json()["request_options"]["publicKey"])
        }
        browser.post(ALONE, sent)
        browser.post("/accounts/logout/")

        assert browser.post(ALONE, sent)["Location"] == LOGIN

    def test_another_key_of_the_same_name_does_not(self, browser):
        make_user("anna")
        enter(browser, "anna")
        passkey, forged = Passkey(), Passkey()
        self.add(browser, passkey)
        forged.user_handle = passkey.user_handle
        browser.post("/accounts/logout/")

        assert self.alone(browser, forged)["Location"] == LOGIN

    def test_an_ended_account_stays_out(self, browser):
        user = make_user("anna")
        enter(browser, "anna")
        passkey = Passkey()
        self.add(browser, passkey)
        browser.post("/accounts/logout/")
        user.is_active = False
        user.save()

        assert self.alone(browser, passkey)["Location"] == LOGIN

    def test_renamed_and_removed(self, browser):
        make_user("anna")
        enter(browser, "anna")
        self.add(browser, Passkey(), name="")
        found = Authenticator.objects.get(type="webauthn")
        assert str(found) == "Passkey 1"
        page = f"/accounts/second-factor/passkeys/{found.pk}"

        refused = browser.post(f"{page}/name/", {"name": "a\x07"})
        assert refused.context["form"].errors["name"]
        browser.post(f"{page}/name/", {"name": "Laptop  im Büro"})
        found.refresh_from_db()
        assert str(found) == "Laptop im Büro"

        assert browser.get(f"{page}/remove/").status_code == 200
        assert browser.post(f"{page}/remove/").status_code == 302
        assert not Authenticator.objects.exists()

    def test_the_last_one_stays_where_one_is_compulsory(self, browser, settings):
        settings.SECOND_FACTOR = True
        make_user("anna")
        enter(browser, "anna")
        self.add(browser, Passkey())
        found = Authenticator.objects.get(type="webauthn")

        browser.post(f"/accounts/second-factor/passkeys/{found.pk}/remove/")

        assert Authenticator.objects.filter(type="webauthn").exists()

    def test_confirming_that_it_is_oneself(self, browser):
        user = make_user("anna")
        enter(browser, "anna")
        passkey = Passkey()
        self.add(browser, passkey)
        browser.force_login(user)
        page = browser.get(AGAIN)
        options = page.context["js_data"]["request_options"]["publicKey"]

        sent = {"credential": passkey.get(options), "next": ACCOUNT}
        assert browser.post(AGAIN, sent)["Location"] == ACCOUNT
        assert browser.get(ADD).status_code == 200
