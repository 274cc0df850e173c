"""Staff sign in, are led to their work, and sign out again."""

import pytest

from tests.factories import (
    make_body,
    make_member,
    make_moderator,
    make_planner,
    make_user,
)
from tests.pages import text_of

LOGIN = "/accounts/login/"
START = "/accounts/start/"


def sign_in(client, name, **extra):
    return client.post(LOGIN, {"username": name, "password": name} | extra)


@pytest.mark.parametrize(
    ("make", "work"),
    [
        (lambda: make_moderator("anna"), "/moderation/"),
        (lambda: make_member(make_body(), "anna"), "/desk/"),
        (lambda: make_planner("anna"), "/desk/"),
        (lambda: make_user("anna", is_staff=True, is_superuser=False), "/admin/"),
        (lambda: make_user("anna"), "/"),
    ],
    ids=["moderator", "member", "planner", "staff", "nobody"],
)
def test_everyone_is_led_to_their_work(client, db, make, work):
    make_body("Stadtrat")
    make()

    assert sign_in(client, "anna")["Location"] == START
    assert client.get(START)["Location"] == work


def test_one_returns_to_the_page_that_asked(client, db):
    make_moderator("anna")

    asked = client.get("/moderation/")["Location"]
    response = client.post(asked, {"username": "anna", "password": "anna"})

    assert response["Location"] == "/moderation/"


@pytest.mark.parametrize(
    "target", ["https://evil.example", "//evil.example", "javascript:x"]
)
def test_but_never_to_another_site(client, db, target):
    make_moderator("anna")

    assert sign_in(client, "anna", next=target)["Location"] == START


@pytest.mark.parametrize(
    ("name", "password"),
    [("anna", "wrong"), ("nobody", "anna"), ("", ""), ("a\x00", "b")],
)
def test_a_wrong_password(client, db, name, password):
    make_moderator("anna")

    response = client.post(LOGIN, {"username": name, "password": password})

    assert response.status_code == 200
    errors = response.context["form"].errors
    assert errors
    for messages in errors.values():
        assert " ".join(messages[0].split()) in text_of(response)
    assert client.get("/moderation/").status_code == 302


def test_a_deactivated_account(client, db):
    make_user("anna", is_active=False)

    assert sign_in(client, "anna").status_code == 200
    assert client.get(START)["Location"].startswith(LOGIN)


def test_whoever_is_signed_in_is_led_on(client, db):
    client.force_login(make_moderator())

    assert client.get(LOGIN)["Location"] == START


def test_signing_out_takes_a_button_not_a_link(client, db):
    client.force_login(make_moderator())

    assert client.get("/accounts/logout/").status_code == 405
    assert client.get("/moderation/").status_code == 200
    assert client.post("/accounts/logout/")["Location"] == "/"
    assert client.get("/moderation/").status_code == 302


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_the_start_is_only_read(client, db, method):
    client.force_login(make_moderator())
    assert getattr(client, method)(START).status_code == 405


def test_one_has_to_sign_in_first(client, db):
    assert client.get(START)["Location"] == f"{LOGIN}?next={START}"


@pytest.mark.parametrize(
    ("make", "sees"),
    [
        (make_moderator, {"/moderation/"}),
        (make_planner, {"/desk/"}),
        (lambda: make_member(make_body()), {"/desk/"}),
        (make_user, set()),
        (None, set()),
    ],
    ids=["moderator", "planner", "member", "nobody", "anonymous"],
)
def test_the_menu_shows_ones_own_work(client, db, make, sees):
    make_body("Stadtrat")
    if make:
        client.force_login(make())

    html = client.get("/").content.decode()

    assert {
        path for path in ("/moderation/", "/desk/") if f'href="{path}"' in html
    } == sees
    assert ('action="/accounts/logout/"' in html) == (make is not None)


@pytest.mark.parametrize("key", ['"' + r"\000" * 9 + '"', "x' OR 1=1 --"])
def test_a_garbled_session_cookie_is_none(client, db, key):
    for path in ("/", "/nowhere", "/admin/login/"):
        response = client.get(path, headers={"Cookie": f"sessionid={key}"})
        assert response.status_code in {200, 302, 404}
