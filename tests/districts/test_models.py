"""What a district shows of itself, and of the body that answers for it."""

import datetime

import pytest

from districts.models import Body, District, Responsibility
from tests.factories import IN_FORCE, make_body, make_district

pytestmark = pytest.mark.django_db

EVE, TURN = datetime.date(2026, 12, 31), datetime.date(2027, 1, 1)


def hand_over(district, body):
    Responsibility.objects.filter(district=district).update(valid_to=TURN)
    Responsibility.objects.create(district=district, body=body, valid_from=TURN)


def test_a_district_comes_with_the_body_of_the_day():
    district = make_district()
    hand_over(district, make_body("Anderer Rat"))

    def bodies(day):
        found = District.objects.current(day).with_body(day)
        return [(row.number, row.body_name, row.body_slug) for row in found]

    assert bodies(EVE) == [(16, "Ortsbeirat 16", "ortsbeirat-16")]
    assert bodies(TURN) == [(16, "Anderer Rat", "anderer-rat")]


def test_current_versions_and_duties():
    make_district(16, valid_to=TURN)
    make_district(16, valid_from=TURN)

    for day, begins in ((EVE, IN_FORCE), (TURN, TURN)):
        assert District.objects.current(day).get().valid_from == begins
        assert Responsibility.objects.current(day).get().valid_from == begins
    assert not District.objects.current(datetime.date(2004, 6, 30)).exists()


def test_the_area_is_in_square_kilometres():
    make_district()

    # 1/64° at 49.4° north: 1.134 km from west to east, 1.738 km from south to north.
    area = District.objects.with_area().get().area_km2
    assert area == pytest.approx(1.134 * 1.738, rel=1e-3)


def test_districts_come_by_number_and_bodies_by_name():
    make_district(17, body=make_body("Öffentlicher Rat"))
    make_district(16, body=make_body("Zweiter Rat"))

    assert [district.number for district in District.objects.all()] == [16, 17]
    # German order: Ö beside O, not behind Z.
    names = [body.name for body in Body.objects.all()]
    assert names == ["Öffentlicher Rat", "Zweiter Rat"]


def test_names():
    district = make_district(16, name="Hohenecken")

    assert str(district) == "16 Hohenecken"
    assert district.get_absolute_url() == "/districts/hohenecken/"
    duty = Responsibility.objects.get()
    assert str(duty) == "Ortsbeirat 16 – 16 Hohenecken"
