"""A search bears mistypings and compounds, and the words it knows are those of the public."""

import pytest
from django.db import connection
from django.http import QueryDict

from pins.actions import hide_pin
from pins.filters import PinFilter
from pins.models import PublicPin, SearchWord
from pins.models.public import WebSearchQuery
from pins.searching import read_search
from tests.factories import make_district, make_moderator, make_pin
from tests.pages import text_of

COUNTED = """
    SELECT word, count(*) FROM pins_publicpin, unnest(tsvector_to_array(search)) word
    WHERE word ~ '^[[:alpha:]]{3,40}$' GROUP BY word
"""


@pytest.fixture(autouse=True)
def district(db):
    make_district(16)


def found(words):
    return sorted(
        pin.title for pin in PublicPin.objects.matching(WebSearchQuery(words))
    )


def counted():
    with connection.cursor() as cursor:
        cursor.execute(COUNTED)
        return dict(cursor.fetchall())


def kept():
    return dict(SearchWord.objects.values_list("word", "n"))


def read(words):
    query = QueryDict(mutable=True)
    query["q"] = words
    filters = PinFilter.from_query(query)
    assert filters.is_valid()
    return read_search(query, filters)


def test_words_follow_their_pins():
    kept_pin = make_pin(
        title="Zebrastreifen fehlt", text="Vor der Schule wird er dringend gebraucht."
    )
    gone = make_pin(
        title="Bäume am Zebrastreifen", text="Hier standen einmal alte Kastanien."
    )
    assert kept() == counted()
    assert kept()["zebrastreif"] == 2

    hide_pin(pin=gone, actor=make_moderator(), reason="Steht schon da.")
    assert kept() == counted()
    assert "kastani" not in kept()

    kept_pin.title = "Ampel fehlt"
    kept_pin.save()
    assert kept() == counted()
    assert "zebrastreif" not in kept()


def test_a_word_is_spelled_as_it_was_written():
    make_pin(title="Gefährliche Straßen", text="Ein Zebrastreifen fehlt.")

    spelled = dict(SearchWord.objects.values_list("word", "spelling"))
    assert spelled["strass"] == "Straßen"
    assert spelled["zebrastreif"] == "Zebrastreifen"


@pytest.mark.parametrize(
    ("words", "titles"),
    [
        ("Zebrasteifen", ["Zebrastreifen"]),
        ("zebrastriefen", ["Zebrastreifen"]),
        ("Farradweg", ["Fahrradweg"]),
        # A cycle path for bicycles is a cycle path, and not the other way round.
        ("Radweg", ["Fahrradweg", "Radweg"]),
        ("Fahrradweg", ["Fahrradweg"]),
        ("Zebra", ["Zebrastreifen"]),
        ('"Zebrasteifen"', []),
        ('"Radweg"', ["Radweg"]),
        ("Fahrradweg -Zebrasteifen", ["Fahrradweg"]),
        ("Zebrasteifen -Fahrradweg", ["Zebrastreifen"]),
        ("Zebrasteifen Radweg", []),
        ("Zebrasteifen or Radweg", ["Fahrradweg", "Radweg", "Zebrastreifen"]),
        ("Schwimmbad", []),
    ],
)
def test_widening(words, titles):
    make_pin(title="Zebrastreifen", text="Vor der Schule wird er gebraucht.")
    make_pin(title="Radweg", text="Bis zum Wald und noch weiter.")
    make_pin(title="Fahrradweg", text="Am Bahnhof und noch weiter.")

    assert found(words) == titles


def test_what_is_known_is_not_replaced():
    for place in ("Rathaus", "Rathaus am Markt", "Rathaus, Hof"):
        make_pin(title=place)
    make_pin(title="Rasthaus")

    assert len(found("Rathaus")) == 3
    assert read("Rathaus") is None


def test_a_mere_part_of_words_is_not_widened():
    for n in range(21):
        make_pin(title=f"{chr(97 + n) * 4}spielplatz")
    make_pin(title="Spielplatz")

    assert found("Spielplatz") == ["Spielplatz"]


def test_a_rare_mistyping_finds_the_common_word_too():
    for _ in range(10):
        make_pin(title="Beleuchtung")
    make_pin(title="Beleuchtug")

    assert len(found("Beleuchtug")) == 11
    assert len(found("Beleuchtung")) == 10


def test_reading_names_what_was_searched():
    make_pin(title="Zebrastreifen")

    reading = read("Zebrasteifen -Baum")
    (word,) = reading.widened
    assert (word.typed, word.others) == ("Zebrasteifen", ["Zebrastreifen"])
    assert word.is_mistyped
    assert QueryDict(reading.exact_query)["q"] == '"Zebrasteifen" -Baum'


def test_the_list_looks_for_the_words_as_they_were_read(django_assert_num_queries):
    make_pin(title="Zebrastreifen")
    query = QueryDict("q=Zebrasteifen+%2D+Baum")
    filters = PinFilter.from_query(query)
    assert filters.is_valid()

    with django_assert_num_queries(1):
        read_search(query, filters)
        read = filters.search

    assert read.read == WebSearchQuery("Zebrasteifen - Baum").read


def test_a_word_in_quotes_is_quoted_once():
    make_pin(title="Zebrastreifen")
    make_pin(title="Radweg")
    make_pin(title="Fahrradweg")

    reading = read('"alter Weg" Radweg Zebrasteifen')
    assert QueryDict(reading.exact_query)["q"] == '"alter Weg" "Radweg" "Zebrasteifen"'


def test_no_hidden_word_is_offered():
    pin = make_pin(title="Geheimniskrämerei")
    hide_pin(pin=pin, actor=make_moderator(), reason="Ein Name.")

    assert read("Geheimniskrämere") is None


@pytest.mark.parametrize(
    "words", ["", "-", '"', '""', "'; --", "a" * 100, "\\", "%", "<->", "x:*", "ä ö ü"]
)
def test_garbage_is_borne(words):
    make_pin(title="Zebrastreifen")

    assert found(words) == []
    assert read(words) is None


def test_list_says_what_it_searched(client):
    make_pin(title="Zebrastreifen")

    page = client.get("/en/?q=Zebrasteifen")
    assert "Showing results for Zebrastreifen" in text_of(page)
    assert "q=%22Zebrasteifen%22" in page.text
    exact = client.get("/en/?q=%22Zebrasteifen%22")
    assert "Showing results" not in text_of(exact)
    assert "Nothing matches" in text_of(exact)
