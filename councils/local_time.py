"""Times as people type them: those of a clock on the wall, which is put forward and back."""

import datetime

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

# What ends at an earlier time than it begins ends in the night; where that were longer, the
# times are mixed up.
LONGEST_NIGHT = datetime.timedelta(hours=12)


def at_local(day: datetime.date, time: datetime.time) -> datetime.datetime:
    """Return the moment at which clocks here show this time of this day, aware.

    Raises ValidationError where they never do (the clocks go forward), or do twice.
    """
    zone = timezone.get_current_timezone()
    first = datetime.datetime.combine(day, time, tzinfo=zone).replace(fold=0)
    second = first.replace(fold=1)
    if first.utcoffset() == second.utcoffset():
        return first
    back = first.astimezone(datetime.UTC).astimezone(zone)
    if back.replace(fold=0).time() != time:
        message = _("The clocks go forward that night: this time does not exist.")
        raise ValidationError(message, code="gap")
    message = _("The clocks go back that night: this time comes twice.")
    raise ValidationError(message, code="overlap")


def end_at_local(
    day: datetime.date, start: datetime.time | None, end: datetime.time
) -> datetime.datetime:
    """Return the moment of an end that was typed beside a start on this day, aware.

    A time before that of the start is one of the next day, after midnight; left on the same
    day where it would then be more than `LONGEST_NIGHT` away, which whoever calls refuses.
    Raises ValidationError as `at_local`.
    """
    if start is not None and end < start:
        next_day = day + datetime.timedelta(days=1)
        combine = datetime.datetime.combine
        if combine(next_day, end) - combine(day, start) <= LONGEST_NIGHT:
            return at_local(next_day, end)
    return at_local(day, end)
