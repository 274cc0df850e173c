"""Who reads pages is led to HTTPS; programs are told that they must ask by it."""

import pytest
from django.test import Client

DATA = [
    *("/ogc/v1", "/ogc/v1/collections/pins/items?limit=1", "/ogc/v1/x.png"),
    *("/open311/v2/services.json", "/open311/v2/requests.xml", "/oparl/v1/"),
    *("/catalog", "/catalog.ttl", "/feeds/pins.atom", "/tiles/pins/1/1/1.pbf"),
    *("/exports/pins.csv", "/exports/pins.geojson", "/style.json", "/places.json"),
    "/en/pins/new/token.json",
]
PAGES = [
    *("/", "/en/", "/pins/new", "/districts/", "/insek/", "/accounts/login/", "/cms/"),
    *(
        "/exports/",
        "/exports/pins.html",
        "/robots.txt",
        "/cataloguing",
        "/documents/1/a",
    ),
]


@pytest.fixture(autouse=True)
def with_https(db, settings):
    settings.HTTPS = settings.SECURE_SSL_REDIRECT = True


@pytest.fixture
def visitor():
    """Make a visitor of a site whose middleware has read the settings above."""
    return Client()


@pytest.mark.parametrize("address", DATA)
def test_data_is_refused_without_https(visitor, address):
    answer = visitor.get(address)

    assert answer.status_code == 403
    assert answer["Content-Type"] == "application/problem+json"
    assert "HTTPS" in answer.json()["detail"]
    assert "Location" not in answer


@pytest.mark.parametrize("address", PAGES)
def test_who_reads_pages_is_led_on(visitor, address):
    answer = visitor.get(address)

    assert answer.status_code == 301
    assert answer["Location"] == f"https://testserver{address}"


def test_a_key_is_refused_wherever_it_is_sent(visitor):
    """With the token of a desk, or with the key of a client of Open311 in its body."""
    key = {"Authorization": "Bearer geheim", "Accept-Language": "en"}
    by_header = visitor.get("/desk/ortsbeirat-west/pins.csv", headers=key)
    at_a_page = visitor.get("/desk/", headers=key)
    in_body = visitor.post("/open311/v2/requests.json", {"api_key": "geheim"})

    for answer in (by_header, at_a_page, in_body):
        assert answer.status_code == 403
        assert "geheim" not in answer.content.decode()
    assert "please replace it" in by_header.json()["detail"]


def test_with_https_and_without_any_all_is_answered(visitor, settings):
    assert visitor.get("/style.json", secure=True).status_code == 200
    settings.SECURE_SSL_REDIRECT = False
    assert Client().get("/style.json").status_code == 200
    assert Client().get("/", headers={"Authorization": "Basic x"}).status_code == 200


def test_probes_are_answered_as_they_ask(visitor):
    assert visitor.get("/healthz").status_code == 200
