"""Who has signed in, and that somebody could not, in the audit log (ASVS 5.0, 16.3.1).

No address is kept. Of who could not there is a hash of the name, with the salt of the day:
it tells whether it was the same name again, and after that day nobody can find out which.
"""

import datetime
import logging
from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import User
from django.contrib.auth.signals import user_login_failed
from django.http import HttpRequest

from staff.lockout import CODES_OF, hashed_name
from staff.second_factor import ways_in
from trust.audit import record
from trust.clock import lately
from trust.models import AuditEntry
from trust.salts import digest

logger = logging.getLogger(__name__)

REFUSED = "refuse sign-in"
# Entries stay for years. Whoever guesses by machine fills the server's own log.
MOST_REFUSED, HOUR = 300, datetime.timedelta(hours=1)


def note_entry(request: HttpRequest, user: User) -> None:
    """Note that somebody has signed in, and by what."""
    after = {"with": ways_in(request.session)}
    record("sign in", actor=user, target=user, after=after)


def note_refusal(*, by: str, whose: str = "") -> None:
    """Note that somebody could not sign in by something, under a hash of the name."""
    recent = AuditEntry.objects.filter(action=REFUSED, at__range=lately(HOUR))
    if recent.count() >= MOST_REFUSED:
        logger.warning("Sign-in by %s refused, as %d others.", by, MOST_REFUSED)
        return
    name = {"name": digest(whose).hex()} if whose else {}
    record(REFUSED, actor=None, after={"with": by, **name})


def follow() -> None:
    """Let wrong passwords and codes be told."""
    user_login_failed.connect(_refused, dispatch_uid=__name__)


def _refused(
    credentials: Mapping[str, Any], request: HttpRequest | None = None, **kwargs: Any
) -> None:
    by = "code" if CODES_OF in credentials else "password"
    note_refusal(by=by, whose=hashed_name(request or HttpRequest(), credentials))
