"""Signing in by an identity provider: a small one, on this machine."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.models import User

from tests.factories import make_user
from tests.pages import text_of
from tests.staff.accounts import (
    ACCOUNT,
    CODE,
    LOGIN,
    SET_UP,
    code_of,
    do_jobs,
    enter,
    give_app,
)

LEAVE = "/accounts/oidc/city/"
KEY = "a secret that both sides know and nobody else does"


class Provider:
    """What the provider says of who signs in there, and what it was asked."""

    def __init__(self) -> None:
        self.base = ""
        self.claims = {
            "sub": "4711",
            "email": "anna@example.org",
            "email_verified": True,
            "name": "Anna Muster",
        }
        self.token_claims: dict[str, object] = {}
        self.issuer = ""
        self.broken = ""
        self.asked: list[str] = []


def id_token(provider):
    meant = {"iss": provider.base, "aud": "map", "exp": 9_999_999_999}
    claims = provider.claims | meant | provider.token_claims
    said = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(said, KEY, algorithm="HS256")


def token_answer(provider):
    if provider.broken == "token":
        return {"error": "invalid_grant"}
    answer = {"access_token": "a", "token_type": "Bearer"}
    if provider.broken != "no ID token":
        answer["id_token"] = id_token(provider)
    return answer


def handler_of(provider):
    class Handler(BaseHTTPRequestHandler):
        def answer(self, body):
            content = json.dumps(body).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def do_GET(self):
            provider.asked.append(self.path)
            base = provider.base
            if provider.broken == "configuration":
                self.answer([])
            elif self.path.startswith("/.well-known/"):
                self.answer(
                    {
                        "issuer": provider.issuer or base,
                        "authorization_endpoint": f"{base}/authorize",
                        "token_endpoint": f"{base}/token",
                        "userinfo_endpoint": f"{base}/userinfo",
                        "jwks_uri": f"{base}/keys",
                    }
                )
            else:
                self.answer(provider.claims)

        def do_POST(self):
            length = int(self.headers["Content-Length"])
            provider.asked.append(self.rfile.read(length).decode())
            self.answer(token_answer(provider))

        def log_message(self, *args):
            pass

    return Handler


@pytest.fixture
def provider(settings):
    running = Provider()
    server = HTTPServer(("127.0.0.1", 0), handler_of(running))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    settings.OIDC_URL = running.base = f"http://127.0.0.1:{server.server_port}"
    settings.OIDC_ISSUER = running.base
    settings.OIDC_NAME = "Rathaus"
    settings.SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {
            "OAUTH_PKCE_ENABLED": True,
            "APPS": [
                {
                    "provider_id": "city",
                    "name": "Rathaus",
                    "client_id": "map",
                    "secret": "s",
                    "settings": {"server_url": settings.OIDC_URL},
                }
            ],
        }
    }
    yield running
    server.shutdown()
    server.server_close()
    thread.join()


def go_there_and_back(client, start="", **answer):
    """Leave for the provider and come back with a code, as a browser does."""
    asked = client.get(LEAVE + start)
    state = parse_qs(urlsplit(asked["Location"]).query)["state"][0]
    values = {"code": "c", "state": state} | answer
    return client.get(f"{LEAVE}callback/", values)


def is_in(client):
    return client.get(ACCOUNT).status_code == 200


def test_without_settings_there_is_none(client, db):
    assert client.get(LEAVE).status_code == 404
    assert client.get(f"{LEAVE}callback/").status_code == 404
    assert LEAVE not in client.get(LOGIN).content.decode()


def test_the_page_offers_it(client, db, provider):
    page = client.get(f"{LOGIN}?next=/moderation/")
    assert "Rathaus" in text_of(page)
    assert f'href="{LEAVE}?next=/moderation/"' in page.content.decode().replace(
        "%2F", "/"
    )


def test_who_was_invited_comes_in(client, db, provider):
    make_user("anna", email="anna@example.org")

    response = go_there_and_back(client)

    assert response["Location"] == "/accounts/start/"
    assert is_in(client)
    assert "code_verifier" in provider.asked[-2]


def test_again_by_the_number_even_with_another_address(client, db, provider):
    make_user("anna", email="anna@example.org")
    go_there_and_back(client)
    client.post("/accounts/logout/")
    provider.claims["email"] = "anna.neu@example.org"

    go_there_and_back(client)

    assert is_in(client)


def test_nothing_is_kept_of_what_the_provider_tells(client, db, provider):
    make_user("anna", email="anna@example.org")
    go_there_and_back(client)

    assert SocialAccount.objects.get().extra_data == {}
    assert User.objects.get().last_name == ""


@pytest.mark.parametrize(
    "claims",
    [
        {"email": "nobody@example.org"},
        {"email_verified": False},
        {"email_verified": "false"},
        {"email": ""},
    ],
)
def test_nobody_else_does(client, db, provider, claims):
    make_user("anna", email="anna@example.org")
    provider.claims |= claims

    response = go_there_and_back(client)

    assert response.status_code == 200
    assert not is_in(client)
    assert User.objects.count() == 1
    assert not SocialAccount.objects.exists()


def test_one_connects_it_oneself(client, db, provider, mailoutbox):
    """Where the provider knows another address."""
    user = make_user("anna", email="anna@example.net")
    enter(client, user.username)
    assert "process=connect" in client.get(ACCOUNT).content.decode()

    response = go_there_and_back(client, start="?process=connect")

    assert response["Location"] == ACCOUNT
    do_jobs()
    assert [mail.to for mail in mailoutbox] == [["anna@example.net"]]
    client.post("/accounts/logout/")
    go_there_and_back(client)
    assert is_in(client)


def test_not_to_two_accounts(client, db, provider):
    make_user("anna", email="anna@example.org")
    go_there_and_back(client)
    enter(client, make_user("kim").username)

    response = go_there_and_back(client, start="?process=connect")

    assert response.status_code == 302
    assert SocialAccount.objects.get().user.username == "anna"


def test_an_ended_account_stays_out(client, db, provider):
    make_user("anna", email="anna@example.org", is_active=False)

    go_there_and_back(client)

    assert not is_in(client)


class TestSecondFactor:
    def test_ours_is_asked_for(self, client, db, provider, settings):
        settings.SECOND_FACTOR = True
        give_app(make_user("anna", email="anna@example.org"))

        assert go_there_and_back(client)["Location"] == CODE
        assert not is_in(client)
        client.post(CODE, {"code": code_of()})
        assert is_in(client)

    def test_and_set_up(self, client, db, provider, settings):
        settings.SECOND_FACTOR = True
        make_user("anna", email="anna@example.org")

        go_there_and_back(client)

        assert client.get(ACCOUNT)["Location"] == SET_UP

    def test_the_provider_s_is_enough_where_the_settings_say_so(
        self, client, db, provider, settings
    ):
        settings.SECOND_FACTOR = settings.OIDC_SECOND_FACTOR = True
        give_app(make_user("anna", email="anna@example.org"))

        assert go_there_and_back(client)["Location"] == "/accounts/start/"
        assert is_in(client)


class TestWhoIsBelieved:
    @pytest.mark.parametrize(
        "claims",
        [
            {"aud": "another client"},
            {"aud": ["another client", "and one more"]},
            {"aud": None},
            {"aud": ""},
        ],
    )
    def test_a_token_for_somebody_else_lets_nobody_in(
        self, client, db, provider, claims
    ):
        make_user("anna", email="anna@example.org")
        provider.token_claims = claims

        response = go_there_and_back(client)

        assert response.status_code in {200, 401}
        assert not is_in(client)

    def test_one_for_us_among_others_does(self, client, db, provider):
        make_user("anna", email="anna@example.org")
        provider.token_claims = {"aud": ["another client", "map"]}

        go_there_and_back(client)

        assert is_in(client)

    @pytest.mark.parametrize(
        "claims",
        [{"iss": "https://evil.example"}, {"iss": None}, {"exp": 1}, {"sub": "4712"}],
    )
    def test_nor_one_of_another_issuer_an_old_one_or_about_another_person(
        self, client, db, provider, claims
    ):
        make_user("anna", email="anna@example.org")
        provider.token_claims = claims

        go_there_and_back(client)

        assert not is_in(client)
        assert not SocialAccount.objects.exists()

    def test_without_an_id_token_nobody_comes_in(self, client, db, provider):
        make_user("anna", email="anna@example.org")
        provider.broken = "no ID token"

        go_there_and_back(client)

        assert not is_in(client)

    @pytest.mark.parametrize("issuer", ["https://evil.example", "slash"])
    def test_nobody_is_sent_to_another_issuer(
        self, client, db, provider, caplog, issuer
    ):
        provider.issuer = f"{provider.base}/" if issuer == "slash" else issuer

        answer = client.get(LEAVE)

        assert answer.status_code == 502
        assert provider.issuer in caplog.text

    def test_nor_let_in_by_one_that_took_the_place_meanwhile(
        self, client, db, provider
    ):
        make_user("anna", email="anna@example.org")
        asked = client.get(LEAVE)
        state = parse_qs(urlsplit(asked["Location"]).query)["state"][0]
        provider.issuer = "https://evil.example"

        answer = client.get(f"{LEAVE}callback/", {"code": "c", "state": state})

        assert answer.status_code == 502
        assert not is_in(client)

    def test_the_settings_may_name_another_issuer(self, client, db, provider, settings):
        settings.OIDC_ISSUER = provider.issuer = f"{provider.base}/"
        assert client.get(LEAVE).status_code == 302


class TestWhatGoesWrong:
    @pytest.mark.parametrize(
        "answer",
        [{"state": "x"}, {"state": ""}, {"code": "", "error": "access_denied"}],
    )
    def test_garbled_answers(self, client, db, provider, answer):
        make_user("anna", email="anna@example.org")
        response = go_there_and_back(client, **answer)
        if response.status_code == 302:
            response = client.get(response["Location"])
        assert response.status_code in {200, 401}
        assert not is_in(client)

    def test_a_refused_code(self, client, db, provider):
        make_user("anna", email="anna@example.org")
        provider.broken = "token"

        response = go_there_and_back(client)

        assert response.status_code in {200, 401}
        assert not is_in(client)

    def test_what_is_no_configuration(self, client, db, provider):
        provider.broken = "configuration"
        assert client.get(LEAVE).status_code == 502

    def test_a_provider_that_is_down(self, client, db, provider, settings):
        apps = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]
        apps[0]["settings"]["server_url"] = "http://127.0.0.1:1"
        assert client.get(LEAVE).status_code == 502

    def test_another_provider(self, client, db, provider):
        assert client.get("/accounts/oidc/other/").status_code == 404

    def test_it_is_only_asked(self, client, db, provider):
        assert client.post(LEAVE).status_code == 405
