"""Deadlines are days: the day of arrival in the city and so many more."""

import datetime

import pytest
from django.utils import timezone

from councils.desk.deadlines import deadline_of, overdue_parts
from pins.models import PublicPin
from pins.workflow import Status
from tests.factories import make_district, make_pin

# In summer the city is two hours ahead of UTC, in winter one.
BERLIN = timezone.get_default_timezone()
TODAY = datetime.date(2026, 11, 28)


@pytest.fixture
def district(db):
    return make_district(16)


def at(year, month, day, hour=12, minute=0):
    return datetime.datetime(year, month, day, hour, minute, tzinfo=BERLIN)


def waiting(since, status=Status.RECEIVED):
    make_pin(published_at=since, status=status)
    return PublicPin.objects.order_by("-id")[0]


def is_found(pin, today=TODAY):
    """Tell whether the database calls it overdue; by one condition at most."""
    found = [PublicPin.objects.filter(part, pk=pin.pk) for part in overdue_parts(today)]
    return sum(len(rows) for rows in found) == 1


@pytest.mark.parametrize(
    ("status", "since", "day", "left"),
    [
        (Status.RECEIVED, at(2026, 11, 27), datetime.date(2026, 12, 4), 6),
        (Status.RECEIVED, at(2026, 11, 21, 0, 0), datetime.date(2026, 11, 28), 0),
        (Status.RECEIVED, at(2026, 11, 20, 23, 59), datetime.date(2026, 11, 27), -1),
        (Status.IN_REVIEW, at(2026, 10, 29, 0, 0), datetime.date(2026, 11, 28), 0),
        (Status.IN_REVIEW, at(2026, 10, 28, 23, 59), datetime.date(2026, 11, 27), -1),
        # From summer to winter time, and shortly after midnight: UTC has another day.
        (Status.IN_REVIEW, at(2026, 10, 10, 0, 30), datetime.date(2026, 11, 9), -19),
    ],
)
def test_page_and_database_agree(district, status, since, day, left):
    pin = waiting(since, status)

    deadline = deadline_of(pin, TODAY)

    assert deadline is not None
    assert (deadline.status, deadline.day, deadline.days_left) == (status, day, left)
    assert deadline.is_over == (left < 0) == is_found(pin)
    assert deadline.is_today == (left == 0)
    assert deadline.days_over == max(-left, 0)


@pytest.mark.parametrize(
    "status", [Status.SCHEDULED, Status.ENDORSED, Status.REFERRED, Status.DONE]
)
def test_other_statuses_have_none(district, status):
    pin = waiting(at(2020, 1, 1), status)

    assert deadline_of(pin, TODAY) is None
    assert not is_found(pin)


def test_the_settings_say_how_many_days(district, settings):
    settings.ACCEPT_PERIOD = datetime.timedelta(days=1)
    settings.ANSWER_PERIOD = datetime.timedelta(days=400)
    new, old = waiting(at(2026, 11, 26)), waiting(at(2026, 1, 1), Status.IN_REVIEW)

    assert is_found(new)
    assert not is_found(old)
