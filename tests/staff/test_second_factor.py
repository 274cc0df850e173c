"""Nobody works with a password alone, whichever way they come in."""

import json

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from staff.second_factor import (
    LAST_COUNTER,
    find_counter,
    has_one,
    seal,
    unseal,
    use_code,
)
from tests.factories import make_moderator, make_user
from tests.pages import fields_of, text_of
from tests.staff.accounts import (
    ACCOUNT,
    APP,
    CODE,
    LOGIN,
    SECRET,
    SET_UP,
    code_of,
    enter,
    enter_with_code,
    give_app,
    make_manager,
    make_protected,
    wrong_code,
)
from trust.models import AuditEntry


@pytest.fixture
def compulsory(settings):
    settings.SECOND_FACTOR = True


@pytest.fixture(autouse=True)
def committed_at_once(monkeypatch):
    """Let what follows a commit follow in the transaction of a test, too."""
    monkeypatch.setattr(transaction, "on_commit", lambda follow: follow())


def secret_on_page(response):
    """Return what the page shows for typing into an app."""
    return response.context["form"].secret


def set_up_app(client):
    secret = secret_on_page(client.get(APP))
    response = client.post(APP, {"code": code_of(secret)})
    return secret, response


class TestCompulsory:
    @pytest.mark.parametrize(
        "path",
        [
            "/",
            "/moderation/",
            "/desk/",
            "/planning/concept/",
            "/operation/accounts/",
            "/operation/webhooks/",
            "/admin/",
            "/admin/auth/user/",
            "/cms/",
            "/accounts/",
            "/accounts/start/",
            "/accounts/sessions/",
            "/accounts/password/",
            "/accounts/second-factor/codes/",
            "/en/moderation/",
            "/exports/pins.geojson",
            "/nowhere",
        ],
    )
    def test_a_password_alone_leads_to_one_page(self, client, db, compulsory, path):
        make_manager("anna")
        enter(client, "anna")

        assert client.get(path)["Location"].endswith(SET_UP)

    @pytest.mark.parametrize("method", ["post", "put", "delete"])
    def test_and_nothing_can_be_sent(self, client, db, compulsory, method):
        make_manager("anna")
        enter(client, "anna")

        response = getattr(client, method)("/moderation/KL-1/", {})

        assert response.status_code == 403
        assert "zweite" in text_of(response).lower() or "second" in text_of(response)

    def test_a_session_of_any_origin_is_stopped(self, client, db, compulsory):
        client.force_login(make_manager("anna"))

        assert client.get("/admin/")["Location"] == SET_UP

    def test_what_serves_to_set_it_up_is_open(self, client, db, compulsory):
        make_user("anna")
        enter(client, "anna")

        for path in (SET_UP, APP, "/accounts/second-factor/passkeys/add/"):
            assert client.get(path).status_code == 200, path
        for path in ("/healthz", "/themes.css", "/manifest.webmanifest"):
            assert client.get(path).status_code == 200, path
        assert client.post("/accounts/logout/")["Location"] == "/"

    def test_once_set_up_all_is_open(self, client, db, compulsory):
        make_moderator("anna")
        enter(client, "anna")

        _secret, response = set_up_app(client)

        assert response["Location"] == "/accounts/second-factor/codes/"
        assert client.get("/moderation/").status_code == 200
        assert len(client.get(response["Location"]).context["unused_codes"]) == 10

    def test_setting_it_up_ends_other_sessions(self, client, db, compulsory):
        """Whoever knew the password alone may have been somebody else."""
        make_moderator("anna")
        stranger = Client()
        enter(stranger, "anna")
        enter(client, "anna")

        set_up_app(client)

        assert stranger.get("/moderation/")["Location"].startswith(LOGIN)

    def test_a_session_that_has_not_shown_it_begins_anew(self, client, db, compulsory):
        user = make_moderator("anna")
        enter(client, "anna")
        give_app(user)

        assert client.get("/moderation/")["Location"] == LOGIN
        assert client.get("/moderation/")["Location"].startswith(LOGIN)

    def test_nor_may_it_add_another(self, client, db, compulsory):
        user = make_moderator("anna")
        enter(client, "anna")
        give_app(user)

        assert client.get("/accounts/second-factor/passkeys/add/")["Location"] == LOGIN

    def test_steps_of_somebody_else_count_for_nobody(self, client, db, compulsory):
        user = make_protected("kim")
        enter(client, "kim")
        client.post(CODE, {"code": code_of()})
        session = client.session
        session["account_authentication_methods_user"] = str(user.pk + 1)
        session.save()

        assert client.get("/")["Location"].startswith(LOGIN)

    def test_who_is_not_signed_in_notices_nothing(self, client, db, compulsory):
        assert client.get("/").status_code == 200
        assert client.get(LOGIN).status_code == 200
        assert client.get("/moderation/")["Location"].startswith(LOGIN)

    def test_asking_costs_no_query(self, client, db, settings, known_site):
        enter_with_code(client, make_protected("anna"))
        # What each process asks once is no matter of the settings.
        client.get("/about/terms/")
        counts = []
        for settings.SECOND_FACTOR in (False, True):
            with CaptureQueriesContext(connection) as asked:
                assert client.get("/about/terms/").status_code == 200
            counts.append(len(asked))

        assert counts[0] == counts[1]


class TestVoluntary:
    def test_a_password_is_enough_where_the_settings_say_so(self, client, db):
        make_moderator("anna")
        enter(client, "anna")

        assert client.get("/moderation/").status_code == 200

    def test_but_whoever_has_one_is_asked(self, client, db):
        make_protected("anna")

        assert enter(client, "anna")["Location"] == CODE
        assert client.get("/accounts/")["Location"].startswith(LOGIN)


class TestSideDoors:
    """Every way in leads to the same one."""

    @pytest.mark.parametrize(
        ("door", "room"),
        [
            ("/admin/login/?next=/admin/auth/", "/admin/auth/"),
            ("/cms/login/", "/cms/"),
        ],
    )
    def test_other_doors_lead_to_the_one(self, client, db, compulsory, door, room):
        response = client.get(door)

        assert response["Location"] == f"{LOGIN}?next={room}"

    def test_the_admin_takes_no_password(self, client, db, compulsory):
        make_manager("anna")

        sent = {"username": "anna", "password": "anna", "next": "/admin/"}
        response = client.post("/admin/login/", sent)

        assert response.status_code in {302, 401}
        assert not Session.objects.exists()

    def test_nor_does_it_change_one(self, client, db):
        client.force_login(make_manager("anna"))

        response = client.post("/admin/password_change/", {"new_password1": "x"})

        assert response.status_code == 302
        assert response["Location"] == "/accounts/password/"

    @pytest.mark.parametrize(
        "path",
        [
            "/accounts/signup/passkey/",
            "/accounts/login/code/",
            "/accounts/email/",
            "/accounts/second-factor/trust/",
            "/accounts/oidc/city/",
            "/accounts/oidc/city/callback/",
            "/accounts/social/signup/",
            "/cms/password_reset/",
        ],
    )
    def test_ways_that_do_not_exist(self, client, db, path):
        assert client.get(path).status_code in {404, 302}
        if client.get(path).status_code == 302:
            assert client.get(path)["Location"].startswith(LOGIN)

    def test_nobody_signs_up(self, client, db):
        for method in (client.get, client.post):
            response = method("/accounts/signup/", {"username": "x", "password1": "y"})
            assert response.status_code in {200, 405}
        assert "Einladung" in text_of(
            client.get("/accounts/signup/")
        ) or "invitation" in (text_of(client.get("/accounts/signup/")))

    def test_an_ended_account_does_not_come_in_by_its_app(self, client, db):
        user = make_protected("anna")
        enter(client, "anna")
        user.is_active = False
        user.save()

        client.post(CODE, {"code": code_of()})

        assert client.get(ACCOUNT)["Location"].startswith(LOGIN)


class TestCodes:
    def test_a_code_lets_in_once(self, client, db):
        make_protected("anna")
        code = code_of()
        enter(client, "anna")
        assert client.post(CODE, {"code": code})["Location"] == "/accounts/start/"
        client.post("/accounts/logout/")

        enter(client, "anna")
        again = client.post(CODE, {"code": code})

        assert again.status_code == 200
        assert again.context["form"].errors
        assert client.get(ACCOUNT)["Location"].startswith(LOGIN)

    def test_an_older_code_does_not_come_after_a_newer_one(self, db):
        user = make_protected("anna")

        assert use_code(user, code_of())
        assert use_code(user, code_of(steps=-1)) is None
        assert use_code(user, code_of(steps=1))

    @pytest.mark.parametrize("steps", [-1, 1])
    def test_a_clock_may_be_wrong_by_half_a_minute(self, db, steps):
        assert use_code(make_protected("anna"), code_of(steps=steps))

    @pytest.mark.parametrize("steps", [-4, 4])
    def test_but_not_by_minutes(self, db, steps):
        assert use_code(make_protected("anna"), code_of(steps=steps)) is None

    @pytest.mark.parametrize(
        "code",
        [
            "",
            "abc",
            "1" * 40,
            "\x00",
            "\uff11\uff12\uff13\uff14\uff15\uff16",
            "-1",
            "é",
        ],
    )
    def test_garbage(self, client, db, code):
        make_protected("anna")
        enter(client, "anna")

        response = client.post(CODE, {"code": code})

        assert response.status_code == 200
        assert response.context["form"].errors["code"]

    def test_a_wrong_one(self, client, db):
        make_protected("anna")
        enter(client, "anna")

        response = client.post(CODE, {"code": wrong_code()})

        assert response.status_code == 200
        assert response.context["form"].errors["code"]

    def test_blanks_between_the_digits(self, db):
        code = code_of()
        assert use_code(make_protected("anna"), f"{code[:3]} {code[3:]}")

    def test_a_code_alone_is_nothing(self, client, db):
        make_protected("anna")

        response = client.post(CODE, {"code": code_of()})

        assert response["Location"] == LOGIN

    def test_one_returns_to_the_page_that_asked(self, client, db):
        give_app(make_moderator("anna"))
        enter(client, "anna", next="/moderation/")

        assert client.post(CODE, {"code": code_of()})["Location"] == "/moderation/"

    def test_somebody_else_can_sign_in_instead(self, client, db):
        make_protected("anna")
        enter(client, "anna")

        response = client.post("/accounts/logout/", {"next": LOGIN})

        assert response["Location"] == LOGIN
        assert client.get(LOGIN).status_code == 200


class TestRecoveryCodes:
    def codes(self, client):
        page = client.get("/accounts/second-factor/codes/")
        return page.context["unused_codes"]

    def test_each_lets_in_once(self, client, db, compulsory):
        make_moderator("anna")
        enter(client, "anna")
        set_up_app(client)
        first, second, *_others = self.codes(client)

        for code, is_let_in in ((first, True), (first, False), (second, True)):
            client.post("/accounts/logout/")
            enter(client, "anna")
            client.post(CODE, {"code": code})
            found = client.get("/moderation/").status_code == 200
            assert found is is_let_in, code

    def test_as_a_file(self, client, db):
        make_user("anna")
        enter(client, "anna")
        set_up_app(client)

        response = client.get("/accounts/second-factor/codes/file/")

        assert response["Content-Type"].startswith("text/plain")
        assert self.codes(client)[0] in response.content.decode()

    def test_new_ones_end_the_old(self, client, db):
        make_user("anna")
        enter(client, "anna")
        set_up_app(client)
        old = self.codes(client)

        client.post("/accounts/second-factor/codes/new/")

        assert not set(old) & set(self.codes(client))
        assert AuditEntry.objects.filter(action="make recovery codes").exists()

    def test_none_without_a_factor(self, client, db):
        make_user("anna")
        enter(client, "anna")

        assert client.get("/accounts/second-factor/codes/").status_code == 404
        assert client.get("/accounts/second-factor/codes/new/").status_code == 200
        assert client.post("/accounts/second-factor/codes/new/").status_code == 200
        assert not Authenticator.objects.exists()


class TestSettingUp:
    def test_a_wrong_code_keeps_the_key(self, client, db):
        make_user("anna")
        enter(client, "anna")
        secret = secret_on_page(client.get(APP))

        response = client.post(APP, {"code": wrong_code(secret)})

        assert response.status_code == 200
        assert secret_on_page(response) == secret
        assert not Authenticator.objects.exists()

    def test_its_first_code_works_no_second_time(self, client, db):
        make_user("anna")
        enter(client, "anna")
        # Read once: half a minute later the app shows another one.
        code = code_of(secret_on_page(client.get(APP)))
        assert client.post(APP, {"code": code}).status_code == 302
        client.post("/accounts/logout/")

        enter(client, "anna")
        client.post(CODE, {"code": code})

        assert client.get(ACCOUNT)["Location"].startswith(LOGIN)

    def test_the_database_has_no_secret_in_the_clear(self, client, db):
        make_user("anna")
        enter(client, "anna")
        secret, _response = set_up_app(client)

        assert secret not in json.dumps(
            list(Authenticator.objects.values_list("data")), default=str
        )

    def test_a_secret_outlives_the_key_of_the_site(self, settings):
        sealed = seal("geheim")
        settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
        settings.SECRET_KEY = "another one of more than fifty characters, by all means"

        assert unseal(sealed) == "geheim"

    def test_there_is_one_app(self, client, db):
        user = make_user("anna")
        enter(client, "anna")
        set_up_app(client)

        assert client.get(APP)["Location"] == "/accounts/second-factor/app/remove/"
        assert client.get(SET_UP)["Location"] == ACCOUNT
        assert has_one(user)

    def test_the_last_factor_stays_where_one_is_compulsory(
        self, client, db, compulsory
    ):
        make_user("anna")
        enter(client, "anna")
        set_up_app(client)

        response = client.post("/accounts/second-factor/app/remove/")

        assert response.context["form"].errors
        assert Authenticator.objects.filter(type="totp").exists()

    def test_elsewhere_it_can_go(self, client, db):
        make_user("anna")
        enter(client, "anna")
        set_up_app(client)

        response = client.post("/accounts/second-factor/app/remove/")

        assert response["Location"] == ACCOUNT
        assert not Authenticator.objects.exists()
        assert AuditEntry.objects.filter(action="remove second factor").count() == 2

    def test_long_after_signing_in_the_password_is_asked_for(self, client, db):
        make_user("anna")
        enter(client, "anna")
        session = client.session
        for step in session["account_authentication_methods"]:
            step["at"] -= 3600
        session.save()
        again = f"/accounts/again/?next={APP.replace('/', '%2F')}"
        assert client.get(APP)["Location"] == again

        wrong = client.post(again, {"password": "x", "next": APP})
        assert wrong.status_code == 200
        assert wrong.context["form"].errors["password"]

        assert client.post(again, {"password": "anna", "next": APP})["Location"] == APP
        assert client.get(APP).status_code == 200

    def test_or_a_code(self, client, db):
        user = make_protected("anna")
        client.force_login(user)
        codes = "/accounts/second-factor/codes/new/"
        again = "/accounts/second-factor/again/"
        assert "/accounts/again/" in client.get(codes)["Location"]

        assert client.post(again, {"code": "1", "next": codes}).context["form"].errors
        response = client.post(again, {"code": code_of(), "next": codes})

        assert response["Location"] == codes
        assert client.get(codes).status_code == 200

    def test_the_account_shows_what_there_is(self, client, db):
        make_user("anna")
        enter(client, "anna")
        assert client.get(ACCOUNT).context["has_factor"] is False

        set_up_app(client)

        page = client.get(ACCOUNT)
        assert page.context["app"] is not None
        assert page.context["codes_left"] == 10

    def test_the_list_of_passkeys_is_there(self, client, db):
        client.force_login(make_user("anna"))
        response = client.get("/accounts/second-factor/passkeys/")
        assert response["Location"] == ACCOUNT

    def test_the_start_of_a_form_is_kept_in_the_session_alone(self, client, db):
        make_user("anna")
        enter(client, "anna")

        assert SECRET not in fields_of(client.get(APP)).values()

    def test_counters(self):
        assert find_counter(SECRET, "000000x") is None
        counter = find_counter(SECRET, code_of())
        assert counter is not None
        assert LAST_COUNTER
