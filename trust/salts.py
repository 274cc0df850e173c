"""Salted hashes of who asks: the same within a day, and nothing after it."""

import datetime
import hashlib
from functools import lru_cache

from django.db import transaction
from django.utils import timezone

from trust.models import DailySalt
from trust.models.counting import DIGEST_BYTES


def today() -> datetime.date:
    """Return the day (UTC) that the present salt is good for."""
    return timezone.now().astimezone(datetime.UTC).date()


def digest(who: str) -> bytes:
    """Return the salted hash of an address, of today."""
    key = salt_of(today())
    return hashlib.blake2b(who.encode(), key=key, digest_size=DIGEST_BYTES).digest()


# A process asks once a day; the salt of the day before goes when the new one comes.
@lru_cache(maxsize=1)
def salt_of(day: datetime.date) -> bytes:
    """Return the salt of a day, made by whoever asks first; older ones are erased."""
    with transaction.atomic():
        DailySalt.objects.filter(day__lt=day).delete()
        # Of several who ask at once one makes it, and all get the same.
        found, _is_new = DailySalt.objects.get_or_create(day=day)
    return bytes(found.salt)
