"""Times on the wall clock of the city become moments."""

import datetime

import pytest
from django.core.exceptions import ValidationError

from councils.local_time import at_local, end_at_local


@pytest.mark.parametrize(
    ("typed", "utc"),
    [
        ("2027-01-15 18:30", "2027-01-15 17:30"),
        ("2027-07-15 18:30", "2027-07-15 16:30"),
        # The last and the first minutes that are clear, in March and in October.
        ("2027-03-28 01:59", "2027-03-28 00:59"),
        ("2027-03-28 03:00", "2027-03-28 01:00"),
        ("2027-10-31 01:59", "2027-10-30 23:59"),
        ("2027-10-31 03:00", "2027-10-31 02:00"),
    ],
)
def test_clear_times(typed, utc):
    wall = datetime.datetime.fromisoformat(typed)
    expected = datetime.datetime.fromisoformat(f"{utc}+00:00")
    assert at_local(wall.date(), wall.time()) == expected


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("2027-03-28 02:00", "gap"),
        ("2027-03-28 02:59", "gap"),
        ("2027-10-31 02:00", "overlap"),
        ("2027-10-31 02:59", "overlap"),
    ],
)
def test_times_that_never_come_or_twice(typed, code):
    wall = datetime.datetime.fromisoformat(typed)
    with pytest.raises(ValidationError) as error:
        at_local(wall.date(), wall.time())
    assert error.value.code == code


@pytest.mark.parametrize(
    ("start", "end", "utc"),
    [
        ("18:30", "20:00", "2027-01-15 19:00"),
        ("18:30", "00:00", "2027-01-15 23:00"),
        ("18:30", "01:15", "2027-01-16 00:15"),
        ("18:30", "06:30", "2027-01-16 05:30"),
        # Mixed up, and left to be refused.
        ("18:30", "06:31", "2027-01-15 05:31"),
        ("18:30", "18:30", "2027-01-15 17:30"),
        (None, "01:15", "2027-01-15 00:15"),
    ],
)
def test_an_end_after_midnight_is_on_the_next_day(start, end, utc):
    day = datetime.date(2027, 1, 15)
    begin = start and datetime.time.fromisoformat(start)
    expected = datetime.datetime.fromisoformat(f"{utc}+00:00")
    assert end_at_local(day, begin, datetime.time.fromisoformat(end)) == expected


def test_an_end_in_the_night_when_the_clocks_go_forward():
    with pytest.raises(ValidationError) as error:
        end_at_local(
            datetime.date(2027, 3, 27), datetime.time(19), datetime.time(2, 30)
        )
    assert error.value.code == "gap"
