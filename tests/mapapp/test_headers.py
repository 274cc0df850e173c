"""What each answer says to the browser: nothing foreign, nothing framed, nothing told."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from mapapp import headers
from pins.own_link import hash_token
from tests.factories import make_user
from tests.mapapp.test_public_side import DATA, PUBLIC, city

__all__ = ["city"]

# Behind HTTPS, as where it is served; the certificate is the proxy's.
HTTPS = {
    "HTTPS": True,
    "COOKIE_PREFIX": "__Host-",
    "SESSION_COOKIE_NAME": "__Host-sessionid",
    "CSRF_COOKIE_NAME": "__Host-csrftoken",
    "SESSION_COOKIE_SECURE": True,
    "CSRF_COOKIE_SECURE": True,
    "SECURE_SSL_REDIRECT": True,
    "SECURE_HSTS_SECONDS": 31_536_000,
    "SECURE_HSTS_INCLUDE_SUBDOMAINS": True,
}
# Pages that are framed, not shown, or made by others; each with a test of its own below.
ELSEWHERE = [
    *("/static/css/base.css", "/static/js/csrf.js", "/static/nowhere.css"),
    *("/admin/", "/admin/login/", "/admin/pins/pin/", "/admin/nowhere/"),
    *("/cms/", "/cms/pages/", "/cms/nowhere/"),
    *(
        "/nowhere",
        "/exports/nowhere.zzz",
        "/photos/nowhere.jpg",
        "/tiles/pins/99/0/0.pbf",
    ),
]
TOGETHER = 40
NAMES = sorted(PUBLIC)
FRAMED = "/embed/"
# Blocks of data, which no browser runs.
DATA_BLOCKS = ["json", "ld+json"]


@pytest.fixture
def https(settings: Settings) -> None:
    for name, value in HTTPS.items():
        setattr(settings, name, value)


@pytest.fixture
def everything(db: None) -> User:
    return make_user("alles", is_staff=True, is_superuser=True)


def directives(response: HttpResponse) -> dict[str, list[str]]:
    pairs = (
        rule.strip().partition(" ")
        for rule in response["Content-Security-Policy"].split(";")
    )
    return {name: value.split() for name, _, value in pairs}


def answers(names: list[str], reference: str, *visitors: Client) -> Any:
    """Yield each address with what each visitor is answered, by HTTPS."""
    addresses = [a.format(reference) for name in names for a in PUBLIC[name]]
    for address in addresses or ELSEWHERE:
        for visitor in visitors:
            response = visitor.get(address, secure=True)
            response.getvalue()
            yield address, response


@pytest.mark.parametrize("start", [*range(0, len(NAMES), TOGETHER), None])
def test_every_answer_is_guarded(
    client: Client, city: Any, everything: User, https: None, start: int | None
) -> None:
    staff = Client()
    staff.force_login(everything)
    names = [] if start is None else NAMES[start : start + TOGETHER]

    for address, response in answers(names, city.reference, client, staff):
        assert "includeSubDomains" in response["Strict-Transport-Security"], address
        assert "max-age=31536000" in response["Strict-Transport-Security"], address
        assert response["X-Content-Type-Options"] == "nosniff", address
        assert response["Referrer-Policy"] == "same-origin", address
        assert response["Cross-Origin-Opener-Policy"] == "same-origin", address
        assert response["Permissions-Policy"] == headers.POWERS, address
        assert "geolocation=(self)" in response["Permissions-Policy"]
        check_policy(address, response)
        check_who_may_read(address, response)


def check_policy(address: str, response: HttpResponse) -> None:
    """Check what may run; no word of it begins with `unsafe` on any page of ours."""
    rules = directives(response)
    is_cms, is_framed = address.startswith("/cms/"), address.startswith(FRAMED)
    is_framed = is_framed and response.status_code == 200
    assert rules["default-src"] == ["'none'"], address
    ancestors = ["'self'"] if is_cms else ["*"] if is_framed else ["'none'"]
    assert rules["frame-ancestors"] == ancestors, address
    if "sandbox" in rules:
        assert rules["sandbox"] == [], address
        assert response["Content-Type"] in {"application/pdf", "image/jpeg"}, address
    else:
        assert rules["object-src"] == rules["base-uri"] == ["'none'"], address
        assert rules["script-src"] == ["'self'"], address
    is_picture = response.get("Content-Type") == "image/jpeg"
    if not (is_cms or is_picture):
        assert "unsafe" not in response["Content-Security-Policy"], address
    allowed = {source for sources in rules.values() for source in sources}
    allowed -= {"*"} if is_framed else set()
    assert allowed <= {"'none'", "'self'", "data:", "blob:", "'unsafe-inline'"}, address


def check_who_may_read(address: str, response: HttpResponse) -> None:
    """Check that other sites read what is the same for everyone, and no cache the rest."""
    assert "Access-Control-Allow-Credentials" not in response, address
    is_open = response.get("Access-Control-Allow-Origin") is not None
    caching = response.get("Cache-Control", "")
    if is_open:
        assert response["Access-Control-Allow-Origin"] == "*", address
        assert not headers.STAFF.match(address), address
    if headers.STAFF.match(address):
        assert re.search(r"no-store|private", caching), address
    owner = (
        "cross-origin"
        if is_open or "frame-ancestors *" in str(response["Content-Security-Policy"])
        else "same-origin"
    )
    assert response["Cross-Origin-Resource-Policy"] == owner, address


def test_only_data_is_for_other_sites(client: Client, city: Any) -> None:
    shared = set()
    for name in NAMES:
        response = client.get(PUBLIC[name][0].format(city.reference))
        response.getvalue()
        if "Access-Control-Allow-Origin" in response:
            shared.add(name)

    pages = {"numbers-map", "places", "district-at", "robots", "theme-css", "catalog"}
    assert len(shared) > 40
    assert shared <= {
        *DATA,
        *pages,
        "map-districts",
        "measures-geojson",
        "open311:base",
    }


def test_a_page_for_one_person_is_kept_by_nobody(
    client: Client, city: Any, everything: User
) -> None:
    city.token_hash = hash_token("0" * 64)
    city.save()
    own = client.get(reverse("pins:own", args=[city.reference, "0" * 64]))
    signed_in = Client()
    signed_in.force_login(everything)

    assert own.status_code == 200
    assert "no-store" in own["Cache-Control"]
    assert signed_in.get("/about/imprint/")["Cache-Control"] == "no-cache, private"
    assert signed_in.get("/desk/nowhere/")["Cache-Control"] == "no-store, private"
    assert "Cache-Control" not in client.get("/about/imprint/")


def test_a_draft_of_an_event_is_kept_by_no_cache(
    client: Client, city: Any, everything: User
) -> None:
    def caching(address: str) -> str:
        response = client.get(address)
        response.getvalue()
        return response["Cache-Control"]

    shown, draft = PUBLIC["insek:event-document"]
    assert caching(shown) == "public, no-cache"
    client.force_login(everything)

    assert caching(shown) == "public, no-cache"
    assert caching(draft) == "private, no-cache"


def test_each_cookie_belongs_to_this_host_alone(
    client: Client, city: Any, https: None
) -> None:
    """V3.3 of the ASVS: __Host-, which a browser takes with Secure and Path=/ alone."""
    make_user("kim")
    client.get("/accounts/login/", secure=True)
    client.post("/accounts/login/", {"username": "kim", "password": "kim"}, secure=True)
    client.post(f"/pins/{city.reference}/support", {"action": "support"}, secure=True)

    assert {"__Host-csrftoken", "__Host-supporter"} <= set(client.cookies)
    for name, cookie in client.cookies.items():
        assert name.startswith("__Host-"), name
        assert cookie["secure"], name
        assert cookie["path"] == "/", name
        assert cookie["domain"] == "", name
        assert cookie["samesite"] == "Lax", name
        # Scripts that send a form again read that one, and no other.
        assert cookie["httponly"] or name == "__Host-csrftoken", name


def test_no_inline_script_or_style_that_the_policy_would_stop(
    client: Client, city: Any
) -> None:
    for name in NAMES:
        response = client.get(PUBLIC[name][0].format(city.reference))
        response.getvalue()
        is_page = response.get("Content-Type", "").startswith("text/html")
        if not is_page or "Content-Disposition" in response:
            continue
        html = response.content.decode()
        assert "<style" not in html, name
        assert " style=" not in html.replace("style=&quot;", ""), name
        assert "javascript:" not in html, name
        for part in html.split("<script")[1:]:
            tag = part.partition(">")[0]
            is_data = any(f'type="application/{kind}"' in tag for kind in DATA_BLOCKS)
            assert " src=" in tag or is_data, name


def test_an_unknown_host_is_refused_with_a_page(
    client: Client, city: Any, settings: Settings
) -> None:
    settings.ALLOWED_HOSTS = ["mitmachen.example.de"]

    response = client.get("/", headers={"Host": "evil.example"})

    assert response.status_code == 400
    assert b"evil.example" not in response.content


def test_behind_https_the_browser_is_told_to_stay_there(
    client: Client, city: Any, https: None
) -> None:
    response = client.get("/")

    assert response.status_code == 301
    assert response["Location"].startswith("https://")
