"""Until when a body accepts a contribution, and until when it answers.

A deadline is a day: so many after the day in the city on which the contribution came to
the body in its present status (`PublicPin.waiting_since`). It is overdue from the day
after. Other statuses wait for a sitting, or for nobody at this desk.
"""

import datetime
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from pins.models import PublicPin
from pins.workflow import Status


def days_allowed() -> dict[Status, int]:
    """Return after how many days at most a contribution leaves each status."""
    return {
        Status.RECEIVED: settings.ACCEPT_PERIOD.days,
        Status.IN_REVIEW: settings.ANSWER_PERIOD.days,
    }


def overdue_parts(today: datetime.date | None = None) -> list[Q]:
    """Return for each status the condition that its deadline is over.

    With a body before them they are ranges of the index `publicpin_body_waiting`.
    """
    day = today or timezone.localdate()
    return [
        Q(status=status, waiting_since__lt=_midnight(day - datetime.timedelta(days)))
        for status, days in days_allowed().items()
    ]


def _midnight(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))


@dataclass(frozen=True)
class Deadline:
    """The day until which a contribution is to leave a status, seen from another day."""

    status: Status
    day: datetime.date
    days_left: int

    @property
    def is_over(self) -> bool:
        return self.days_left < 0

    @property
    def is_today(self) -> bool:
        return self.days_left == 0

    @property
    def days_over(self) -> int:
        return max(-self.days_left, 0)

    @property
    def is_to_accept(self) -> bool:
        """Whether it is to be accepted; otherwise it is to be answered."""
        return self.status == Status.RECEIVED


def deadline_of(pin: PublicPin, today: datetime.date | None = None) -> Deadline | None:
    """Return the deadline that runs for a contribution; None where none does."""
    status = Status(pin.status)
    days = days_allowed().get(status)
    if days is None:
        return None
    due = timezone.localdate(pin.waiting_since) + datetime.timedelta(days)
    left = due - (today or timezone.localdate())
    return Deadline(status=status, day=due, days_left=left.days)
