"""New boundaries and duties carry the pins along, set by set."""

import datetime
import logging

import pytest
from django.contrib.gis.geos import MultiPolygon, Point, Polygon
from django.db import transaction

from districts.models import District, Responsibility
from districts.models import today as district_day
from pins import boundaries
from pins.boundaries import follow_boundaries
from pins.models import Pin, PublicPin, PublicVersion
from pins.tasks import follow_boundaries_nightly
from tests.factories import make_body, make_district, make_pin
from tests.geometries import district_square, point_in


@pytest.fixture
def today(db):
    return district_day()


def end(district, day):
    Responsibility.objects.filter(district=district).update(valid_to=day)
    District.objects.filter(pk=district.pk).update(valid_to=day)


def test_nothing_changed_moves_nothing(today):
    make_district(16)
    make_pin()
    version = PublicVersion.now()

    assert follow_boundaries() == 0
    assert PublicVersion.now() == version


def test_pins_move_to_the_new_boundary(today, django_assert_num_queries):
    old, east = make_district(16), make_district(17)
    moves = make_pin(location=point_in(17))
    stays = make_pin(location=point_in(16))
    unseen = make_pin(location=point_in(17), visibility="submitted")
    end(old, today)
    end(east, today)
    both = district_square(16).union(district_square(17))
    grown = make_district(16, geometry=MultiPolygon(both, srid=4326), valid_from=today)

    # One batch, however many pins it has.
    with django_assert_num_queries(11):
        moved = follow_boundaries()

    assert moved == 3
    assert set(Pin.objects.values_list("district", flat=True)) == {grown.pk}
    assert unseen.pk in Pin.objects.values_list("pk", flat=True)
    shown = PublicPin.objects.order_by("pk")
    assert [pin.pk for pin in shown] == [moves.pk, stays.pk]
    assert {(pin.district_number, pin.body_slug) for pin in shown} == {
        (16, "ortsbeirat-16")
    }


def test_many_pins_move_in_batches(today, monkeypatch):
    monkeypatch.setattr(boundaries, "BATCH", 2)
    east = make_district(17)
    for _ in range(5):
        make_pin(location=point_in(17))
    end(east, today)
    heir = make_district(18, geometry=district_square(17), valid_from=today)

    assert follow_boundaries() == 5
    assert set(Pin.objects.values_list("district", flat=True)) == {heir.pk}
    shown = PublicPin.objects.values_list("district_number", "body_slug")
    assert set(shown) == {(18, "ortsbeirat-18")}


def test_a_new_version_that_looks_the_same_touches_no_public_row(today):
    old = make_district(16)
    pin = make_pin()
    end(old, today)
    heir = make_district(16, body=old.responsibility_set.get().body, valid_from=today)
    version = PublicVersion.now()

    assert follow_boundaries() == 1
    pin.refresh_from_db()
    assert pin.district == heir
    assert PublicVersion.now() == version


def test_a_rough_place_is_cut_at_the_new_border(today):
    district = make_district(16)
    pin = make_pin(location=point_in(16, 0.5, 0.5), is_rough=True)
    end(district, today)
    west, south, east, north = district_square(16).extent
    middle = (west + east) / 2 + 1e-5
    half = Polygon.from_bbox((west, south, middle, north))
    make_district(16, geometry=MultiPolygon(half, srid=4326), valid_from=today)
    quarter = Polygon.from_bbox((middle, south, east, north))
    make_district(18, geometry=MultiPolygon(quarter, srid=4326), valid_from=today)

    follow_boundaries()

    shown = PublicPin.objects.get(pk=pin.pk).location
    assert shown.x < middle


def test_where_districts_overlap_the_lower_number_has_the_pin(today):
    make_district(17)
    make_pin(location=point_in(17, 0.25, 0.5))
    make_pin(location=point_in(17, 0.75, 0.5))
    west, south, east, north = district_square(17).extent
    half = Polygon.from_bbox((west, south, (west + east) / 2, north))
    make_district(16, geometry=MultiPolygon(half, srid=4326), valid_from=today)

    assert follow_boundaries() == 1
    shown = PublicPin.objects.order_by("pk")
    assert [pin.district_number for pin in shown] == [16, 17]
    assert follow_boundaries() == 0


def test_on_a_shared_edge_the_lower_number_has_the_pin(today):
    make_district(17)
    west, south, _east, north = district_square(17).extent
    pin = make_pin(location=Point(west, (south + north) / 2, srid=4326))
    make_district(16, valid_from=today)

    assert follow_boundaries() == 1
    pin.refresh_from_db()
    assert pin.district.number == 16


def test_only_the_pins_that_moved_are_counted(today):
    make_district(16)
    east = make_district(17)
    make_pin(location=point_in(16))
    make_pin(location=point_in(17))
    end(east, today)
    make_district(18, geometry=district_square(17), valid_from=today)

    assert follow_boundaries() == 1


def test_a_pin_that_no_district_holds_any_more_keeps_the_one_it_had(today):
    district = make_district(16)
    pin = make_pin()
    end(district, today)

    assert follow_boundaries() == 0
    pin.refresh_from_db()
    assert pin.district == district
    assert PublicPin.objects.get().body_slug == "ortsbeirat-16"


def test_a_duty_that_begins_today_shows(today):
    """The duty was entered long ago: no trigger fires on the day it begins."""
    district = make_district(16)
    new = make_body("Ortsbeirat Neudorf")
    pin = make_pin()
    duty = Responsibility.objects.get(district=district)
    duty.valid_to = today
    duty.save()
    Responsibility.objects.create(district=district, body=new, valid_from=today)
    # As if the day had come since: the public row still names the body of yesterday.
    old = duty.body
    PublicPin.objects.filter(pk=pin.pk).update(
        body=old, body_name=old.name, body_slug=old.slug
    )

    assert follow_boundaries() == 0
    assert PublicPin.objects.get().body == new


def test_a_duty_of_the_future_does_not_show_yet(today):
    district = make_district(16)
    pin = make_pin()
    tomorrow = today + datetime.timedelta(days=2)
    Responsibility.objects.filter(district=district).update(valid_to=tomorrow)
    Responsibility.objects.create(
        district=district, body=make_body("Ortsbeirat Neudorf"), valid_from=tomorrow
    )

    follow_boundaries()

    assert PublicPin.objects.get(pk=pin.pk).body_slug == "ortsbeirat-16"


@pytest.mark.django_db(transaction=True)
def test_it_happens_every_night(caplog):
    today = district_day()
    east = make_district(17)
    pin = make_pin(district=17)
    with transaction.atomic():
        end(east, today)
    heir = make_district(18, geometry=district_square(17), valid_from=today)

    with caplog.at_level(logging.INFO):
        follow_boundaries_nightly(timestamp=0)

    pin.refresh_from_db()
    assert pin.district == heir
    assert "1 contributions changed district" in caplog.text
