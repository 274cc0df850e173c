"""Which district holds a point: one or none, on every day and on every edge."""

import datetime

import pytest
from django.contrib.gis.geos import Point
from django.db import connection

from districts.models import District
from tests.factories import make_district
from tests.geometries import STEP, point_in, square

pytestmark = pytest.mark.django_db

DAY = datetime.date(2026, 11, 24)


@pytest.fixture(autouse=True)
def districts():
    """Make 16 and 17 side by side, and 9 above both with the lowest number."""
    make_district(17)
    make_district(16)
    make_district(9, geometry=square(7.75, 49.375 + STEP, 2 * STEP))


def at(point, day=DAY):
    """Return the numbers of the districts that hold a point; ask the database too."""
    found = list(District.objects.containing(point, day))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT districts_at(ST_GeomFromEWKB(%s), %s)", [bytes(point.ewkb), day]
        )
        (pk,) = cursor.fetchone()
    assert [district.pk for district in found] == ([] if pk is None else [pk])
    return [district.number for district in found]


@pytest.mark.parametrize(
    ("point", "numbers"),
    [
        (point_in(16), [16]),
        (point_in(17), [17]),
        (point_in(16, 0.999, 0.001), [16]),
        (point_in(16, 0.5, 1.5), [9]),
    ],
)
def test_inside(point, numbers):
    assert at(point) == numbers


@pytest.mark.parametrize(
    ("point", "numbers"),
    [
        (point_in(16, 1.0, 0.5), [16]),
        (point_in(16, 0.5, 1.0), [9]),
        (point_in(17, 0.5, 1.0), [9]),
        (point_in(16, 1.0, 1.0), [9]),
        (point_in(16, 1.0, 0.0), [16]),
    ],
    ids=["16|17", "16|9", "17|9", "corner of all three", "end of the edge"],
)
def test_on_shared_edges_and_corners_the_lower_number(point, numbers):
    assert at(point) == numbers


@pytest.mark.parametrize(
    "point",
    [
        point_in(16, 0.0, 0.5),
        point_in(16, 0.0, 0.0),
        point_in(17, 1.0, 0.0),
    ],
)
def test_the_outer_edge_belongs_to_the_city(point):
    assert len(at(point)) == 1


@pytest.mark.parametrize(
    "point",
    [
        point_in(15),
        point_in(16, 0.5, -0.001),
        Point(0, 0, srid=4326),
        # Latitude and longitude swapped.
        Point(49.38, 7.76, srid=4326),
    ],
)
def test_outside_is_none(point):
    assert at(point) == []


def test_on_each_day_its_own_version():
    turn = datetime.date(2027, 1, 1)
    make_district(20, geometry=square(8, 49), valid_to=turn)
    make_district(20, geometry=square(8, 49, 2 * STEP), valid_from=turn)
    kept, gained = (
        Point(8 + STEP / 2, 49.005, srid=4326),
        Point(8 + STEP * 1.5, 49.005, srid=4326),
    )

    eve = turn - datetime.timedelta(days=1)
    assert at(kept, eve) == at(kept, turn) == [20]
    assert at(gained, eve) == []
    assert at(gained, turn) == [20]
    assert at(kept, datetime.date(2004, 6, 30)) == []


def test_today_unless_told_otherwise():
    make_district(20, geometry=square(8, 49), valid_to=datetime.date(2005, 1, 1))
    point = Point(8.001, 49.001, srid=4326)

    assert not District.objects.containing(point).exists()


def test_one_query(django_assert_num_queries):
    with django_assert_num_queries(1):
        District.objects.with_body(DAY).containing(point_in(16), DAY).get()
