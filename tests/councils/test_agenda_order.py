"""The order of an agenda's items."""

import pytest

from councils import agenda_order
from councils.agendas import AgendaChanged
from tests.factories import make_body, make_item, make_sitting


@pytest.fixture
def body(db):
    return make_body("Ortsbeirat West")


def titles(sitting):
    items = sitting.items.order_by("order").values_list("order", "title")
    orders = [order for order, _title in items]
    assert orders == list(range(1, len(orders) + 1))
    return [title for _order, title in items]


@pytest.fixture
def sitting(body):
    sitting = make_sitting(body)
    for title in "abc":
        make_item(sitting, title)
    return sitting


@pytest.fixture
def ids(sitting):
    return list(sitting.items.order_by("order").values_list("pk", flat=True))


def test_any(sitting, ids):
    a, b, c = ids
    agenda_order.reorder(sitting=sitting, item_ids=[c, a, b], read=ids)
    assert titles(sitting) == ["c", "a", "b"]


def test_what_is_missing_twice_or_foreign(sitting, ids, body):
    a, b, c = ids
    other = make_item(make_sitting(body, days=9))
    for wrong in ([], [a, b], [a, b, c, c], [a, b, other.pk], [a, b, c, other.pk]):
        with pytest.raises(AgendaChanged):
            agenda_order.reorder(sitting=sitting, item_ids=wrong)
    assert titles(sitting) == ["a", "b", "c"]


def test_somebody_else_was_faster(sitting, ids):
    agenda_order.reorder(sitting=sitting, item_ids=ids[::-1])
    with pytest.raises(AgendaChanged):
        agenda_order.reorder(sitting=sitting, item_ids=ids, read=ids)
    assert titles(sitting) == ["c", "b", "a"]


@pytest.mark.parametrize(
    ("place", "by", "expected"),
    [
        (0, 1, "bac"),
        (0, -1, "abc"),
        (1, -1, "bac"),
        (1, 1, "acb"),
        (2, 1, "abc"),
        (2, -1, "acb"),
        (0, 99, "bca"),
    ],
)
def test_one_place_at_a_time(sitting, place, by, expected):
    item = sitting.items.order_by("order")[place]
    agenda_order.move_item(item=item, by=by)
    assert "".join(titles(sitting)) == expected


def test_few_queries_whatever_the_length(sitting, ids, django_assert_max_num_queries):
    for number in range(40):
        make_item(sitting, f"Punkt {number}")
    ids = list(sitting.items.order_by("order").values_list("pk", flat=True))
    with django_assert_max_num_queries(7):
        agenda_order.reorder(sitting=sitting, item_ids=ids[::-1])
