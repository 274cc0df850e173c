"""Similar pins: near and recent, or with a title alike; public ones and no others."""

from datetime import timedelta

import pytest
from django.contrib.gis.geos import Point
from django.utils import timezone

from pins.models import Pin
from pins.similar import similar_pins
from pins.workflow import Visibility
from tests.factories import make_district, make_pin
from tests.geometries import point_in

HERE = point_in(16, north=0.2)
METRE = 1 / 111_195
TITLE = "Eine Bank am Brunnen"


def north(metres):
    """Return the point so far north of here."""
    return Point(HERE.x, HERE.y + metres * METRE, srid=4326)


def days_ago(days):
    return timezone.now() - timedelta(days=days)


@pytest.fixture(autouse=True)
def city(db):
    make_district(16, name="Hohenecken")


def found(title="", **options):
    return [(s.pin.title, s.metres) for s in similar_pins(HERE, title, **options)]


def test_near_and_recent():
    make_pin(title="Nah und neu", location=north(240), published_at=days_ago(29))
    make_pin(title="Etwas zu weit", location=north(260), published_at=days_ago(1))
    make_pin(title="Etwas zu alt", location=north(10), published_at=days_ago(31))

    assert found() == [("Nah und neu", 240)]


def test_a_title_alike_further_away_and_of_any_age_comes_first():
    make_pin(
        title="Bänke am Brunnen fehlen", location=north(700), published_at=days_ago(900)
    )
    make_pin(title="Bank am Brunnen", location=north(1010))
    make_pin(title="Schlaglöcher auf dem Radweg", location=north(10))

    assert found(TITLE) == [
        ("Bänke am Brunnen fehlen", 700),
        ("Schlaglöcher auf dem Radweg", 10),
    ]


def test_to_the_east_a_kilometre_is_more_degrees():
    east = Point(HERE.x + 240 * METRE / 0.6509, HERE.y, srid=4326)
    make_pin(title="Im Osten", location=east)
    alike = Point(HERE.x - 0.0077, HERE.y + 0.004, srid=4326)
    make_pin(title=TITLE, location=alike)

    assert found(TITLE) == [(TITLE, 710), ("Im Osten", 240)]


def test_a_place_in_words_is_no_place_to_be_near_to():
    make_pin(title="In Worten", location=HERE, is_approximate=True, place_note="Dort")
    make_pin(
        title="Bank am Brunnen", location=HERE, is_approximate=True, place_note="Da"
    )
    make_pin(title="Genau hier", location=HERE)

    assert found(TITLE) == [("Bank am Brunnen", None), ("Genau hier", 0)]
    assert found(TITLE, is_approximate=True) == [("Bank am Brunnen", None)]


def test_at_most_five_the_nearest():
    for metres in range(100, 170, 10):
        make_pin(title=f"In {metres} Metern", location=north(metres))

    assert [metres for _, metres in found()] == [100, 110, 120, 130, 140]


@pytest.mark.parametrize(
    "visibility", [v for v in Visibility if v != Visibility.PUBLISHED]
)
def test_what_is_not_public_is_never_shown(visibility):
    make_pin(title=TITLE, location=HERE, visibility=visibility)
    assert found(TITLE) == []


def test_of_duplicates_only_the_one_that_goes_on():
    survivor = make_pin(title=TITLE, location=HERE)
    make_pin(title=TITLE, location=HERE, status="duplicate", duplicate_of=survivor)
    assert len(found(TITLE)) == 1


def test_of_a_rough_place_only_the_rough_one_counts():
    pin = make_pin(title="Ungefähr hier", location=HERE, is_rough=True)

    (shown,) = similar_pins(HERE)

    exact = Pin.objects.get(pk=pin.pk).location
    assert exact.equals(HERE)
    assert not shown.pin.location.equals(exact)


def test_the_answer_to_the_form(client, django_assert_num_queries):
    pin = make_pin(title=TITLE, text="Hier ist es schön. " * 20, location=north(50))
    with django_assert_num_queries(1):
        response = client.get(
            "/pins/similar.json", {"lon": HERE.x, "lat": HERE.y, "title": " Bank "}
        )

    reference = Pin.objects.get(pk=pin.pk).reference
    (row,) = response.json()["pins"]
    assert row.pop("text").endswith("…")
    assert row == {
        "reference": reference,
        "url": f"/pins/{reference}",
        "title": TITLE,
        "language": "de",
        "kind": "problem",
        "theme": "mobility",
        "status": row["status"],
        "status_label": "Eingegangen",
        "support_count": 0,
        "metres": 50,
        "lon": HERE.x,
        "lat": HERE.y + 50 * METRE,
    }
    assert "no-store" in response["Cache-Control"]
    assert not response.cookies


def test_in_english_it_leads_to_english_pages(client):
    make_pin(location=HERE)
    response = client.get("/en/pins/similar.json", {"lon": HERE.x, "lat": HERE.y})

    (row,) = response.json()["pins"]
    assert row["url"].startswith("/en/pins/KL-")
    assert row["status_label"] == "Received"


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"lat": "49.4"}, "lon"),
        ({"lon": "7.7"}, "lat"),
        ({"lon": "nan", "lat": "49.4"}, "lon"),
        ({"lon": "7.7", "lat": "91"}, "lon"),
        ({"lon": "7.7\x00", "lat": "49"}, "lon"),
        ({"lon": "x" * 50, "lat": "49"}, "lon"),
        ({"lon": "7.7", "lat": "49.4", "title": "x" * 121}, "title"),
        ({"lon": "7.7", "lat": "49.4", "title": "a\x1bb"}, "title"),
        ({"lon": "7.7", "lat": "49.4", "title": "a\x00b"}, "title"),
    ],
)
def test_what_cannot_be_looked_for(client, query, field):
    response = client.get("/pins/similar.json", query)

    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    assert set(response.json()["errors"]) == {field}


@pytest.mark.parametrize(("lon", "lat"), [("0", "90"), ("180", "-90"), ("-180", "0")])
def test_the_ends_of_the_earth_are_empty(client, lon, lat):
    response = client.get("/pins/similar.json", {"lon": lon, "lat": lat})
    assert response.json() == {"pins": []}


def test_only_reading(client):
    assert client.post("/pins/similar.json").status_code == 405
