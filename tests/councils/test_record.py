"""What came of a district's contributions: numbers, the median, reasons, sittings."""

import datetime

import pytest
from django.utils import timezone, translation

from councils.models import Sitting
from councils.public.record import read_record
from districts.models import District
from pins.models import PublicPin
from pins.workflow import Status, Visibility
from tests.factories import (
    make_body,
    make_district,
    make_pin,
    make_sitting,
    make_theme,
)
from tests.pages import text_of

DAY = datetime.timedelta(days=1)
PAGE = "/en/districts/hohenecken/"


@pytest.fixture
def body(db):
    make_theme("mobility")
    return make_body("Ortsbeirat Hohenecken")


@pytest.fixture
def district(body):
    return make_district(16, name="Hohenecken", body=body)


def answer(*days, district=16):
    """Make a contribution for each number of days, answered after so many."""
    for number in days:
        pin = make_pin(district=district)
        PublicPin.objects.filter(pk=pin.pk).update(answered_after=number * DAY)


def test_how_many_have_come_how_far(district, body):
    for status, number in {
        Status.RECEIVED: 3,
        Status.ENDORSED: 2,
        Status.NOT_ENDORSED: 1,
        Status.ADOPTED: 1,
        Status.IN_PROGRESS: 1,
        Status.DONE: 2,
    }.items():
        for _ in range(number):
            make_pin(status=status)
    make_pin(visibility=Visibility.SUBMITTED)
    make_district(17)
    make_pin(district=17)

    record = read_record(district, body)

    assert record.received == 10
    assert (record.endorsed, record.not_endorsed) == (2, 1)
    assert (record.decided, record.done) == (4, 2)


@pytest.mark.parametrize(
    ("days", "median"),
    [
        ([], None),
        ([3], 3),
        ([1, 4], 2.5),
        ([9, 1, 2], 2),
        ([10, 1, 2, 5], 3.5),
        ([0, 0, 0], 0),
    ],
)
def test_the_median_of_the_times_to_an_answer(district, body, days, median):
    make_pin()
    make_district(17)
    answer(100, 100, district=17)
    answer(*days)

    record = read_record(district, body)

    assert record.answered == len(days)
    assert record.median == (None if median is None else median * DAY)


@pytest.mark.parametrize(
    ("days", "sentence"),
    [
        ([], ""),
        ([0], "The one answer so far came within a day."),
        ([12], "The one answer so far came after 12 days."),
        ([1, 1], "The few answers so far took about a day."),
        ([2, 8, 9], "The few answers so far took about 8 days."),
        ([0, 0, 1, 1, 9], "Half of the answers came within a day."),
        ([2, 3, 4, 5, 6], "Half of the answers came within 4 days."),
    ],
)
def test_it_claims_no_more_than_the_number_bears_out(district, body, days, sentence):
    answer(*days)

    with translation.override("en"):
        assert read_record(district, body).speed == sentence


def test_the_latest_reasons(client, district, body):
    for number in range(4):
        pin = make_pin(status=Status.NOT_ENDORSED, title=f"Vorschlag Nummer {number}")
        PublicPin.objects.filter(pk=pin.pk).update(
            public_answer=f"Grund {number}",
            status_changed_at=timezone.now() + number * DAY,
        )

    shown = text_of(client.get(PAGE)).partition("What came of it")[2]

    record = shown.partition("Show all of them")[0]
    order = [record.index(f"Grund {number}") for number in (3, 2, 1)]
    assert order == sorted(order)
    assert "Grund 0" not in record


def test_the_sittings_of_its_body(client, district, body):
    ahead = make_sitting(body, days=5)
    over = make_sitting(body, days=-5, state=Sitting.State.HELD)
    make_sitting(make_body("Stadtrat"), days=1)

    response = client.get(PAGE)

    record = response.context["record"]
    assert (record.upcoming, record.recent) == ([ahead], [over])
    for sitting in (ahead, over):
        assert f'href="/en/sittings/{sitting.pk}/"' in response.content.decode()
    assert "Next sitting:" in text_of(response)


def test_the_next_sitting_is_one_that_takes_place(district, body):
    make_sitting(body, days=2, state=Sitting.State.CANCELLED)
    planned = make_sitting(body, days=5)

    assert read_record(district, body).next_sitting == planned


def test_a_district_of_the_centre(client, body):
    committee = make_body("Haupt- und Finanzausschuss", kind="committee")
    make_district(6, name="Betzenberg", kind=District.Kind.CORE, body=committee)
    make_pin(district=6, status=Status.DONE)
    sitting = make_sitting(committee)

    response = client.get("/en/districts/betzenberg/")

    assert response.status_code == 200
    assert response.context["record"].upcoming == [sitting]
    assert response.context["record"].done == 1


def test_without_any_contribution(client, district):
    shown = text_of(client.get(PAGE))

    assert "There are no contributions from this district yet." in shown


def test_without_any_answer(client, district):
    make_pin()

    assert "There is no answer yet." in text_of(client.get(PAGE))


@pytest.mark.parametrize("number", [1, 8])
def test_five_queries(district, body, number, django_assert_num_queries):
    answer(*range(number))
    for day in range(number):
        make_pin(status=Status.NOT_ENDORSED)
        make_sitting(body, days=1 + day)
        make_sitting(body, days=-1 - day)

    with django_assert_num_queries(5):
        read_record(district, body)
