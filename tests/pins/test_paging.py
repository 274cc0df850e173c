"""Keyset paging: every pin exactly once, forwards and backwards, over ties."""

import datetime

import pytest
from django.db.models import Q
from django.http import QueryDict
from django.utils import timezone

from geo.coordinates import Position
from pins.models import Pin, PublicPin, Support
from pins.orders import NEWEST, OLDEST, SUPPORTED, nearest_to
from pins.paging import BadCursor, Cursor, read_page
from pins.workflow import Visibility
from tests.factories import make_district, make_pin
from tests.geometries import point_in

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


def page(query="", order=NEWEST):
    pins = PublicPin.objects.all()
    return read_page(pins, QueryDict(query), order, total=len(pins))


def walk(direction, query="", order=NEWEST):
    """Return the ids of each page from here on in one direction."""
    pages = []
    while True:
        found = page(query, order)
        pages.append([pin.pk for pin in found.pins])
        query = getattr(found, f"{direction}_query")
        if query is None:
            return pages


def test_forwards_from_the_newest(pins):
    newest_first = list(reversed(pins))

    assert walk("next") == [newest_first[:20], newest_first[20:40], newest_first[40:]]


def test_forwards_from_the_oldest(pins):
    assert walk("next", order=OLDEST) == [pins[:20], pins[20:40], pins[40:]]


@pytest.fixture
def uneven(district):
    """45 pins of 9 numbers of supports at 15 places: ties at the end of each page."""
    made = [
        make_pin(published_at=MOMENT, location=point_in(16, n % 15 / 16, 0.5))
        for n in range(45)
    ]
    Support.objects.bulk_create(
        Support(pin=pin, key=f"{key:064x}")
        for n, pin in enumerate(made)
        for key in range(n % 9)
    )
    return [pin.pk for pin in made]


def expected(order, pins):
    """Return the ids in an order, by what Python makes of it."""
    if order is NEWEST:
        return list(reversed(pins))
    if order is SUPPORTED:
        return [pins[n] for n in sorted(range(45), key=lambda n: (n % 9, n))][::-1]
    if order.near:
        # The starting point is the westernmost of the places.
        return [pins[n] for n in sorted(range(45), key=lambda n: (n % 15, n))]
    return pins


WEST = point_in(16, 0, 0.5)
ORDERS = {
    "newest": NEWEST,
    "oldest": OLDEST,
    "supported": SUPPORTED,
    "nearest": nearest_to(Position(WEST.x, WEST.y)),
}


@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS)
def test_every_order_shows_each_pin_once_in_both_directions(uneven, order):
    wanted = expected(order, uneven)
    pages = [wanted[:20], wanted[20:40], wanted[40:]]

    assert walk("next", order=order) == pages
    second = page(page("", order).next_query, order)
    last = page(second.next_query, order)
    assert [pin.pk for pin in last.pins] == pages[2]
    assert walk("previous", last.previous_query, order) == [pages[1], pages[0]]


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
    assert found.pins == []
    assert (found.next_query, found.previous_query) == (None, None)


def test_filters_stay_in_the_links(pins):
    first = page("theme=mobility&theme=energy&q=Weg")

    link = QueryDict(first.next_query)
    assert link.getlist("theme") == ["mobility", "energy"]
    assert link["q"] == "Weg"
    assert "before" in QueryDict(page(first.next_query).previous_query)
    assert "after" not in QueryDict(page(first.next_query).previous_query)


@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS)
@pytest.mark.parametrize("query", ["", "next"])
def test_one_query_whatever_the_size(pins, query, order, django_assert_num_queries):
    if query == "next":
        query = page("", order).next_query

    with django_assert_num_queries(1):
        found = read_page(PublicPin.objects.all(), QueryDict(query), order, total=45)
        assert [pin.theme.slug for pin in found.pins] == ["mobility"] * 20


def test_a_cursor_is_exact_to_the_microsecond(district):
    make_pin(published_at=MOMENT)
    cursor = Cursor.of(PublicPin.objects.get(), NEWEST)

    assert Cursor.read(str(cursor), NEWEST) == cursor
    assert cursor.value == MOMENT


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


@pytest.mark.parametrize(
    ("order", "text"),
    [
        ("supported", "-1-2"),
        ("supported", "1.5-2"),
        ("supported", f"{2**31}-2"),
        ("supported", "x-2"),
        ("nearest", "nan-1"),
        ("nearest", "inf-1"),
        ("nearest", "1e999-1"),
        ("nearest", "x-1"),
        ("nearest", "1.5-x"),
        ("nearest", "1.5"),
    ],
)
def test_what_is_no_count_and_no_distance_is_refused(district, order, text):
    with pytest.raises(BadCursor):
        page(f"after={text}", ORDERS[order])


def test_two_directions_at_once_are_refused(district):
    cursor = Cursor(NEWEST, timezone.now(), 1)
    with pytest.raises(BadCursor):
        page(f"after={cursor}&before={cursor}")


def test_a_cursor_beyond_the_end_shows_an_empty_page(pins):
    found = page(f"after={Cursor(NEWEST, MOMENT - datetime.timedelta(days=9), 1)}")
    assert (found.pins, found.next_query, found.previous_query) == ([], None, None)


def test_list_by_distance_ends_after_the_nearest(district, monkeypatch):
    monkeypatch.setattr("pins.orders.LISTED", 25)
    monkeypatch.setattr("pins.paging.LISTED", 25)
    near = [n / 100 for n in range(24)]
    # Two are just as far away as the last one; nobody is left out by chance.
    for east in [*near, 0.5, 0.5, 0.6]:
        make_pin(location=point_in(16, east, 0.5))
    order = nearest_to(Position(WEST.x, WEST.y))

    first = page("", order)
    second = page(first.next_query, order)

    assert (first.ends_after, second.ends_after) == (None, 25)
    assert len(first.pins) + len(second.pins) == 26
    assert second.next_query is None
    assert page("after=1e9-1", order).pins == []


@pytest.mark.parametrize("order", [NEWEST, nearest_to(Position(7.7, 49.4))])
def test_short_list_ends_early_in_no_order(pins, order):
    assert page("", order).ends_after is None
    assert page(page("", order).next_query, order).ends_after is None


def test_parts_are_merged_in_order_over_ties(pins):
    Pin.objects.filter(pk__in=pins[::3]).update(kind="idea")
    Pin.objects.filter(pk__in=pins[1::3]).update(kind="keep")
    parts = [Q(kind=kind) for kind in ("idea", "keep", "problem")]

    def read(query):
        found = PublicPin.objects.all()
        return read_page(found, QueryDict(query), OLDEST, parts=parts)

    pages = [read("")]
    while pages[-1].next_query:
        pages.append(read(pages[-1].next_query))
    back = read(pages[-1].previous_query or "")

    assert [[pin.pk for pin in page.pins] for page in pages] == [
        pins[:20],
        pins[20:40],
        pins[40:],
    ]
    assert [pin.pk for pin in back.pins] == pins[20:40]
    assert back.previous_query is not None


def test_a_part_without_pins_leaves_nothing_out(pins):
    parts = [Q(kind="problem"), Q(kind="idea")]

    found = read_page(PublicPin.objects.all(), QueryDict(), OLDEST, parts=parts)

    assert [pin.pk for pin in found.pins] == pins[:20]


def test_parts_take_one_query(pins, django_assert_num_queries):
    parts = [Q(kind="problem"), Q(kind="idea")]

    with django_assert_num_queries(1):
        read_page(PublicPin.objects.all(), QueryDict(), OLDEST, parts=parts)
