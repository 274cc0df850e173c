"""Proving that an address is one's own, without an account: by a link that is sent there."""

import datetime

from django.core import signing
from django.db import connection, transaction
from django.utils import timezone

from trust.clock import lately
from trust.models import AddressLink

SALT = "trust.address-link"
LIFETIME = datetime.timedelta(days=1)
# To one address at most one link in an hour, and three in a day.
PAUSE = datetime.timedelta(hours=1)
MOST = 3


class BadLink(Exception):
    """Nobody here made this link."""


class LinkExpired(Exception):
    """The link was right once; its time is over, or everything is erased."""


@transaction.atomic
def ask_for_link(email: str, language: str) -> AddressLink | None:
    """Note that a link is wanted; None where one was a short while ago."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(lower(%s), 1))", [email]
        )
    now = timezone.now()
    of_address = AddressLink.objects.of_address(email)
    known = of_address.filter(asked_at__range=lately(LIFETIME, now))
    moments = list(known.values_list("asked_at", flat=True))
    if len(moments) >= MOST or any(moment > now - PAUSE for moment in moments):
        return None
    return AddressLink.objects.create(email=email, language=language, asked_at=now)


def token_of(link: AddressLink) -> str:
    """Return what the link holds: no address, and nothing to guess."""
    return signing.dumps([link.pk], salt=SALT)


def read_token(token: str) -> AddressLink:
    """Return whose address a link has proven. Raises BadLink and LinkExpired."""
    try:
        ids: list[int] = signing.loads(token, salt=SALT)
    except signing.BadSignature as error:
        raise BadLink from error
    valid = AddressLink.objects.filter(asked_at__range=lately(LIFETIME))
    found = valid.filter(pk=ids[0]).first()
    if found is None:
        raise LinkExpired
    return found


def erase_old_links(*, dry_run: bool) -> int:
    """Erase the links whose time is over; return how many."""
    old = AddressLink.objects.asked_before(timezone.now() - LIFETIME)
    return old.count() if dry_run else old.delete()[0]
