"""No file and no map data holds more than published pins, whatever is in the tables."""

import itertools
import re
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pins.models import Pin
from pins.workflow import Status, Visibility
from tests.exports.conftest import EXTENSIONS
from tests.exports.readers import read_pins
from tests.factories import make_contact, make_pin

URLS = [
    *(f"/exports/pins.{extension}" for extension in EXTENSIONS),
    *(f"/districts/hohenecken/pins.{extension}" for extension in EXTENSIONS),
]


def references_in(url: str, body: bytes, folder: Path) -> list[str]:
    """Return the references in a file, read by a program that knows its format."""
    return [pin.reference for pin in read_pins(url, body, folder)]


@pytest.fixture
def all_kinds_of_pins(city: None) -> None:
    """A pin in each visibility and status, each with a contact."""
    survivor = make_pin()
    for visibility, status in itertools.product(Visibility, Status):
        pin = make_pin(
            visibility=visibility,
            status=status,
            duplicate_of=survivor if status == Status.DUPLICATE else None,
        )
        make_contact(pin, email=f"{visibility}-{status}@example.org")


@pytest.mark.parametrize("url", URLS)
def test_only_published_pins_without_contacts_and_tokens(
    download, all_kinds_of_pins, url, tmp_path
):
    body = download(url)

    published = Pin.objects.filter(visibility=Visibility.PUBLISHED)
    found = references_in(url, body, tmp_path)
    assert len(found) == len(Status) + 1
    assert set(found) == set(published.values_list("reference", flat=True))
    assert b"@example.org" not in body
    for token_hash in Pin.objects.values_list("token_hash", flat=True):
        assert token_hash.encode() not in body


@pytest.mark.parametrize("url", [*URLS, "/pins/{reference}.geojson", "/exports/"])
def test_no_query_reads_the_table_of_all_pins(client, pin, url):
    pin.refresh_from_db()

    with CaptureQueriesContext(
        connection,
    ) as queries:
        response = client.get(url.format(reference=pin.reference))
        response.getvalue()

    assert response.status_code == 200
    statements = " ".join(query["sql"] for query in queries)
    assert not re.search(
        r"pins_(pin|contact|statuschange|visibilitychange)\b", statements
    )


def test_the_copy_itself_is_among_the_captured_queries(client, pin):
    with CaptureQueriesContext(connection) as queries:
        client.get("/exports/pins.geojson").getvalue()

    assert any(query["sql"].startswith("COPY (SELECT") for query in queries)


@pytest.mark.parametrize("url", [url for url in URLS if "hohenecken" not in url])
@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("theme=energy", {"Solardach der Schule", "Wärmenetz im Ort"}),
        (
            "theme=energy&theme=mobility&kind=idea",
            {"Radweg am Bahnhof", "Solardach der Schule"},
        ),
        ("kind=keep", {"Der alte Baum bleibt"}),
        ("status=adopted", {"Wärmenetz im Ort"}),
        ("district=dansenberg&kind=idea", {"Solardach der Schule"}),
        ("q=Radweg", {"Radweg am Bahnhof", "Radweg im Wald"}),
        ("q=Radweg&kind=keep", set()),
        ("q=100%25", set()),
    ],
)
def test_the_filters_are_those_of_the_map(download, five, url, query, titles, tmp_path):
    found = references_in(url, download(f"{url}?{query}"), tmp_path)

    references = Pin.objects.filter(title__in=titles).values_list(
        "reference", flat=True
    )
    assert sorted(found) == sorted(references)


def test_a_districts_file_takes_filters_too(download, five, tmp_path):
    url = "/districts/hohenecken/pins.geojson"

    found = references_in(url, download(url, kind="keep"), tmp_path)
    elsewhere = references_in(url, download(url, district="dansenberg"), tmp_path)

    assert found == [Pin.objects.get(kind="keep").reference]
    assert elsewhere == []
