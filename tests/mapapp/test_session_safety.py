"""Sessions end where they should, and errors tell the log and nobody else."""

import logging
import re
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as site
from django.contrib.sessions.models import Session
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from mapapp.views import site as site_views
from pins.models import QueueEntry
from pins.workflow import Visibility
from tests.factories import (
    make_body,
    make_district,
    make_moderator,
    make_pin,
    make_user,
)
from trust.sessions import BEGAN, SessionStore

SIGN_IN = "/accounts/login/"
DESK = "/moderation/"


@pytest.fixture
def moderator(db: None) -> Any:
    return make_moderator("kim")


def key_of(client: Client) -> str:
    return client.cookies[site.SESSION_COOKIE_NAME].value


def test_keys_are_long_and_random(moderator: Any) -> None:
    keys = set()
    for _ in range(3):
        client = Client()
        client.force_login(moderator)
        keys.add(key_of(client))

    assert len(keys) == 3
    # 36 letters and digits: 5.2 bits each, and more than 160 together.
    assert all(re.fullmatch(r"[a-z0-9]{32}", key) for key in keys)


def test_signing_in_takes_another_key(client: Client, moderator: Any) -> None:
    """Who had put a key into the browser beforehand must not be signed in by it."""
    session = client.session
    session["seen"] = "yes"
    session.save()
    before = key_of(client)

    client.force_login(moderator)

    assert key_of(client) != before
    assert not Session.objects.filter(pk=before).exists()


def test_signing_out_ends_the_session_on_the_server(
    client: Client, moderator: Any
) -> None:
    client.force_login(moderator)
    kept = key_of(client)
    assert client.get(DESK).status_code == 200

    client.post("/accounts/logout/")
    client.cookies[site.SESSION_COOKIE_NAME] = kept

    assert client.get(DESK).status_code == 302


def test_a_session_ends_after_twelve_hours_whatever_happens(
    client: Client, moderator: Any
) -> None:
    client.force_login(moderator)
    session = Session.objects.get()
    assert session.expire_date - timezone.now() <= timedelta(hours=12)

    client.get(DESK)
    assert Session.objects.get().expire_date == session.expire_date
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))

    assert client.get(DESK).status_code == 302


def test_a_session_ends_when_idle(client: Client, moderator: Any) -> None:
    client.force_login(moderator)
    left = Session.objects.get().expire_date - timezone.now()
    assert left <= site.IDLE_TIME < timedelta(hours=12)
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))

    page = client.post(f"{DESK}comments/1/", {"reason": "Lang und breit getippt"})

    assert page.status_code == 401
    # What was typed is in the page, and sent again after signing in.
    assert "Lang und breit getippt" in page.content.decode()


def long_ago_but_not_too_long(began: timedelta = timedelta(hours=1)) -> Any:
    """Let the last request be half of the time ago that ends a session."""
    soon = timezone.now() + site.IDLE_TIME / 2
    store = SessionStore(Session.objects.get().session_key)
    store[BEGAN] = int((timezone.now() - began).timestamp())
    store.save()
    Session.objects.update(expire_date=soon)
    return soon


def test_whatever_is_asked_keeps_it_going(client: Client, moderator: Any) -> None:
    """Also what a page saves in the background: it asks as any other."""
    client.force_login(moderator)
    soon = long_ago_but_not_too_long()

    answer = client.get(DESK)

    row = Session.objects.get()
    assert row.expire_date - soon > site.IDLE_TIME / 3
    cookie = answer.cookies[site.SESSION_COOKIE_NAME]
    assert 0 < cookie["max-age"] <= site.IDLE_TIME.total_seconds()
    # A moment later nothing is written.
    client.get(DESK)
    assert Session.objects.get().expire_date == row.expire_date


def test_but_never_beyond_twelve_hours(client: Client, moderator: Any) -> None:
    client.force_login(moderator)
    long_ago_but_not_too_long(began=timedelta(hours=11))

    client.get(DESK)

    left = Session.objects.get().expire_date - timezone.now()
    assert timedelta(minutes=50) < left <= timedelta(hours=1)
    client.get(DESK)
    assert Session.objects.get().expire_date - timezone.now() <= left


def test_a_page_that_asks_by_itself_does_not(client: Client, moderator: Any) -> None:
    """A moderator's page renews its claim for as long as it is open."""
    make_district(16, body=make_body("Ortsbeirat West"))
    make_pin(visibility=Visibility.SUBMITTED)
    entry = QueueEntry.objects.get()
    client.force_login(moderator)
    soon = long_ago_but_not_too_long()

    answer = client.post(f"{DESK}entries/{entry.pk}/claim", {"act": "renew"})

    assert answer.json()["is_mine"]
    assert Session.objects.get().expire_date == soon


def test_a_session_of_before_this_was_noted_goes_on(
    client: Client, moderator: Any
) -> None:
    client.force_login(moderator)
    store = SessionStore(Session.objects.get().session_key)
    del store[BEGAN]
    store.save()
    Session.objects.update(expire_date=timezone.now() + timedelta(minutes=1))

    assert client.get(DESK).status_code == 200
    assert client.session[BEGAN]
    left = Session.objects.get().expire_date - timezone.now()
    assert left > timedelta(minutes=2)


def test_nobody_s_session_lasts_as_ever(db: None) -> None:
    store = SessionStore()
    store["seen"] = "yes"
    store.save()

    assert store.get_expiry_age() == site.SESSION_COOKIE_AGE
    left = Session.objects.get().expire_date - timezone.now()
    assert left > site.IDLE_TIME
    assert SessionStore("there-is-none").load() == {}


def test_a_deactivated_account_is_out_at_once(client: Client, moderator: Any) -> None:
    client.force_login(moderator)
    assert client.get(DESK).status_code == 200
    moderator.is_active = False
    moderator.save()

    assert client.get(DESK).status_code == 302


def test_another_password_ends_all_other_sessions(
    client: Client, moderator: Any
) -> None:
    client.force_login(moderator)
    assert client.get(DESK).status_code == 200
    moderator.set_password("Ganz anders als bisher")
    moderator.save()

    assert client.get(DESK).status_code == 302


def test_passwords_are_hashed_by_argon2(db: None, settings: Any) -> None:
    settings.PASSWORD_HASHERS = HASHERS

    assert make_user("lou").password.startswith("argon2$argon2id$")


# Before the tests put a quick one in their place.
HASHERS = list(site.PASSWORD_HASHERS)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    [
        *("/.git/config", "/.env", "/manage.py", "/static/", "/static/js/", "/media/"),
        *("/static/../manage.py", "/static/%2e%2e/manage.py", "/static/..%2fmanage.py"),
    ],
)
def test_no_file_of_the_checkout_is_served(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_trace_is_not_answered(client: Client, db: None) -> None:
    for path in ("/", "/pins/new", "/exports/pins.geojson", SIGN_IN):
        response = client.trace(path, headers={"X-Secret": "geheim"})

        assert response.status_code == 405, path
        assert b"geheim" not in response.content


def test_who_is_refused_stands_in_the_log(
    client: Client, db: None, caplog: pytest.LogCaptureFixture
) -> None:
    client.force_login(make_user("lou"))

    with caplog.at_level(logging.WARNING, "django.request"):
        assert client.get(DESK).status_code == 403

    assert "Forbidden" in caplog.text
    assert DESK in caplog.text


def test_an_error_tells_the_log_and_not_the_visitor(
    db: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_request: WSGIRequest, *_more: Any, **_named: Any) -> HttpResponse:
        raise RuntimeError("the password is geheim")

    monkeypatch.setattr(site_views, "static", fail)
    client = Client(raise_request_exception=False)

    response = client.get("/favicon.ico")

    assert response.status_code == 500
    assert b"<h1>" in response.content
    for secret in (b"geheim", b"Traceback", b"RuntimeError", b"site.py"):
        assert secret not in response.content
    assert "the password is geheim" in caplog.text
    assert "frame-ancestors 'none'" in response["Content-Security-Policy"]
