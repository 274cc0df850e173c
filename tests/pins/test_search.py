"""German full-text search over the public texts."""

import pytest
from django.db import connection

from pins.models import PublicPin
from pins.models.public import WebSearchQuery
from tests.factories import make_district, make_pin


@pytest.fixture(autouse=True)
def pins(db):
    make_district(16)
    make_pin(
        title="Neue Bäume für den Stiftsplatz",
        text="Im Sommer ist es dort unerträglich heiß, Schatten fehlt.",
        place_note="Neben der Stiftskirche",
    )
    make_pin(title="Radweg bis zum Bahnhof", text="Die Lücke ist gefährlich.")


def titles(words):
    return [
        pin.title.split()[0]
        for pin in PublicPin.objects.matching(WebSearchQuery(words))
    ]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("Baum", ["Neue"]),
        ("BÄUME", ["Neue"]),
        ("Baume", ["Neue"]),
        ("schatten", ["Neue"]),
        ("Stiftskirche", ["Neue"]),
        ("gefährlich", ["Radweg"]),
        ("gefahrlich", ["Radweg"]),
        ("Baum Schatten", ["Neue"]),
        ("Baum Radweg", []),
        ("Baum or Radweg", ["Radweg", "Neue"]),
        ("-Baum Lücke", ["Radweg"]),
        ('"neue Bäume"', ["Neue"]),
        ('"Bäume neue"', []),
        ("Schwimmbad", []),
        ("der die das", []),
        # Words that a query usually leaves out count where there are no others.
        ("Die", ["Radweg"]),
        ("die Bäume", ["Neue"]),
        ('"Bäume für den Stiftsplatz"', ["Neue"]),
        *((row * 40, []) for row in ("-", "- ", "-(", "-!")),
        ("Lücke " + "-" * 50 + "Baum", ["Radweg"]),
    ],
)
def test_finding(words, found):
    assert titles(words) == found


def test_a_path_is_no_stop_word():
    make_pin(title="Der Weg zum Friedhof", text="Er ist im Winter nicht geräumt.")

    assert titles("Weg") == ["Der"]


def test_by_reference():
    pin = PublicPin.objects.get(title__startswith="Radweg")

    assert titles(pin.reference) == ["Radweg"]
    assert titles(pin.reference.lower()) == ["Radweg"]


def test_the_index_serves_it():
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")

    assert (
        "publicpin_search"
        in PublicPin.objects.matching(WebSearchQuery("Baum")).order_by().explain()
    )
