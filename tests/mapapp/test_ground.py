"""What maps lie on: told to the page, to the team where it is missing, and to residents."""

import datetime

import pytest

from mapapp import ground
from mapapp.origins import https_origin
from tests.archives import write_archive
from tests.factories import make_user
from tests.mapapp.test_settings import read

STYLE = "https://sgx.geodatenzentrum.de/gdz_basemapde_vektor/styles/bm_web_gry.json"
HOST = "https://sgx.geodatenzentrum.de"
COMMAND = "./run basemap"


@pytest.fixture
def own(settings, tmp_path):
    """Put a basemap of some day in use."""
    settings.BASEMAP_PATH = tmp_path / "basemap.pmtiles"

    def own(data_date=""):
        write_archive(settings.BASEMAP_PATH, {(6, 33, 21): b"x"}, data_date=data_date)

    return own


@pytest.fixture
def other_style(settings):
    settings.BASEMAP_STYLE_URL, settings.BASEMAP_ORIGIN = STYLE, HOST


def test_without_any():
    found = ground.current()

    assert (found.tiles_json, found.style_url, found.attribution) == ("", "", "")
    assert found.is_missing


def test_with_the_own_basemap(own):
    own("2026-11-01")

    found = ground.current()

    assert found.tiles_json == "/tiles/base/tiles.json"
    assert "https://www.openstreetmap.org/copyright" in found.attribution
    assert found.data_date == datetime.date(2026, 11, 1)
    assert not found.is_missing


def test_with_another_style(other_style):
    found = ground.current()

    assert (found.style_url, found.host) == (STYLE, "sgx.geodatenzentrum.de")
    assert found.attribution == ""
    assert not found.is_missing


def test_an_address_that_the_checks_refuse_is_not_used(settings):
    settings.BASEMAP_STYLE_URL = "http://tiles.example.org/style.json"

    assert ground.current().is_missing


def test_the_operator_names_the_source(settings, other_style):
    settings.BASEMAP_ATTRIBUTION = "© basemap.de / BKG"

    assert ground.current().attribution == "© basemap.de / BKG"


@pytest.mark.parametrize(
    ("day", "is_old"),
    [("2013-06-01", True), ("2999-01-01", False), ("", False), ("gestern", False)],
)
def test_a_map_of_years_ago_is_old(own, day, is_old):
    own(day)

    assert ground.current().is_old is is_old


def test_another_style_is_never_old(own, other_style):
    own("2013-06-01")

    assert not ground.current().is_old


# --- On the pages -------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_page_tells_its_map(client, own, other_style):
    own()

    html = client.get("/").content.decode()

    assert 'data-basemap="/tiles/base/tiles.json"' in html
    assert f'data-basemap-style="{STYLE}"' in html


@pytest.mark.django_db
def test_the_team_learns_that_there_is_none(client):
    assert COMMAND not in client.get("/").content.decode()

    client.force_login(make_user())

    assert COMMAND in client.get("/").content.decode()


@pytest.mark.django_db
def test_the_team_learns_that_it_is_old(client, own):
    own("2013-06-01")
    client.force_login(make_user())

    html = client.get("/").content.decode()

    assert COMMAND in html
    assert "2013" in html


@pytest.mark.django_db
def test_nothing_is_missing(client, own):
    own()
    client.force_login(make_user())

    assert COMMAND not in client.get("/").content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["/about/privacy/", "/en/about/privacy/"])
def test_the_privacy_page_says_whom_a_browser_asks(client, page, settings):
    before = client.get(page).content.decode()
    settings.BASEMAP_STYLE_URL, settings.BASEMAP_ORIGIN = STYLE, HOST
    after = client.get(page).content.decode()

    assert "sgx.geodatenzentrum.de" not in before
    assert "sgx.geodatenzentrum.de" in after


def test_the_privacy_page_says_no_longer_that_nobody_is_asked(client, db, other_style):
    html = client.get("/en/about/privacy/").content.decode()

    assert "Your browser asks nobody else" not in html
    assert "no other company learns of it" not in html


# --- What the browser may load ------------------------------------------------------------


def test_the_policy_opens_for_exactly_this_host():
    policy = read("CONTENT_SECURITY_POLICY", MAPAPP_BASEMAP_STYLE_URL=STYLE)
    open_for = {
        name
        for name, sources in policy["CONTENT_SECURITY_POLICY"]["DIRECTIVES"].items()
        if HOST in sources
    }

    assert open_for == {"connect-src", "img-src"}


@pytest.mark.parametrize(
    "url", ["", "http://tiles.example.org/style.json", "https://*"]
)
def test_the_policy_opens_for_nothing_else(url):
    policy = read("CONTENT_SECURITY_POLICY", MAPAPP_BASEMAP_STYLE_URL=url)
    directives = policy["CONTENT_SECURITY_POLICY"]["DIRECTIVES"]

    assert directives["connect-src"] == ["'self'"]
    assert directives["img-src"] == ["'self'", "data:", "blob:"]


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        (STYLE, HOST),
        ("https://tiles.example.org:8443/s.json", "https://tiles.example.org:8443"),
        ("HTTPS://Tiles.Example.org/s.json", "https://tiles.example.org"),
    ],
)
def test_origins(url, origin):
    assert https_origin(url) == origin


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://tiles.example.org/style.json",
        "//tiles.example.org/style.json",
        "/style.json",
        "https:///style.json",
        "https://name:secret@tiles.example.org/style.json",
        "https://tiles.example.org:port/",
        "https://tiles.example.org:99999/",
        "https://*.example.org/",
        "https://a.example.org; script-src b.example.org/",
        "https://a.example.org,b.example.org/",
        "https://a.example.org b.example.org/",
        "https://a.example.org/\nX-Header: 1",
        "https://localhost/style.json",
        "https://[::1/",
        "javascript:alert(1)",
    ],
)
def test_what_is_no_origin(url):
    assert https_origin(url) is None
