"""Keyset paging: every pin exactly once, forwards and backwards, over ties."""

import datetime

import pytest
from django.http import QueryDict
from django.utils import timezone

from pins.models import Pin, PublicPin
from pins.paging import BadCursor, Cursor, read_page
from pins.workflow import Visibility
from tests.factories import make_district, make_pin

MOMENT = datetime.datetime(2026, 5, 1, 12, 0, 0, 123_456, datetime.UTC)


@pytest.fixture
def district(db):
    return make_district(16)


@pytest.fixture
def pins(district):
    """45 pins of 9 moments, so that each page ends in the midst of a tie."""
    made = [
        make_pin(visibility=Visibility.SUBMITTED, published_at=at)
        for at in (MOMENT + datetime.timedelta(hours=n // 5) for n in range(45))
    ]
    Pin.objects.update(visibility=Visibility.PUBLISHED)
    return [pin.pk for pin in made]


def page(query="", **options):
    return read_page(PublicPin.objects.all(), QueryDict(query), **options)


def walk(direction, query="", **options):
    """Return the ids of each page from here on in one direction."""
    pages = []
    while True:
        found = page(query, **options)
        pages.append([pin.pk for pin in found.pins])
        query = getattr(found, f"{direction}_query")
        if query is None:
            return pages


def test_forwards_from_the_newest(pins):
    newest_first = list(reversed(pins))

    assert walk("next") == [newest_first[:20], newest_first[20:40], newest_first[40:]]


def test_forwards_from_the_oldest(pins):
    assert walk("next", oldest_first=True) == [pins[:20], pins[20:40], pins[40:]]


@pytest.mark.parametrize("oldest_first", [False, True])
def test_backwards_shows_the_same_pins_in_the_same_order(pins, oldest_first):
    order = pins if oldest_first else list(reversed(pins))
    last = page(
        page("", oldest_first=oldest_first).next_query, oldest_first=oldest_first
    )
    end = page(last.next_query, oldest_first=oldest_first)

    assert [pin.pk for pin in end.pins] == order[40:]
    assert walk("previous", end.previous_query, oldest_first=oldest_first) == [
        order[20:40],
        order[:20],
    ]


def test_the_neighbours_of_each_page(pins):
    first = page()
    assert (first.previous_query, bool(first.next_query)) == (None, True)
    second = page(first.next_query)
    assert second.previous_query
    assert second.next_query
    third = page(second.next_query)
    assert (bool(third.previous_query), third.next_query) == (True, None)
    assert page(second.previous_query).previous_query is None
    assert page(third.previous_query).previous_query


def test_what_is_published_meanwhile_shifts_nothing(pins):
    first = page()
    make_pin(published_at=MOMENT + datetime.timedelta(days=1))

    second = page(first.next_query)

    assert [pin.pk for pin in second.pins] == list(reversed(pins))[20:40]


def test_a_full_page_and_nothing_more_has_no_next(district):
    for _ in range(20):
        make_pin(published_at=MOMENT)

    found = page()
    assert len(found.pins) == 20
    assert (found.next_query, found.previous_query) == (None, None)


def test_an_empty_list(district):
    found = page()
    assert (found.pins, found.total, found.is_capped) == ([], 0, False)
    assert (found.next_query, found.previous_query) == (None, None)


def test_filters_stay_in_the_links(pins):
    first = page("theme=mobility&theme=energy&q=Weg")

    link = QueryDict(first.next_query)
    assert link.getlist("theme") == ["mobility", "energy"]
    assert link["q"] == "Weg"
    assert "before" in QueryDict(page(first.next_query).previous_query)
    assert "after" not in QueryDict(page(first.next_query).previous_query)


def test_the_count_is_of_all_pages_and_capped(pins, monkeypatch):
    assert (page().total, page().is_capped) == (45, False)
    monkeypatch.setattr("pins.paging.COUNT_LIMIT", 45)
    assert (page().total, page().is_capped) == (45, False)
    monkeypatch.setattr("pins.paging.COUNT_LIMIT", 44)
    assert (page().total, page().is_capped) == (44, True)


@pytest.mark.parametrize("query", ["", "next"])
def test_two_queries_whatever_the_size(pins, query, django_assert_num_queries):
    if query == "next":
        query = page().next_query

    with django_assert_num_queries(2):
        found = page(query)
        assert [pin.theme.slug for pin in found.pins] == ["mobility"] * 20


def test_a_cursor_is_exact_to_the_microsecond(district):
    make_pin(published_at=MOMENT)
    cursor = Cursor.of(PublicPin.objects.get())

    assert Cursor.read(str(cursor)) == cursor
    assert cursor.published_at == MOMENT


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "1",
        "1-",
        "-1",
        "1-2-3",
        "1-x",
        "1.5-2",
        "1-99999999999999999999",
        "99999999999999999999-1",
        "9" * 5000 + "-1",
        "1-2\x00",
        "'; DROP TABLE pins_pin; --",
    ],
    ids=lambda text: text[:12] or "empty",
)
@pytest.mark.parametrize("name", ["after", "before"])
def test_what_is_no_cursor_is_refused(district, text, name):
    query = QueryDict(mutable=True)
    query[name] = text
    with pytest.raises(BadCursor):
        read_page(PublicPin.objects.all(), query)


def test_two_directions_at_once_are_refused(district):
    cursor = Cursor(timezone.now(), 1)
    with pytest.raises(BadCursor):
        page(f"after={cursor}&before={cursor}")


def test_a_cursor_beyond_the_end_shows_an_empty_page(pins):
    found = page(f"after={Cursor(MOMENT - datetime.timedelta(days=9), 1)}")
    assert (found.pins, found.next_query, found.previous_query) == ([], None, None)
    assert found.total == 45
