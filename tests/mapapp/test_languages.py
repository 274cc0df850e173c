"""German at /, English at /en/, whatever the browser prefers; each page links the other."""

from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from django.urls import reverse

from districts.models import Body
from pins.own_link import hash_token, make_token
from tests.factories import (
    make_body,
    make_district,
    make_goal,
    make_measure,
    make_member,
    make_moderator,
    make_pin,
    make_sitting,
    make_theme,
)
from tests.pages import links_of, text_of

TOKEN = make_token(uuid4())
PAGES = [
    "/",
    "/?theme=mobility&q=Weg",
    "/pins/new",
    "/pins/{reference}",
    "/pins/{reference}/edit/{token}",
    "/districts/",
    "/districts/hohenecken/",
    "/follow/",
    "/follow/?pin={reference}",
    "/follow/sent",
    "/sittings/",
    "/sittings/7/",
    "/exports/",
    "/insek/goals/",
    "/insek/goals/2.1/",
    "/insek/fields/feld-2/",
    "/insek/measures/",
    "/insek/measures/m-1/",
    "/insek/phases/",
    "/insek/events/",
    "/insek/numbers/",
    "/about/privacy/",
    "/about/imprint/",
    "/about/accessibility/",
    "/accounts/login/",
]
STAFF_PAGES = [
    "/moderation/",
    "/moderation/{reference}/",
    "/desk/ortsbeirat-hohenecken/",
    "/desk/ortsbeirat-hohenecken/{reference}/",
    "/desk/ortsbeirat-hohenecken/{reference}/hand-over",
    "/desk/ortsbeirat-hohenecken/{reference}/merge",
    "/desk/ortsbeirat-hohenecken/templates/",
    "/desk/ortsbeirat-hohenecken/templates/new",
    "/desk/ortsbeirat-hohenecken/files/",
]


@pytest.fixture
def pin(db):
    make_district(16, name="Hohenecken", body=make_body("Ortsbeirat Hohenecken"))
    make_theme("mobility", title_de="Mobilität", title_en="Mobility")
    make_sitting(Body.objects.get(), id=7)
    make_measure("M 1", make_goal("2.1"))
    return make_pin(token_hash=hash_token(TOKEN), title="Ein Titel, deutsch")


def address(page, pin, prefix=""):
    return prefix + page.format(reference=pin.reference, token=TOKEN)


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(("prefix", "language"), [("", "de"), ("/en", "en")])
def test_the_address_decides_and_not_the_browser(client, pin, page, prefix, language):
    for accepted in ("de", "en-GB,en;q=0.9", "tlh", ""):
        response = client.get(
            address(page, pin, prefix), headers={"Accept-Language": accepted}
        )

        assert response.status_code == 200, accepted
        assert f'<html lang="{language}"' in response.content.decode(), accepted
        assert response["Content-Language"] == language, accepted


@pytest.mark.parametrize("page", PAGES)
def test_each_page_links_itself_in_both_languages(client, pin, page):
    german, english = address(page, pin), address(page, pin, "/en")

    for url in (german, english):
        found = {
            link["hreflang"]: link["href"]
            for link in links_of(client.get(url))
            if link.get("rel") == "alternate" and "hreflang" in link
        }
        assert found == {
            "de": f"http://testserver{german}",
            "en": f"http://testserver{english}",
        }


@pytest.mark.parametrize("page", STAFF_PAGES)
@pytest.mark.parametrize(("prefix", "language"), [("", "de"), ("/en", "en")])
def test_staff_pages_too(client, pin, page, prefix, language):
    user = make_member(pin.district.responsibility_set.get().body)
    user.user_permissions.set(make_moderator().user_permissions.all())
    client.force_login(user)

    response = client.get(address(page, pin, prefix))

    assert response.status_code == 200
    assert f'<html lang="{language}"' in response.content.decode()


def test_names_of_themes_follow_words_of_people_do_not(client, pin):
    german = text_of(client.get(f"/pins/{pin.reference}"))
    english = text_of(client.get(f"/en/pins/{pin.reference}"))

    assert "Mobilität" in german
    assert "Mobility" in english
    assert pin.title in german
    assert pin.title in english


@pytest.mark.parametrize("page", PAGES)
def test_an_english_page_leads_on_in_english(client, pin, page):
    response = client.get(address(page, pin, "/en"))

    inner = {
        link["href"]
        for link in links_of(response)
        if link.get("href", "").startswith("/") and link.get("hreflang") != "de"
    }
    # Files, data and the admin have one address for both.
    neutral = (
        "/static/",
        "/themes.css",
        "/manifest.webmanifest",
        "/exports/pins.",
        "/catalog.",
        "/ogc/v1",
        "/oparl/v1/",
        "/open311/",
        "/tiles/",
        "/insek/numbers/map.html",
        "/insek/events.ics",
        "/insek/measures.geojson",
        "/sittings/calendar.ics",
        "/sittings/7.ics",
        "/feeds/",
        "/documents/",
        "/pictures/",
        "/cms/",
        "webcal:",
        "/map/",
        "/embed/",
        "/admin/",
    )
    german = {
        href
        for href in inner
        if not href.startswith(("/en/", *neutral))
        and "/pins." not in href
        and not urlsplit(href).path.endswith((".geojson", ".csv"))
    }
    assert german == set()


@pytest.mark.parametrize(
    ("path", "language"), [("/nowhere", "de"), ("/en/nowhere", "en")]
)
def test_also_where_nothing_is(client, pin, path, language):
    response = client.get(path)

    assert response.status_code == 404
    assert f'<html lang="{language}"' in response.content.decode()


@pytest.mark.parametrize("path", ["/%2Fevil.example/", "/%2F%2Fevil.example/nowhere"])
def test_no_address_makes_a_link_to_another_site(client, pin, path):
    response = client.get(path)

    assert response.status_code == 404
    links = {link.get("href", "") for link in links_of(response)}
    assert "evil.example" in str(links)
    assert not [href for href in links if href.startswith("//")]


def test_the_links_of_the_map_stay_in_the_language(client, pin):
    for prefix in ("", "/en"):
        html = client.get(f"{prefix}/").content.decode()
        assert f'data-page="{prefix}/pins/REFERENCE"' in html
        assert 'data-url="/pins/REFERENCE.geojson"' in html


def test_reverse_gives_the_address_of_the_language():
    assert reverse("pins:new") == "/pins/new"
