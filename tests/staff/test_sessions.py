"""Where somebody is signed in, and how that ends."""

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client

from staff.sessions import browser_family, end_sessions
from tests.factories import make_user
from tests.pages import text_of
from tests.staff.accounts import LOGIN, enter

LIST = "/accounts/sessions/"
END = "/accounts/sessions/end"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"


@pytest.fixture
def two(db):
    """Two browsers of one account."""
    make_user("anna")
    here, there = Client(), Client(HTTP_USER_AGENT=FIREFOX)
    enter(here, "anna")
    enter(there, "anna")
    return here, there


def is_in(client):
    return client.get(LIST).status_code == 200


def other_session(here, there):
    return UserSession.objects.get(session_key=there.session.session_key)


def test_all_are_listed(two):
    here, _there = two
    page = here.get(LIST)

    assert len(page.context["sessions"]) == 2
    assert "Firefox, Linux" in text_of(page)


def test_neither_address_nor_version_is_kept(two):
    for session in UserSession.objects.all():
        assert session.ip == "::"
        assert session.user_agent in {"", "Firefox, Linux"}


def test_one_ends_at_once(two):
    here, there = two

    response = here.post(END, {"session": other_session(here, there).pk})

    assert response["Location"] == LIST
    assert is_in(here)
    assert not is_in(there)


def test_the_present_one_ends_too(two):
    here, there = two

    response = there.post(END, {"session": other_session(here, there).pk})

    assert response["Location"] == LOGIN
    assert not is_in(there)


def test_all_others(two):
    here, there = two

    here.post(END, {"session": "others"})

    assert is_in(here)
    assert not is_in(there)


def test_twice_is_once(two):
    here, there = two
    number = other_session(here, there).pk
    for _time in range(2):
        response = here.post(END, {"session": number})
        assert response.status_code == 302
    assert is_in(here)


@pytest.mark.parametrize("value", ["", "x", "-1", "0", "9" * 40, "\uff11", "\x00"])
def test_garbage(two, value):
    here, there = two

    assert here.post(END, {"session": value})["Location"] == LIST
    assert is_in(here)
    assert is_in(there)


def test_nobody_ends_those_of_others(two):
    here, there = two
    make_user("kim")
    stranger = Client()
    enter(stranger, "kim")

    stranger.post(END, {"session": other_session(here, there).pk})

    assert is_in(there)


def test_it_takes_a_button(two):
    here, _there = two
    assert here.get(END).status_code == 405
    assert here.post(LIST).status_code == 405
    assert Client().post(END, {"session": "others"})["Location"].startswith(LOGIN)


def test_a_deactivated_account_is_out_at_once_and_stays_out(two):
    here, there = two
    user = UserSession.objects.first().user
    user.is_active = False
    user.save()
    assert not is_in(here)

    assert end_sessions(user) == 1 + is_in(there) + 1
    user.is_active = True
    user.save()
    assert not is_in(there)


@pytest.mark.parametrize(
    ("agent", "family"),
    [
        (FIREFOX, "Firefox, Linux"),
        (
            "Mozilla/5.0 (Windows NT 10.0) Chrome/120 Safari/537 Edg/120",
            "Edge, Windows",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU like Mac OS X) Version/17 Safari/604",
            "Safari, iOS",
        ),
        ("Mozilla/5.0 (Linux; Android 14) Chrome/120 Mobile Safari", "Chrome, Android"),
        ("curl/8.0", ""),
        ("", ""),
    ],
)
def test_families_of_browsers(agent, family):
    assert browser_family(agent) == family
