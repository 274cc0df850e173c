"""A district's map for other sites: framed, without a cookie, and as strict otherwise."""

import datetime
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from districts.models import District
from pins.workflow import Visibility
from tests.factories import make_district, make_pin, make_theme, make_user
from tests.mapapp.test_headers import directives
from tests.pages import links_of, text_of

PAGE = "/embed/hohenecken"


@pytest.fixture
def city(db):
    make_district(15, name="Dansenberg")
    make_district(16, name="Hohenecken")
    make_theme()


def test_any_site_may_frame_it_and_the_rest_is_as_strict(client, city):
    response = client.get(PAGE)
    rules, others = directives(response), directives(client.get("/"))

    assert response.status_code == 200
    assert rules.pop("frame-ancestors") == ["*"]
    assert others.pop("frame-ancestors") == ["'none'"]
    assert rules == others
    assert "X-Frame-Options" not in response
    html = response.content.decode()
    assert "<style" not in html
    assert " style=" not in html


@pytest.mark.parametrize(
    "path", ["/", "/districts/hohenecken/", "/embed/nowhere", "/embed/hohenecken/"]
)
def test_no_other_page_may_be_framed(client, city, path):
    response = client.get(path)

    assert response["X-Frame-Options"] == "DENY"
    assert directives(response)["frame-ancestors"] == ["'none'"]


def test_it_sets_no_cookie_and_reads_none(client, city):
    make_pin()
    client.force_login(make_user())

    with CaptureQueriesContext(connection) as queries:
        response = client.get(PAGE)

    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")
    assert not any("session" in query["sql"] for query in queries)
    assert "csrf" not in response.content.decode()


def test_it_shows_the_five_newest_of_its_district(client, city):
    now = timezone.now()
    for days in range(7):
        make_pin(
            title=f"Nummer {days}", published_at=now - datetime.timedelta(days=days)
        )
    make_pin(district=15, title="Anderswo")
    make_pin(title="Verborgen", visibility=Visibility.HIDDEN)
    make_pin(title="Noch nicht gelesen", visibility=Visibility.SUBMITTED)

    shown = text_of(client.get(PAGE))

    assert [f"Nummer {n}" in shown for n in range(7)] == [True] * 5 + [False] * 2
    for title in ("Anderswo", "Verborgen", "Noch nicht gelesen"):
        assert title not in shown


def test_a_district_without_contributions_says_so(client, city):
    shown = text_of(client.get(f"{PAGE}?lang=en"))

    assert "There are no contributions yet." in shown


def test_links_leave_the_frame(client, city):
    make_pin()

    others = {"stylesheet", "icon", "canonical"}
    links = [
        link
        for link in links_of(client.get(PAGE))
        if link.get("href") and link.get("rel") not in others
    ]

    assert len(links) == 4
    for link in links:
        assert (link["target"], link["rel"]) == ("_blank", "noopener")


@pytest.mark.parametrize(
    ("query", "lang", "page"),
    [
        ("", "de", "/districts/hohenecken/"),
        ("?lang=de", "de", "/districts/hohenecken/"),
        ("?lang=en", "en", "/en/districts/hohenecken/"),
    ],
)
def test_the_language_is_asked_for(client, city, query, lang, page):
    response = client.get(
        PAGE + query, headers={"Accept-Language": "en" if lang == "de" else "de"}
    )

    html = response.content.decode()
    assert f'<html lang="{lang}">' in html
    assert f'href="{page}"' in html
    assert response["Content-Language"] == lang


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/embed/hohenecken?lang=fr", 400),
        ("/embed/hohenecken?lang=", 400),
        ("/embed/hohenecken?lang=%00", 400),
        ("/embed/nowhere", 404),
        ("/embed/%00", 404),
        ("/embed/", 404),
        ("/embed/hohenecken/x", 404),
    ],
)
def test_what_is_wrong_is_no_map(client, city, path, status):
    assert client.get(path).status_code == status


def test_old_districts_are_gone(client, city):
    District.objects.filter(number=16).update(valid_to="2020-01-01")

    assert client.get(PAGE).status_code == 404


def test_it_is_only_read(client, city):
    assert client.post(PAGE).status_code == 405
    assert client.head(PAGE).status_code == 200


def test_what_people_write_stays_text(client, city):
    make_pin(title="<script>alert(1)</script>")

    assert "<script>alert" not in client.get(PAGE).content.decode()


def test_queries_do_not_grow_with_the_contributions(client, city):
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get(PAGE)
        return len(queries)

    make_pin()
    one = count()
    for _ in range(4):
        make_pin()

    assert count() == one <= 6


@pytest.mark.parametrize(("prefix", "lang"), [("", "de"), ("/en", "en")])
def test_the_district_page_has_the_code_to_copy(client, city, settings, prefix, lang):
    settings.SITE_NAME = 'Karte "K"'
    District.objects.filter(number=16).update(name="A <b> & B")

    html = client.get(f"{prefix}/districts/hohenecken/").content.decode()

    code = (
        f'<iframe src="http://testserver/embed/hohenecken?lang={lang}" '
        'title="Karte &quot;K&quot; – A &lt;b&gt; &amp; B" width="100%" height="480" '
        'loading="lazy" style="border: 0"></iframe>'
    )
    _, _, rest = html.partition('id="embed-code"')
    assert unescape(rest.partition(">")[2].partition("</textarea>")[0]) == code
    copied = rest.partition('data-copy="')[2].partition('"')[0]
    assert unescape(copied) == code
    assert "<iframe" not in html
