"""What is done at set times is done whatever the clock does."""

import pytest
from procrastinate import Blueprint, periodic
from procrastinate.periodic import PeriodicDeferrer

from operation.watching.schedule import SteadyDeferrer

MINUTE, HOUR, DAY = 60, 3600, 86_400
YEAR = 365 * DAY
# Three o'clock in the morning (UTC), a moment after.
NIGHT = 1_700_017_200 - 1_700_017_200 % DAY + 3 * HOUR + 1


@pytest.fixture
def deferrer() -> SteadyDeferrer:
    """The schedule of a worker with a task for each minute and one for each night."""
    # Another app would take the library's own tasks away from that of the site.
    tasks = Blueprint()

    @tasks.periodic(cron="* * * * *")
    @tasks.task(name="each minute")
    def minutely(timestamp: int) -> None:
        raise NotImplementedError

    @tasks.periodic(cron="0 3 * * *")
    @tasks.task(name="each night")
    def nightly(timestamp: int) -> None:
        raise NotImplementedError

    return SteadyDeferrer(registry=tasks.periodic_registry)


def due(deferrer: SteadyDeferrer, at: float) -> list[tuple[str, int]]:
    """Return which tasks are due, each with how many seconds ago that was."""
    found = deferrer.get_previous_tasks(at)
    return sorted((task.task.name, int(at) - moment) for task, moment in found)


def test_each_minute_and_each_night(deferrer: SteadyDeferrer) -> None:
    assert due(deferrer, NIGHT) == [("each minute", 1), ("each night", 1)]
    assert due(deferrer, NIGHT + 20) == []
    assert due(deferrer, NIGHT + MINUTE) == [("each minute", 1)]


def test_a_worker_that_was_busy_makes_up_for_a_few_minutes(
    deferrer: SteadyDeferrer,
) -> None:
    due(deferrer, NIGHT)

    assert due(deferrer, NIGHT + 3 * MINUTE) == [
        ("each minute", 1),
        ("each minute", 1 + MINUTE),
        ("each minute", 1 + 2 * MINUTE),
    ]


@pytest.mark.parametrize("jump", [HOUR, DAY, YEAR, -HOUR, -DAY, -YEAR])
def test_it_goes_on_after_a_jump(deferrer: SteadyDeferrer, jump: int) -> None:
    due(deferrer, NIGHT)

    found = due(deferrer, NIGHT + jump)

    assert ("each minute", 1) in found
    assert len(found) <= 2
    assert due(deferrer, NIGHT + jump + MINUTE) == [("each minute", 1)]


def test_a_night_is_not_gone_through_twice(deferrer: SteadyDeferrer) -> None:
    """A minute later the database refuses it, twelve minutes later nobody asks."""
    due(deferrer, NIGHT)
    due(deferrer, NIGHT + 12 * MINUTE)

    assert ("each night", 1) in due(deferrer, NIGHT + DAY)
    assert "each night" not in dict(due(deferrer, NIGHT + DAY + 13 * MINUTE))


def test_the_workers_of_the_site_keep_to_it() -> None:
    assert periodic.PeriodicDeferrer is SteadyDeferrer
    assert issubclass(SteadyDeferrer, PeriodicDeferrer)
