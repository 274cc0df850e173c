"""How long something has been waiting, in words, and how much time is left."""

import datetime
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pins.models import QueueEntry

_DAY = datetime.timedelta(days=1)
_HOUR = datetime.timedelta(hours=1)


@dataclass(frozen=True)
class Age:
    """An age in words. `level` is over, today or fine, for who sees colours as well."""

    waiting: str
    target: str
    level: str


def age_of(entry: QueueEntry, now: datetime.datetime) -> Age:
    """Return how long an entry waits, against the time it should take at most."""
    left = entry.due_at - now
    if left < datetime.timedelta():
        return Age(_waiting(now - entry.waiting_since), _over(-left), "over")
    waiting = _waiting(now - entry.waiting_since)
    if left < _DAY:
        return Age(waiting, _("Less than a day left"), "today")
    days = left // _DAY
    text = ngettext("%(days)d day left", "%(days)d days left", days)
    return Age(waiting, text % {"days": days}, "fine")


def _over(time: datetime.timedelta) -> str:
    days = time // _DAY
    if days == 0:
        return _("Over the target since today")
    text = ngettext(
        "%(days)d day over the target", "%(days)d days over the target", days
    )
    return text % {"days": days}


def _waiting(time: datetime.timedelta) -> str:
    days, hours = time // _DAY, time // _HOUR
    if days > 0:
        text = ngettext("waiting for %(n)d day", "waiting for %(n)d days", days)
        return text % {"n": days}
    if hours > 0:
        text = ngettext("waiting for %(n)d hour", "waiting for %(n)d hours", hours)
        return text % {"n": hours}
    return _("just came in")
