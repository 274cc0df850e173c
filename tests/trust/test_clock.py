"""Nothing is erased by a clock that cannot be believed."""

import datetime
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from mapapp.tasks import erase_due_hourly
from tests.factories import broken_constraint
from trust import clock, register
from trust.clock import ClockDoubted, Doubt
from trust.models import ClockMark, KnownText

MINUTE = datetime.timedelta(minutes=1)
HOUR = datetime.timedelta(hours=1)
DAY = datetime.timedelta(days=1)
pytestmark = pytest.mark.django_db


def looked_at(ago: datetime.timedelta, **fields: Any) -> ClockMark:
    """Make the mark of a clock that was last looked at so long ago."""
    return ClockMark.objects.create(seen_at=timezone.now() - ago, **fields)


def old_text() -> KnownText:
    """Make a row that a rule erases by today's clock."""
    return KnownText.objects.create(
        digest=b"1" * 16,
        sketch=[1],
        form="4c6b9a6e-0d0e-4f0e-9a39-1b1a36dfd1a5",
        seen_at=timezone.now() - 4000 * DAY,
    )


def test_a_clock_that_is_looked_at_each_hour_is_believed() -> None:
    clock.demand()
    ClockMark.objects.update(seen_at=timezone.now() - HOUR)

    clock.demand()

    mark = ClockMark.objects.get()
    assert timezone.now() - mark.seen_at < HOUR
    assert mark.held_until is None


@pytest.mark.parametrize("ahead", [HOUR, -HOUR, 365 * DAY])
def test_a_clock_that_is_not_the_databases(ahead: datetime.timedelta) -> None:
    before = looked_at(HOUR)

    with pytest.raises(ClockDoubted) as refusal:
        clock.demand(timezone.now() + ahead)

    assert refusal.value.doubt == Doubt.APART
    # Of that clock nothing is kept: it may be set right at any moment.
    assert ClockMark.objects.get().seen_at == before.seen_at


@pytest.mark.parametrize(
    ("pause", "held"), [(7 * HOUR, 7 * HOUR), (3 * DAY, 3 * DAY), (365 * DAY, 7 * DAY)]
)
def test_after_a_jump_nothing_is_erased_for_as_long(
    pause: datetime.timedelta, held: datetime.timedelta
) -> None:
    looked_at(pause)

    with pytest.raises(ClockDoubted) as refusal:
        clock.demand()

    assert refusal.value.doubt == Doubt.JUMPED
    mark = ClockMark.objects.get()
    assert mark.held_until is not None
    assert abs(mark.held_until - mark.seen_at - held) < MINUTE
    # The next look, an hour later, changes nothing about that.
    until = mark.held_until
    with pytest.raises(ClockDoubted):
        clock.demand()
    assert ClockMark.objects.get().held_until == until


def test_a_night_without_a_worker_ends_no_longer_hold() -> None:
    """As where a clock that is a year ahead makes somebody stop the worker and start it."""
    until = timezone.now() + 6 * DAY
    looked_at(8 * HOUR, held_until=until)

    with pytest.raises(ClockDoubted):
        clock.demand()

    assert ClockMark.objects.get().held_until == until


def test_then_it_goes_on_by_itself() -> None:
    looked_at(HOUR, held_until=timezone.now() - MINUTE)

    clock.demand()


def test_a_clock_that_is_set_back_was_ahead() -> None:
    """As after a year too far: the mark lies in a year, and nothing waits for that."""
    looked_at(-365 * DAY, held_until=timezone.now() + 372 * DAY)

    clock.demand()

    mark = ClockMark.objects.get()
    assert abs(timezone.now() - mark.seen_at) < HOUR
    assert mark.held_until is None


def test_somebody_who_has_looked_at_it_lets_it_go_on() -> None:
    looked_at(365 * DAY)
    row = old_text()
    with pytest.raises(CommandError, match=r"has jumped.*--trust-clock"):
        call_command("erase_due")
    assert KnownText.objects.filter(pk=row.pk).exists()

    call_command("erase_due", trust_clock=True)

    assert not KnownText.objects.filter(pk=row.pk).exists()
    clock.demand()


def test_nobody_can_trust_a_clock_that_is_not_the_databases() -> None:
    with pytest.raises(ClockDoubted):
        clock.believe(timezone.now() + HOUR)

    assert not ClockMark.objects.exists()


def test_what_is_due_can_be_counted_by_any_clock() -> None:
    looked_at(365 * DAY)
    old_text()

    counts = register.erase_due(["counts-of-requests"], dry_run=True)

    assert counts == {"counts-of-requests": 1}
    assert KnownText.objects.exists()
    call_command("erase_due", dry_run=True, trust_clock=True)
    assert clock.held_until() is None
    with pytest.raises(ClockDoubted):
        clock.demand()


def test_the_worker_says_so_and_does_not_fail(
    transactional_db: None, caplog: pytest.LogCaptureFixture
) -> None:
    looked_at(365 * DAY)
    row = old_text()

    erase_due_hourly(timestamp=0)

    assert KnownText.objects.filter(pk=row.pk).exists()
    said = [r.getMessage() for r in caplog.records if r.name == "mapapp.tasks"]
    (line,) = said
    assert line.startswith("Nothing is erased: the clock has jumped")
    # Decided once, whoever looks.
    assert clock.held_until() is not None


@pytest.mark.parametrize(
    ("ago", "counts"),
    [
        (2 * HOUR, False),
        (HOUR - MINUTE, True),
        (MINUTE * 0, True),
        # Another machine's clock.
        (-MINUTE / 2, True),
        # By a clock that was ahead, and is set right by now.
        (-HOUR, False),
        (-365 * DAY, False),
    ],
)
def test_what_happened_lately(ago: datetime.timedelta, *, counts: bool) -> None:
    ClockMark.objects.create(seen_at=timezone.now() - ago)

    assert clock.was_lately(timezone.now() - ago, HOUR) is counts
    found = ClockMark.objects.filter(seen_at__range=clock.lately(HOUR))
    assert found.exists() is counts


def test_there_is_one_mark() -> None:
    mark = looked_at(HOUR)

    with pytest.raises(IntegrityError) as error, transaction.atomic():
        ClockMark.objects.create(pk=2, seen_at=timezone.now())

    assert broken_constraint(error.value) == "clockmark_is_one"
    assert str(mark) == f"{mark.seen_at:%Y-%m-%d %H:%M}"
