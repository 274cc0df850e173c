"""What is done at set times goes on when the clock of the machine is set.

The library counts on from the last time that it has seen. After a jump ahead it would make
up for each minute of the year that was skipped, and after one back do nothing until that
time comes again.
"""

from collections.abc import Iterable

from procrastinate import periodic
from procrastinate.periodic import PeriodicDeferrer, TaskAtTime


class SteadyDeferrer(PeriodicDeferrer):
    """Forgets what it has seen where the clock was set, as a worker that begins does.

    The database keeps the same time of a task from being done twice.
    """

    def get_previous_tasks(self, at: float) -> Iterable[TaskAtTime]:
        """Return what is due at a moment, in seconds since 1970, and a little before."""
        self.last_defers = {
            key: seen
            for key, seen in self.last_defers.items()
            if 0 <= at - seen <= self.max_delay
        }
        return super().get_previous_tasks(at)


def keep_schedule() -> None:
    """Let the workers of this process keep to it."""
    # The library knows no other way to choose it.
    periodic.PeriodicDeferrer = SteadyDeferrer  # type: ignore[misc]  # a class, not a name
