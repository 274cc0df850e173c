"""What the database refuses, whoever writes."""

import datetime

import pytest
from django.contrib.gis.geos import MultiPolygon, Polygon
from django.db import IntegrityError, connection, transaction

from districts.models import Body, District, Responsibility
from tests.factories import (
    IN_FORCE,
    broken_constraint,
    make_body,
    make_district,
)
from tests.geometries import district_square

pytestmark = pytest.mark.django_db

TURN = datetime.date(2027, 1, 1)
EVE = datetime.date(2026, 12, 31)
BOW_TIE = MultiPolygon(
    Polygon(((7, 49), (8, 50), (8, 49), (7, 50), (7, 49))), srid=4326
)


def refused(action, *args, **kwargs):
    """Do what must be refused, and return the name of the constraint that did it."""
    with pytest.raises(IntegrityError) as refusal:
        committed(action, *args, **kwargs)
    return broken_constraint(refusal.value)


@transaction.atomic
def committed(action, *args, **kwargs):
    """Do it, and check what is checked at the commit."""
    action(*args, **kwargs)
    connection.check_constraints()


def without_body(**fields):
    values = {
        "number": 16,
        "name": "Hohenecken",
        "slug": "hohenecken",
        "kind": "ortsbezirk",
        "geometry": district_square(16),
        "valid_from": IN_FORCE,
    }
    return District.objects.create(**(values | fields))


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"kind": "village"}, "district_kind_known"),
        ({"number": 0}, "district_number_positive"),
        ({"valid_to": IN_FORCE}, "district_ends_after_its_start"),
        ({"geometry": BOW_TIE}, "district_geometry_valid"),
    ],
)
def test_a_district_that_cannot_be(fields, constraint):
    assert refused(without_body, **fields) == constraint


def test_a_number_is_taken_once_a_day():
    make_district(16, valid_to=TURN)

    taken = refused(make_district, 16, slug="other", valid_from=EVE)
    assert taken == "district_number_once_a_day"
    make_district(16, slug="other", valid_from=TURN)


def test_a_slug_is_taken_once_a_day():
    make_district(16, slug="hohenecken", valid_to=TURN)

    taken = refused(make_district, 17, slug="hohenecken", valid_from=EVE)
    assert taken == "district_slug_once_a_day"
    make_district(17, slug="hohenecken", valid_from=TURN)


def test_a_district_without_body_cannot_exist():
    assert refused(without_body) == "district_has_a_body"


def test_the_body_may_follow_in_the_same_transaction():
    district = without_body()
    Responsibility.objects.create(
        district=district, body=make_body(), valid_from=IN_FORCE
    )

    connection.check_constraints()


@pytest.mark.parametrize(
    "spans",
    [
        [(IN_FORCE, EVE)],
        [(EVE, None)],
        [(IN_FORCE, EVE), (TURN, None)],
    ],
    ids=["ends too early", "begins too late", "gap between"],
)
def test_a_district_has_a_body_on_each_of_its_days(spans):
    def make():
        district = without_body()
        for begin, end in spans:
            Responsibility.objects.create(
                district=district,
                body=make_body(f"Rat {begin}"),
                valid_from=begin,
                valid_to=end,
            )

    assert refused(make) == "district_has_a_body"


def test_bodies_may_follow_each_other_and_outlast_the_district():
    district = without_body(valid_to=TURN)
    for begin, end in ((IN_FORCE, EVE), (EVE, None)):
        Responsibility.objects.create(
            district=district,
            body=make_body(f"Rat {begin}"),
            valid_from=begin,
            valid_to=end,
        )

    connection.check_constraints()


@pytest.mark.parametrize(
    "change",
    [
        lambda duties: duties.update(valid_to=TURN),
        lambda duties: duties.update(valid_from=TURN),
        lambda duties: duties.delete(),
    ],
    ids=["ended", "postponed", "deleted"],
)
def test_a_duty_is_not_given_up_without_a_successor(change):
    make_district()

    taken = refused(lambda: change(Responsibility.objects.all()))
    assert taken == "district_has_a_body"


def test_a_duty_is_not_moved_to_another_district():
    make_district(16)
    other = make_district(17, valid_to=TURN)
    duty = Responsibility.objects.get(district__number=16)

    taken = refused(
        lambda: Responsibility.objects.filter(pk=duty.pk).update(
            district=other, valid_from=TURN
        )
    )
    assert taken == "district_has_a_body"


def test_a_longer_district_needs_a_longer_duty():
    make_district(valid_to=TURN)

    taken = refused(lambda: District.objects.update(valid_to=None))
    assert taken == "district_has_a_body"


def test_two_bodies_do_not_answer_on_the_same_day():
    district = make_district()

    taken = refused(
        Responsibility.objects.create,
        district=district,
        body=make_body(),
        valid_from=TURN,
    )
    assert taken == "responsibility_one_body_a_day"


def test_a_duty_ends_after_it_begins():
    district = make_district(valid_to=EVE)

    taken = refused(
        Responsibility.objects.create,
        district=district,
        body=make_body(),
        valid_from=TURN,
        valid_to=EVE,
    )
    assert taken == "responsibility_ends_after_its_start"


def test_a_body_has_a_known_kind_and_a_slug_of_its_own():
    make_body(slug="stadtrat")

    assert refused(make_body, slug="x", kind="club") == "body_kind_known"
    assert "slug" in refused(make_body, slug="stadtrat")


def test_a_body_that_answers_for_a_district_stays():
    make_district()

    with pytest.raises(IntegrityError):
        Body.objects.get().delete()
