"""Sessions of staff: they end when idle, and in any case some hours after signing in.

A session is saved anew when somebody asks for something, every few minutes at most, and
its row says until when it lasts: so that the database alone ends it, wherever it is read.
"""

import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.utils import timezone

# The second that somebody signed in, in the session.
BEGAN = "began"
# A row is not written with every request; so much earlier than is said it may end.
PAUSE = datetime.timedelta(minutes=5)


class SessionStore(DatabaseStore):
    """Sessions in the database that end when nobody asks for anything (ASVS 5.0, 7.3)."""

    def load(self) -> dict[str, Any]:
        """Return what the session holds, and have it saved if that is due."""
        row = self._row()
        if row is None:
            # Whoever put a key into a browser must not choose that of the next session.
            self._session_key = None
            return {}
        data: dict[str, Any] = self.decode(row.session_data)
        if SESSION_KEY in data and row.expire_date < _end_of(data) - PAUSE:
            # Those of before this was noted begin now.
            data.setdefault(BEGAN, int(timezone.now().timestamp()))
            self.modified = True
        return data

    def _row(self) -> Session | None:
        going_on = Session.objects.filter(expire_date__gt=timezone.now())
        return going_on.filter(session_key=self.session_key).first()

    def get_expiry_date(self, **kwargs: Any) -> datetime.datetime:
        if SESSION_KEY not in self:
            return super().get_expiry_date(**kwargs)
        return _end_of(dict(self.items()))

    def get_expiry_age(self, **kwargs: Any) -> int:
        """Return for how many seconds a browser keeps the cookie."""
        if SESSION_KEY not in self:
            return super().get_expiry_age(**kwargs)
        left = self.get_expiry_date() - timezone.now()
        return max(0, int(left.total_seconds()))


def _end_of(data: dict[str, Any]) -> datetime.datetime:
    """Return when a session ends of which this is all that is ever asked again."""
    now = timezone.now()
    seconds = data.get(BEGAN, now.timestamp()) + settings.SESSION_COOKIE_AGE
    last = datetime.datetime.fromtimestamp(seconds, tz=datetime.UTC)
    return min(now + settings.IDLE_TIME, last)


def follow() -> None:
    """Note when somebody signs in."""
    user_logged_in.connect(_began, dispatch_uid=__name__)


def _began(request: HttpRequest, **kwargs: Any) -> None:
    request.session[BEGAN] = int(timezone.now().timestamp())


def asked_by_itself(request: HttpRequest) -> None:
    """Let a page that asks without anybody's doing keep nobody signed in."""
    request.session.modified = False
