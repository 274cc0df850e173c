"""The list of pages for search engines: all that is public, nothing else, and quickly."""

import datetime
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from mapapp import sitemap
from pins.models import PublicPin
from pins.workflow import Status, Visibility
from tests.cms import make_trees, publish_news
from tests.factories import (
    make_body,
    make_district,
    make_event,
    make_goal,
    make_measure,
    make_pin,
    make_sitting,
    make_theme,
)

NAMES = {
    "map": "http://www.sitemaps.org/schemas/sitemap/0.9",
    "xhtml": "http://www.w3.org/1999/xhtml",
}
BASE = "http://testserver"


@pytest.fixture(autouse=True)
def one_piece(monkeypatch):
    """Numbers go on from test to test: all contributions are in the first piece."""
    monkeypatch.setattr(sitemap, "PIECE", 10**9)


@pytest.fixture
def city(db):
    make_district(16, name="Hohenecken", body=make_body("Ortsbeirat Hohenecken"))
    make_theme("mobility")
    return make_pin()


@pytest.fixture
def filled(city):
    make_sitting(make_body("Stadtrat", kind="council"))
    make_event()
    make_event(state="draft", title_de="Entwurf")
    goal = make_goal("2.1")
    make_goal("2.2", is_public=False)
    make_measure("M 1", goal)
    make_measure("M 2", goal, is_public=False)
    make_trees()
    publish_news("Neues")
    publish_news("Entwurf", live=False)
    return city


def read(client, path):
    response = client.get(path)
    assert response.status_code == 200, path
    assert response["Content-Type"] == "application/xml; charset=utf-8"
    return ET.fromstring(response.getvalue())  # noqa: S314 – our own


def pages(client, path):
    """Return each page of a list by its address: its languages, and when it changed."""
    found = {}
    for url in read(client, path).iterfind("map:url", NAMES):
        links = {
            link.get("hreflang"): link.get("href")
            for link in url.iterfind("xhtml:link", NAMES)
        }
        changed = url.findtext("map:lastmod", None, NAMES)
        found[url.findtext("map:loc", None, NAMES)] = (links, changed)
    return found


def parts(client):
    found = read(client, "/sitemap.xml")
    return [
        urlsplit(loc.text).path for loc in found.iterfind("map:sitemap/map:loc", NAMES)
    ]


def test_every_page_in_the_list_is_there(client, filled):
    addresses = [page for part in parts(client) for page in pages(client, part)]

    assert len(addresses) == len(set(addresses))
    for address in addresses:
        assert address.startswith(f"{BASE}/")
        response = client.get(address.removeprefix(BASE))
        assert response.status_code == 200, address


def test_all_that_is_public_is_listed_and_nothing_else(client, filled):
    hidden = make_pin(visibility=Visibility.HIDDEN)
    listed = {page for part in parts(client) for page in pages(client, part)}

    for path in (
        *("/", "/districts/", "/districts/hohenecken/", "/sittings/", "/exports/"),
        *("/insek/goals/2.1/", "/insek/measures/m-1/", "/insek/news/neues/"),
        *(f"/pins/{filled.reference}", "/about/imprint/", "/insek/"),
    ):
        assert f"{BASE}{path}" in listed
    texts = " ".join(listed)
    assert f"{BASE}/en/pins/{filled.reference}" in listed
    assert hidden.reference not in texts
    for path in (
        "goals/2.2",
        "measures/m-2",
        "news/entwurf",
        "/desk",
        "/planning",
        "?",
    ):
        assert path not in texts


def test_each_page_names_itself_in_both_languages(client, filled):
    for part in parts(client):
        for address, (links, _changed) in pages(client, part).items():
            assert address in links.values()
            assert set(links) <= {"de", "en"}
    links, changed = pages(client, "/sitemap-pins-0.xml")[
        f"{BASE}/pins/{filled.reference}"
    ]
    assert links == {
        "de": f"{BASE}/pins/{filled.reference}",
        "en": f"{BASE}/en/pins/{filled.reference}",
    }
    assert datetime.datetime.fromisoformat(changed) <= timezone.now()


def test_it_says_when_a_contribution_last_changed(client, city):
    moment = datetime.datetime(2031, 2, 3, 4, 5, 6, tzinfo=datetime.UTC)
    PublicPin.objects.update(status_changed_at=moment)

    (_links, changed) = pages(client, "/sitemap-pins-0.xml")[
        f"{BASE}/pins/{city.reference}"
    ]

    assert datetime.datetime.fromisoformat(changed) == moment


def test_what_was_merged_is_left_out(client, city):
    make_pin(status=Status.DUPLICATE, duplicate_of=city)

    assert len(pages(client, "/sitemap-pins-0.xml")) == 2


def test_many_contributions_come_in_pieces_without_gaps(client, city, monkeypatch):
    monkeypatch.setattr(sitemap, "PIECE", 3)
    made = [city, *(make_pin() for _ in range(7))]
    # A whole piece is gone, and is not listed.
    middle = made[4].pk // 3
    for pin in made:
        if pin.pk // 3 == middle:
            PublicPin.objects.filter(pk=pin.pk).delete()

    listed = [part for part in parts(client) if "pins-" in part]

    assert f"/sitemap-pins-{middle}.xml" not in listed
    assert client.get(f"/sitemap-pins-{middle}.xml").status_code == 404
    found = [page for part in listed for page in pages(client, part)]
    there = set(PublicPin.objects.values_list("reference", flat=True))
    assert {page.rpartition("/")[2] for page in found} == there
    assert len(found) == 2 * len(there)


def test_no_piece_counts_from_the_start(client, city):
    with CaptureQueriesContext(connection) as asked:
        client.get("/sitemap.xml")
        client.get("/sitemap-pins-0.xml").getvalue()

    assert not [query for query in asked if "OFFSET" in query["sql"]]
    assert len(asked) <= 16


def test_a_site_without_anything_lists_its_pages(client, db):
    assert "/sitemap-pages.xml" in parts(client)
    assert not [part for part in parts(client) if "pins" in part]
    assert client.get("/sitemap-events.xml").status_code == 404


@pytest.mark.parametrize(
    "path", ["nothing", "pins", "pins-7", f"pins-{10**30}", "pages-1", "PAGES"]
)
def test_what_is_not_there_is_refused(client, city, path):
    assert client.get(f"/sitemap-{path}.xml").status_code == 404


@pytest.mark.parametrize(
    "path", ["/sitemap.xml", "/sitemap-pages.xml", "/sitemap-pins-0.xml", "/robots.txt"]
)
def test_only_reading(client, city, path):
    assert client.post(path).status_code == 405


@pytest.mark.parametrize("path", ["/sitemap.xml", "/sitemap-pages.xml"])
def test_who_has_a_list_gets_nothing(client, city, path):
    first = client.get(path)
    again = client.get(path, headers={"If-None-Match": first["ETag"]})

    assert (again.status_code, again.content) == (304, b"")


def test_a_new_contribution_changes_its_piece(client, city):
    first = client.get("/sitemap-pins-0.xml")
    first.getvalue()
    again = client.get("/sitemap-pins-0.xml", headers={"If-None-Match": first["ETag"]})
    make_pin()
    changed = client.get(
        "/sitemap-pins-0.xml", headers={"If-None-Match": first["ETag"]}
    )

    assert again.status_code == 304
    assert changed.status_code == 200
    assert changed.getvalue().count(b"<url>") == 4


def test_an_address_with_signs_of_its_own_stays_well_formed(client, city, settings):
    settings.BASE_URL = "http://testserver/50%&x"

    found = pages(client, "/sitemap-pins-0.xml")

    assert f"http://testserver/50%&x/pins/{city.reference}" in found


def test_robots_are_led_to_the_list_and_away_from_desks(client, db):
    text = client.get("/robots.txt").content.decode()

    assert f"Sitemap: {BASE}/sitemap.xml" in text.splitlines()
    for path in ("/desk/", "/en/desk/", "/planning/", "/cms/", "/search/", "/*?"):
        assert f"Disallow: {path}" in text.splitlines()
    assert text.startswith("User-agent: *\n")
