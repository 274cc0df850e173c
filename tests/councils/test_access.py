"""Who may enter which desk, on which days, and in which roles."""

import datetime

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import Http404
from django.utils import timezone

from councils.access import bodies_of, get_desk_pin, get_seat
from districts.models import Responsibility
from districts.models import today as district_day
from pins.workflow import Role, Visibility
from tests.factories import (
    make_body,
    make_district,
    make_member,
    make_pin,
    make_planner,
    make_user,
)

DAY = datetime.timedelta(days=1)


@pytest.fixture
def today(db):
    return timezone.localdate()


@pytest.fixture
def west(db):
    body = make_body("Ortsbeirat West")
    make_district(16, body=body)
    return body


@pytest.fixture
def east(db):
    body = make_body("Ortsbeirat Ost")
    make_district(17, body=body)
    return body


def test_members_have_the_desk_of_their_body(west, east):
    anna = make_member(west, "anna")

    assert list(bodies_of(anna)) == [west]
    seat = get_seat(anna, "ortsbeirat-west")
    assert (seat.user, seat.body) == (anna, west)
    assert seat.roles == {Role.BODY}
    assert seat.speaks_for == west
    with pytest.raises(Http404):
        get_seat(anna, "ortsbeirat-ost")


def test_somebody_may_sit_in_two_bodies(west, east):
    anna = make_member(west, "anna")
    anna.memberships.create(body=east, role="clerk")

    assert set(bodies_of(anna)) == {west, east}


def test_planners_have_every_desk_and_speak_for_none(west, east):
    planner = make_planner()

    assert set(bodies_of(planner)) == {west, east}
    seat = get_seat(planner, "ortsbeirat-ost")
    assert seat.roles == {Role.PLANNER}
    assert seat.speaks_for is None


def test_a_planner_who_is_a_member_speaks_for_the_body(west):
    planner = make_planner()
    planner.memberships.create(body=west, role="member")

    seat = get_seat(planner, "ortsbeirat-west")
    assert seat.roles == {Role.BODY, Role.PLANNER}
    assert seat.speaks_for == west


@pytest.mark.parametrize("make", [AnonymousUser, make_user])
def test_others_have_none(west, make):
    user = make()

    assert list(bodies_of(user)) == []
    with pytest.raises(Http404):
        get_seat(user, "ortsbeirat-west")


@pytest.mark.parametrize("slug", ["nowhere", "", "ORTSBEIRAT-WEST"])
def test_a_desk_that_is_not_there(west, slug):
    with pytest.raises(Http404):
        get_seat(make_planner(), slug)


@pytest.mark.parametrize(
    ("begins", "ends", "may_enter"),
    [
        (-10, None, True),
        (0, None, True),
        (1, None, False),
        (-10, 1, True),
        (-10, 0, False),
        (-10, -5, False),
    ],
)
def test_a_seat_counts_from_its_first_to_the_day_before_its_end(
    west, today, begins, ends, may_enter
):
    anna = make_member(
        west,
        "anna",
        valid_from=today + begins * DAY,
        valid_to=None if ends is None else today + ends * DAY,
    )

    assert bodies_of(anna).exists() == may_enter
    if may_enter:
        assert get_seat(anna, west.slug).body == west
    else:
        with pytest.raises(Http404):
            get_seat(anna, west.slug)


def test_a_deactivated_planner_has_none(west):
    planner = make_planner()
    planner.is_active = False

    assert not bodies_of(planner).exists()


class TestPin:
    def test_of_ones_own_districts(self, west):
        pin = make_pin()
        anna = make_member(west, "anna")

        seat, shown, found = get_desk_pin(anna, west.slug, pin.reference)

        assert (seat.body, shown.pk, found) == (west, pin.pk, pin)

    def test_of_another_bodys_district_is_not_there(self, west, east):
        pin = make_pin(district=17)
        anna = make_member(west, "anna")

        for slug in (west.slug, east.slug):
            with pytest.raises(Http404):
                get_desk_pin(anna, slug, pin.reference)

    def test_of_another_desk_is_not_there_for_planners_either(self, west, east):
        pin = make_pin(district=17)

        with pytest.raises(Http404):
            get_desk_pin(make_planner(), west.slug, pin.reference)

    @pytest.mark.parametrize(
        "visibility", [v for v in Visibility if v != Visibility.PUBLISHED]
    )
    def test_unpublished_is_not_there(self, west, visibility):
        pin = make_pin(visibility=visibility)

        with pytest.raises(Http404):
            get_desk_pin(make_member(west, "anna"), west.slug, pin.reference)

    def test_it_moves_on_with_the_duty(self, west, east):
        day = district_day()
        pin = make_pin()
        anna, otto = make_member(west, "anna"), make_member(east, "otto")

        duty = Responsibility.objects.get(body=west)
        Responsibility.objects.filter(pk=duty.pk).update(valid_to=day)
        duty.district.responsibility_set.create(body=east, valid_from=day)

        assert get_desk_pin(otto, east.slug, pin.reference)
        with pytest.raises(Http404):
            get_desk_pin(anna, west.slug, pin.reference)
