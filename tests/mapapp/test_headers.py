"""What each answer says to the browser: nothing foreign, nothing framed, nothing told."""

import pytest

from tests.factories import make_district, make_pin, make_sitting, make_theme

PAGES = [
    "/",
    "/en/",
    "/pins/new",
    "/pins/{}",
    "/districts/",
    "/sittings/",
    "/sittings/7/",
    "/accounts/login/",
    "/nowhere",
]


# Blocks of data, which no browser runs.
DATA = ["json", "ld+json"]


@pytest.fixture
def pin(db):
    district = make_district(16)
    make_theme()
    make_sitting(district.responsibility_set.get().body, id=7)
    return make_pin()


def directives(response):
    policy = response["Content-Security-Policy"]
    pairs = (rule.strip().partition(" ") for rule in policy.split(";"))
    return {name: value.split() for name, _, value in pairs}


@pytest.mark.parametrize("page", PAGES)
def test_only_this_sites_own_files(client, pin, page):
    rules = directives(client.get(page.format(pin.reference)))

    assert rules["default-src"] == ["'none'"]
    assert rules["script-src"] == rules["style-src"] == ["'self'"]
    assert rules["frame-ancestors"] == rules["object-src"] == ["'none'"]
    allowed = {source for sources in rules.values() for source in sources}
    assert allowed <= {"'none'", "'self'", "data:", "blob:"}


@pytest.mark.parametrize("page", PAGES)
def test_neither_framed_nor_guessed_nor_told(client, pin, page):
    response = client.get(page.format(pin.reference))

    assert response["X-Frame-Options"] == "DENY"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] in {"no-referrer", "same-origin"}
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"


@pytest.mark.parametrize("page", PAGES)
def test_no_inline_script_or_style_that_the_policy_would_stop(client, pin, page):
    html = client.get(page.format(pin.reference)).content.decode()

    assert "<style" not in html
    assert " style=" not in html
    assert "javascript:" not in html
    for part in html.split("<script")[1:]:
        tag = part.partition(">")[0]
        is_data = any(f'type="application/{kind}"' in tag for kind in DATA)
        assert " src=" in tag or is_data


def test_an_unknown_host_is_refused_with_a_page(client, pin, settings):
    settings.ALLOWED_HOSTS = ["mitmachen.example.de"]

    response = client.get("/", headers={"Host": "evil.example"})

    assert response.status_code == 400


def test_behind_https_the_browser_is_told_to_stay_there(client, pin, settings):
    settings.SECURE_HSTS_SECONDS = 31_536_000
    settings.SECURE_SSL_REDIRECT = True

    assert client.get("/").status_code == 301
    assert (
        "max-age=31536000" in client.get("/", secure=True)["Strict-Transport-Security"]
    )
