"""Whether the clock can be believed, before anything is erased by it (ADR 59).

A clock that jumps ahead makes everything old. Two things tell: the clock of the database,
which may be on another machine, and when the clock was last looked at. Moments that it has
noted meanwhile lie ahead once it is set right; they are not taken for just now.
"""

import datetime
from enum import StrEnum

from django.db import connection, transaction
from django.utils import timezone

from trust.models import ClockMark

# Machines that keep time differ by milliseconds, and an answer takes moments.
MOST_APART = datetime.timedelta(minutes=1)
# Erasing is done each hour. A worker that was away for longer cannot be told from a clock
# that is ahead.
LONGEST_PAUSE = datetime.timedelta(hours=6)
# Nothing is erased for as long as the pause was, and at most for this long: an operator has
# the time to read what /readyz and /metrics say.
LONGEST_HOLD = datetime.timedelta(days=7)


class Doubt(StrEnum):
    """What makes a clock doubtful."""

    APART = "is not that of the database"
    JUMPED = "has jumped, or stood still"


class ClockDoubted(Exception):
    """Nothing may be erased by this clock now. `doubt` says why."""

    def __init__(self, doubt: Doubt) -> None:
        super().__init__(f"Nothing is erased: the clock {doubt}.")
        self.doubt = doubt


def lately(
    period: datetime.timedelta, now: datetime.datetime | None = None
) -> tuple[datetime.datetime, datetime.datetime]:
    """Return since when and until when something was lately, for `__range`.

    What lies later was noted by a clock that was ahead. It would count for as long as it
    was: whoever asked for a mail then could ask for none in a year.
    """
    moment = now or timezone.now()
    return moment - period, moment + MOST_APART


def was_lately(moment: datetime.datetime, period: datetime.timedelta) -> bool:
    """Tell whether something happened within a period that ends now."""
    since, until = lately(period)
    return since < moment <= until


def apart(now: datetime.datetime | None = None) -> datetime.timedelta:
    """Return by how much the clock of this machine is ahead of the database's."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        ((there,),) = cursor.fetchall()
    ahead: datetime.timedelta = (now or timezone.now()) - there
    return ahead


def is_apart(now: datetime.datetime | None = None) -> bool:
    """Tell whether the clock of this machine is not the database's."""
    return abs(apart(now)) > MOST_APART


def doubt_about(
    ahead: datetime.timedelta,
    held_until: datetime.datetime | None,
    now: datetime.datetime,
) -> Doubt | None:
    """Return what is doubtful about a clock, None where nothing is."""
    if abs(ahead) > MOST_APART:
        return Doubt.APART
    if held_until is not None and now < held_until:
        return Doubt.JUMPED
    return None


def demand(now: datetime.datetime | None = None) -> None:
    """Note that the clock was looked at; raises ClockDoubted where it is doubtful.

    `now` is for tests. After a pause of more than LONGEST_PAUSE nothing is erased for as
    long as it was, up to LONGEST_HOLD. A clock that goes back ends that: it was ahead.
    """
    moment = now or timezone.now()
    ahead = apart(moment)
    if abs(ahead) > MOST_APART:
        raise ClockDoubted(Doubt.APART)
    mark = _look(moment)
    if doubt := doubt_about(ahead, mark.held_until, moment):
        raise ClockDoubted(doubt)


def believe(now: datetime.datetime | None = None) -> None:
    """Believe the clock from now on: somebody has looked at it.

    Raises ClockDoubted where it is not that of the database.
    """
    moment = now or timezone.now()
    if is_apart(moment):
        raise ClockDoubted(Doubt.APART)
    ClockMark.objects.update_or_create(
        pk=ClockMark.ONLY, defaults={"seen_at": moment, "held_until": None}
    )


def held_until() -> datetime.datetime | None:
    """Return until when nothing is erased, where that was decided."""
    return ClockMark.objects.values_list("held_until", flat=True).first()


@transaction.atomic
def _look(now: datetime.datetime) -> ClockMark:
    """Note what the clock says; kept also where nothing may be erased."""
    mark, _is_new = ClockMark.objects.select_for_update().get_or_create(
        pk=ClockMark.ONLY, defaults={"seen_at": now}
    )
    pause = now - mark.seen_at
    if pause > LONGEST_PAUSE:
        until = now + min(pause, LONGEST_HOLD)
        # A short pause after a long jump shortens nothing.
        mark.held_until = max(until, mark.held_until or until)
    elif pause < -MOST_APART:
        mark.held_until = None
    mark.seen_at = now
    mark.save()
    return mark
