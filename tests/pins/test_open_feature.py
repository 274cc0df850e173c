"""The stored GeoJSON feature: valid, complete, the design's names in their order."""

import datetime
import json

import pytest
from django.contrib.gis.geos import Point
from django.db import connection

from pins.models import PublicPin
from tests.factories import (
    make_body,
    make_district,
    make_pin,
)
from tests.open_data import PROPERTIES

URL = "https://mitmachen.example.org/pins/KL-2026-00001"


@pytest.fixture
def body(db):
    return make_body("Ortsbeirat Hohenecken")


@pytest.fixture
def district(body):
    return make_district(16, name="Hohenecken", body=body)


def shown() -> PublicPin:
    return PublicPin.objects.get()


def feature(pin):
    """Return the stored feature, closed the way exports close it: with the URL."""
    return json.loads(f'{pin.feature}{URL}"}}}}')


def test_the_properties_are_the_designs_in_their_order(district):
    created = datetime.datetime(2026, 1, 2, 3, 4, 5, 999_999, datetime.UTC)
    published = created + datetime.timedelta(days=1)
    make_pin(
        title="Ein Titel",
        text="Ein Text, der lang genug ist.",
        created_at=created,
        published_at=published,
    )
    row = shown()

    found = feature(row)

    assert list(found) == ["type", "id", "geometry", "properties"]
    assert list(found["properties"]) == PROPERTIES
    assert (found["type"], found["id"]) == ("Feature", row.reference)
    assert found["geometry"] == {
        "type": "Point",
        "coordinates": [round(row.lon, 6), round(row.lat, 6)],
    }
    assert found["properties"] == {
        "reference": row.reference,
        "kind": "problem",
        "theme": "mobility",
        "status": "received",
        "title": "Ein Titel",
        "body": "Ein Text, der lang genug ist.",
        "district_number": 16,
        "district": "Hohenecken",
        "body_slug": "ortsbeirat-hohenecken",
        "support_count": 0,
        "comment_count": 0,
        "created_at": "2026-01-02T03:04:05+00:00",
        "published_at": "2026-01-03T03:04:05+00:00",
        "status_changed_at": "2026-01-03T03:04:05+00:00",
        "public_answer": None,
        "goal": None,
        "measure": None,
        "url": URL,
    }


@pytest.mark.parametrize(
    "title",
    [
        'Mit "Anführung" und \\ Strich',
        "Klammer zu }}}",
        "Zeile\nund\ttab",
        "</script><script>alert(1)</script>",
        "Baum 🌳 und עברית",
        "\u2028\u2029 Trenner",
    ],
)
def test_whatever_people_write_stays_valid_json(district, title):
    make_pin(title=title, text=title * 4)
    PublicPin.objects.update(measure=title)

    properties = feature(shown())["properties"]

    assert (properties["title"], properties["body"]) == (title, title * 4)
    assert properties["measure"] == title


def test_times_are_in_utc_whatever_the_session_says(district):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL timezone = 'America/Lima'")
        make_pin(published_at=datetime.datetime(2026, 7, 1, tzinfo=datetime.UTC))
        # Not by a refresh: the feature is written anew with each change of its row.
        PublicPin.objects.update(support_count=1)

    properties = feature(shown())["properties"]
    assert properties["published_at"] == "2026-07-01T00:00:00+00:00"


def test_coordinates_have_six_decimals(district):
    make_pin(location=Point(7.75781279, 49.38281241, srid=4326))

    coordinates = feature(shown())["geometry"]["coordinates"]
    assert coordinates == [7.757813, 49.382812]
