"""The filters of lists, map and exports: what passes, and what is refused."""

import pytest
from django.http import QueryDict

from geo.coordinates import Position
from pins.filters import PinFilter
from pins.models import PublicPin
from pins.orders import NEWEST, OLDEST, SUPPORTED, nearest_to
from pins.workflow import Status
from tests.factories import make_district, make_pin, make_theme


@pytest.fixture
def pins(db):
    """Pins by name, each different from "plain" in one way."""
    make_district(16)
    make_district(17)
    mobility, energy = make_theme("mobility"), make_theme("energy")
    make_theme("retired", is_active=False)
    return {
        "plain": make_pin(theme=mobility).pk,
        "energy": make_pin(theme=energy).pk,
        "idea": make_pin(theme=mobility, kind="idea").pk,
        "done": make_pin(theme=mobility, status=Status.DONE).pk,
        "east": make_pin(theme=mobility, district=17).pk,
        "tree": make_pin(
            theme=mobility,
            title="Mehr Bäume pflanzen",
            text="Im Sommer fehlt der Schatten.",
        ).pk,
    }


def read(query):
    filters = PinFilter.from_query(QueryDict(query))
    assert filters.is_valid(), filters.errors
    return filters


def passing(query, pins):
    found = read(query).apply(PublicPin.objects.all())
    ids = set(found.values_list("pk", flat=True))
    return {name for name, pk in pins.items() if pk in ids}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", "plain energy idea done east tree"),
        ("theme=energy", "energy"),
        ("theme=energy&theme=mobility", "plain energy idea done east tree"),
        ("theme=retired", ""),
        ("kind=idea", "idea"),
        ("theme=&theme=energy", "energy"),
        ("status=done", "done"),
        ("district=stadtteil-17", "east"),
        ("q=B%C3%A4ume", "tree"),
        (
            "kind=problem&district=stadtteil-16&theme=mobility&status=received&q=Schule",
            "plain",
        ),
        ("kind=idea&status=done", ""),
        ("utm_source=newsletter", "plain energy idea done east tree"),
    ],
)
def test_what_passes(pins, query, expected):
    assert passing(query, pins) == set(expected.split())


@pytest.mark.parametrize("name", PinFilter.base_fields)
def test_an_empty_filter_is_none(pins, name):
    assert passing(f"{name}=", pins) == set(pins)
    assert read(f"{name}=").query() == ""


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("theme=sports", "theme"),
        ("theme=mobility&theme=sports", "theme"),
        ("theme=&theme=sports", "theme"),
        ("kind=rant", "kind"),
        ("status=DONE", "status"),
        ("district=16", "district"),
        ("district=stadtteil-16%00", "district"),
        ("sort=random", "sort"),
        ("sort=nearest", "sort"),
        ("sort=nearest&near=", "sort"),
        ("sort=nearest&near=7.5", "near"),
        ("near=7.5,49.25,300", "near"),
        ("near=nan,49.25", "near"),
        ("near=181,49.25", "near"),
        ("near=7.5,x", "near"),
        ("near=" + "7" * 61, "near"),
        ("near=7.5%00,49", "near"),
        ("q=" + "x" * 101, "q"),
        ("q=a%00b", "q"),
        ("q=a%07b", "q"),
    ],
)
def test_what_is_refused_at_its_field(pins, query, field):
    filters = PinFilter.from_query(QueryDict(query))

    assert not filters.is_valid()
    assert list(filters.errors) == [field]


@pytest.mark.parametrize("text", ["'", '"', "((", "a & | !", "🌳", "%", "\\", "-"])
def test_any_words_can_be_searched_for(pins, text):
    query = QueryDict(mutable=True)
    query["q"] = text
    filters = PinFilter.from_query(query)

    assert filters.is_valid()
    assert len(filters.apply(PublicPin.objects.all())) <= len(pins)


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("", ""),
        ("kind=&theme=mobility&q=&sort=", "theme=mobility"),
        ("sort=oldest&after=1-2", "sort=oldest"),
        (
            "q=zwei+W%C3%B6rter&theme=energy&theme=mobility",
            "theme=energy&theme=mobility&q=zwei+W%C3%B6rter",
        ),
    ],
)
def test_links_keep_what_is_active(pins, query, kept):
    assert read(query).query() == kept


@pytest.mark.parametrize(
    ("query", "expected"),
    [("", False), ("sort=oldest", False), ("kind=idea", True), ("q=Weg", True)],
)
def test_whether_anything_is_left_out(pins, query, expected):
    assert read(query).leaves_out() is expected


@pytest.mark.parametrize(
    ("query", "order"),
    [
        ("", NEWEST),
        ("sort=newest", NEWEST),
        ("sort=oldest", OLDEST),
        ("sort=supported", SUPPORTED),
        ("sort=nearest&near=7.5,49.25", nearest_to(Position(7.5, 49.25))),
        ("near=7.5,49.25", NEWEST),
    ],
)
def test_order(pins, query, order):
    assert read(query).order == order


def test_a_place_to_start_from_stays_in_the_links(pins):
    assert (
        read("sort=nearest&near=7.5,49.25").query() == "sort=nearest&near=7.5%2C49.25"
    )


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("kind=idea&q=Weg", 0),
        ("theme=mobility", 1),
        ("theme=mobility&district=stadtteil-16", 2),
    ],
)
def test_only_what_is_chosen_is_looked_up(
    pins, query, number, django_assert_num_queries
):
    with django_assert_num_queries(number):
        assert PinFilter.from_query(QueryDict(query)).is_valid()
