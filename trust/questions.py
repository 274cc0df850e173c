"""Questions of programs and pages: counted in each process, without a statement.

What is read often must not write: a process counts by itself, so that several of them
allow so many each.
"""

import datetime
import hashlib
import secrets
import threading
from collections import Counter

from django.http import HttpRequest
from django.utils import timezone

from trust.addresses import client_of
from trust.guard import LimitReached
from trust.limits import Limit
from trust.models.counting import DIGEST_BYTES, SALT_BYTES

# Beyond that all is forgiven: the table must not grow with what somebody sends.
MOST_KEPT = 50_000


class _Span:
    """What was counted until a moment, by hashes with a salt that goes with it."""

    def __init__(self, until: datetime.datetime) -> None:
        self.until = until
        self.salt = secrets.token_bytes(SALT_BYTES)
        self.counts: Counter[bytes] = Counter()

    def count(self, who: str) -> int:
        key = hashlib.blake2b(who.encode(), key=self.salt, digest_size=DIGEST_BYTES)
        if len(self.counts) >= MOST_KEPT:
            self.counts.clear()
        self.counts[key.digest()] += 1
        return self.counts[key.digest()]


_lock = threading.Lock()
_spans: dict[str, _Span] = {}


def count_question(request: HttpRequest, limit: Limit) -> None:
    """Count one more question. Raises LimitReached."""
    now = timezone.now()
    who = client_of(request)
    with _lock:
        span = _spans.get(limit.name)
        if span is None or span.until <= now:
            span = _spans[limit.name] = _Span(limit.ends_after(now))
        count = span.count(who)
    if count > limit.allowed:
        raise LimitReached(limit, span.until)


def forget_questions() -> None:
    """Forgive what was counted in this process."""
    with _lock:
        _spans.clear()
