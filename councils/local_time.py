"""Times as people type them: those of a clock on the wall, which is put forward and back."""

import datetime

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


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
