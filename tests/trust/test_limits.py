"""When the spans end in which acts are counted together."""

import datetime

import pytest

from trust.limits import DAY, HOUR, MINUTE, Limit, Whose

# Taken before any test begins: while one runs, spans begin with it.
ends_after = Limit.ends_after


def at(time: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(f"2026-10-24T{time}+00:00")


@pytest.mark.parametrize(
    ("period", "now", "end"),
    [
        (MINUTE, at("10:20:00"), at("10:21:00")),
        (MINUTE, at("10:20:59.999999"), at("10:21:00")),
        (HOUR, at("10:20:30"), at("11:00:00")),
        (DAY, at("00:00:00"), at("00:00:00") + DAY),
        (DAY, at("23:59:59.5"), at("00:00:00") + DAY),
        # The hour of the clock change is one like all others.
        (HOUR, at("23:30:00") + HOUR, at("23:00:00") + 2 * HOUR),
    ],
)
def test_spans_end_with_whole_minutes_hours_and_days_of_utc(
    period: datetime.timedelta, now: datetime.datetime, end: datetime.datetime
) -> None:
    limit = Limit("a limit", Whose.ADDRESS, most=3, period=period)

    assert ends_after(limit, now) == end
