"""How many pass, and how many would with another choice."""

import pytest
from django.http import QueryDict

from pins.counts import count_pins
from pins.filters import PinFilter
from pins.models import PublicPin
from pins.workflow import Status
from tests.factories import make_body, make_district, make_pin, make_theme


@pytest.fixture
def pins(db):
    make_district(16, body=make_body("Ortsbeirat West"))
    make_district(17, body=make_body("Ortsbeirat Ost"))
    mobility, energy = make_theme("mobility"), make_theme("energy")
    make_pin(theme=mobility, kind="idea", title="Radweg nach Süden")
    make_pin(theme=mobility, kind="problem", title="Radweg zu schmal")
    make_pin(theme=energy, kind="problem", district=17)
    make_pin(theme=energy, kind="problem", status=Status.DONE)


def count(query, **options):
    filters = PinFilter.from_query(QueryDict(query))
    assert filters.is_valid(), filters.errors
    return count_pins(filters, **options)


@pytest.mark.parametrize("words", ["", "&q=Zebrastreifen"])
def test_each_facet_counts_what_passes_the_others(pins, words):
    found = count(f"theme=energy&kind=problem{words}")

    assert (found.total, found.is_capped) == (2, False)
    assert found.theme == {"mobility": 1, "energy": 2}
    assert found.kind == {"problem": 2}
    assert found.status == {"received": 1, "done": 1}
    assert found.district == {"stadtteil-16": 1, "stadtteil-17": 1}


@pytest.mark.parametrize(
    "query",
    [
        "",
        "theme=mobility",
        "theme=mobility&theme=energy",
        "kind=idea&status=done",
        "district=stadtteil-17",
        "q=Radweg",
        "q=Radweg&kind=idea",
        "q=nirgends",
    ],
)
def test_the_total_is_the_length_of_the_list(pins, query):
    filters = PinFilter.from_query(QueryDict(query))
    filters.is_valid()
    listed = filters.apply(PublicPin.objects.all()).count()
    assert count(query).total == listed


def test_a_facet_is_what_one_gets_by_choosing(pins):
    chosen = count("kind=problem")
    for value, number in chosen.district.items():
        assert count(f"kind=problem&district={value}").total == number


@pytest.mark.parametrize(("query", "total"), [("", 1), ("q=Zebrastreifen", 1)])
def test_within_the_districts_of_a_body(pins, query, total):
    from districts.models import Body

    east = Body.objects.get(slug="ortsbeirat-ost")
    assert count(query, within=east).total == total


def test_many_hits_of_words_are_counted_up_to_a_limit(pins, monkeypatch):
    monkeypatch.setattr("pins.counts.COUNT_LIMIT", 3)
    found = count("q=Zebrastreifen")
    assert (found.total, found.is_capped) == (3, True)
    assert not found.theme

    found = count("q=Zebrastreifen&theme=mobility")
    assert (found.total, found.is_capped) == (2, False)


@pytest.mark.parametrize(
    "query", ["theme=energy", "q=Zebrastreifen", "q=Zebrastreifen&theme=energy"]
)
@pytest.mark.parametrize("limit", [1, 1_000])
def test_one_query_whatever_the_number(
    pins, django_assert_num_queries, monkeypatch, query, limit
):
    monkeypatch.setattr("pins.counts.COUNT_LIMIT", limit)
    filters = PinFilter.from_query(QueryDict(query))
    filters.is_valid()
    # Words are read by the database first.
    with django_assert_num_queries(2 if filters.has_words else 1):
        count_pins(filters)
