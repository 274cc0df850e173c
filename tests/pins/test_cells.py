"""The counts per cell agree with the public pins after whatever happens to them."""

import threading

import pytest
from django.db import connection

from districts.models import District, Responsibility
from districts.models import today as district_day
from layers.models import Theme
from pins import boundaries
from pins.actions import change_status, hide_pin, publish_pin, withdraw_pin
from pins.models import Pin, PublicCell, PublicCluster, PublicPin
from pins.models.cells import KEY, LEVELS, PLACE
from pins.workflow import Role, Status, Visibility
from tests.factories import (
    make_body,
    make_district,
    make_moderator,
    make_pin,
    make_theme,
    make_user,
)
from tests.geometries import district_square, point_in

COUNTED = """
    SELECT zoom, tile_x, tile_y, cell, theme_slug, kind, status, district_slug,
        body_slug, count(*), count(answered_after), sum(round(ST_X(mercator))),
        sum(round(ST_Y(mercator))), sum(id)
    FROM pins_publicpin, LATERAL pins_cells_at(mercator)
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9
"""


@pytest.fixture
def districts(db):
    make_district(16)
    make_district(17)


COUNTED_TOGETHER = """
    SELECT zoom, tile_x, tile_y, cell, count(*), sum(round(ST_X(mercator))),
        sum(round(ST_Y(mercator))), sum(id)
    FROM pins_publicpin, LATERAL pins_cells_at(mercator)
    GROUP BY 1, 2, 3, 4
"""


def kept():
    """Return the counts by everything, and those of all pins of a cell."""
    columns = (*KEY, "n", "answered", "sum_x", "sum_y", "sum_id")
    together = (*PLACE, "n", "sum_x", "sum_y", "sum_id")
    return (
        set(PublicCell.objects.values_list(*columns)),
        set(PublicCluster.objects.values_list(*together)),
    )


def counted():
    found = []
    with connection.cursor() as cursor:
        for statement in (COUNTED, COUNTED_TOGETHER):
            cursor.execute(statement)
            found.append(set(cursor.fetchall()))
    return tuple(found)


def total():
    return sum(PublicCell.objects.whole_city().values_list("n", flat=True))


def test_what_happens_while_boundaries_change_is_counted(districts, monkeypatch):
    """Between two batches, pins of either are hidden, moved, deleted and sent in."""
    monkeypatch.setattr(boundaries, "BATCH", 2)
    pins = [make_pin(location=point_in(17, n / 16, n / 16)) for n in range(1, 9)]
    waiting = make_pin(location=point_in(17, 0.9, 0.1), visibility=Visibility.SUBMITTED)
    today = district_day()
    east = District.objects.filter(number=17)
    Responsibility.objects.filter(district__in=east).update(valid_to=today)
    east.update(valid_to=today)
    make_district(18, geometry=district_square(17), valid_from=today)
    meanwhile = [
        lambda: move_to_16(pins[0]),
        lambda: hide(pins[3]),
        lambda: publish(waiting),
        lambda: pins[7].delete(),
        lambda: make_pin(location=point_in(17, 0.1, 0.9)),
    ]
    follow = boundaries._follow

    def follow_and_be_disturbed(ids):
        meanwhile.pop(0)()
        return follow(ids)

    monkeypatch.setattr(boundaries, "_follow", follow_and_be_disturbed)

    boundaries.follow_boundaries()

    assert not meanwhile
    assert kept() == counted()
    shown = PublicPin.objects.values_list("pk", "district_number")
    assert dict(shown) == dict(
        Pin.objects.filter(visibility=Visibility.PUBLISHED).values_list(
            "pk", "district__number"
        )
    )
    assert total() == 8
    by_district = PublicCell.objects.whole_city().totals("district_slug")
    assert sorted(by_district.values()) == [1, 7]


def test_every_pin_counts_once_at_each_zoom(districts):
    for n in range(12):
        make_pin(location=point_in(16, n / 16, n / 16), kind=["idea", "keep"][n % 2])

    assert kept() == counted()
    for zoom in LEVELS:
        cells = PublicCell.objects.filter(zoom=zoom)
        assert sum(cells.values_list("n", flat=True)) == 12


def test_pins_of_one_cell_and_sort_share_a_row(districts):
    make_pin()
    make_pin()

    (row,) = PublicCell.objects.whole_city()
    assert (row.n, row.kind, row.theme_slug) == (2, "problem", "mobility")


def test_nothing_counts_before_it_is_published(districts):
    make_pin(visibility=Visibility.SUBMITTED)
    assert kept() == (set(), set())


def publish(pin):
    actor = make_moderator("veroeffentlicht")
    publish_pin(pin=pin, actor=actor, read=pin.words_digest)


def move_to_16(pin):
    Pin.objects.filter(pk=pin.pk).update(location=point_in(16, 0.2, 0.9))


def move(pin):
    Pin.objects.filter(pk=pin.pk).update(location=point_in(17, 0.2, 0.9))


def rename(pin):
    District.objects.filter(number=16).update(slug="anders")


def retag(pin):
    Theme.objects.filter(slug="mobility").update(slug="verkehr")


def recategorise(pin):
    Pin.objects.filter(pk=pin.pk).update(kind="keep", theme=make_theme("energy"))


def advance(pin):
    Pin.objects.filter(pk=pin.pk).update(status=Status.DONE)


def answer(pin):
    change_status(
        pin=pin,
        to=Status.ENDORSED,
        actor=make_user(),
        roles={Role.SITTING},
        body=None,
        public_note="Das soll so kommen.",
    )


def hand_over(pin):
    Pin.objects.filter(pk=pin.pk).update(handed_to=make_body("Ausschuss"))


def hide(pin):
    hide_pin(pin=pin, actor=make_moderator(), reason="Enthält einen Namen.")


def withdraw(pin):
    withdraw_pin(pin=pin)


def delete_all(pin):
    Pin.objects.all().delete()


def nudge(pin):
    Pin.objects.filter(pk=pin.pk).update(location=point_in(16, 0.5001, 0.5))


def nothing(pin):
    Pin.objects.update(title="Ein anderer Titel für alle")


@pytest.mark.parametrize(
    ("change", "left"),
    [
        (move, 2),
        (nudge, 2),
        (rename, 2),
        (retag, 2),
        (recategorise, 2),
        (advance, 2),
        (answer, 2),
        (hand_over, 2),
        (nothing, 2),
        (hide, 1),
        (withdraw, 1),
        (delete_all, 0),
    ],
)
def test_counts_follow(districts, change, left):
    pin = make_pin(status=Status.IN_REVIEW)
    make_pin(location=point_in(16, 0.1, 0.1))

    change(pin)

    assert kept() == counted()
    assert total() == left == PublicPin.objects.count()


def test_a_pin_that_comes_back_counts_again(districts):
    moderator = make_moderator()
    pin = make_pin()
    hide_pin(pin=pin, actor=moderator, reason="Wird geprüft.")
    pin.refresh_from_db()
    publish_pin(pin=pin, actor=moderator, read=pin.words_digest)

    assert kept() == counted()
    assert total() == 1


def test_no_row_stays_at_zero(districts):
    make_pin().delete()
    assert kept() == (set(), set())


@pytest.mark.django_db(transaction=True)
def test_two_at_once_lose_no_count():
    make_district(16)
    pins = [make_pin(visibility=Visibility.SUBMITTED) for _ in range(8)]
    start = threading.Barrier(4)

    def publish(mine):
        try:
            start.wait()
            for pin in mine:
                Pin.objects.filter(pk=pin.pk).update(
                    visibility="published", published_at="2026-11-28T12:00Z"
                )
        finally:
            connection.close()

    threads = [
        threading.Thread(target=publish, args=(pins[n::4],), daemon=True)
        for n in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert kept() == counted()
    assert total() == 8
