"""Supporting a pin and taking it back: without an account, once per browser."""

import re
import secrets

from django.db import transaction
from django.db.models import QuerySet
from django.utils.formats import number_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from pins.merging import references_of
from pins.models import Pin, PublicPin, Support
from pins.models.support import support_key
from pins.participation import open_acts
from pins.workflow import MoveNotAllowed, Status, Visibility

SECRET = re.compile(r"[A-Za-z0-9_-]{43}")


class NoSuchPin(Exception):
    """There is no published pin of this reference, or not any more."""


def make_secret() -> str:
    """Return a new browser's secret: 256 random bits."""
    return secrets.token_urlsafe(32)


def read_secret(value: str | None) -> str | None:
    """Return the secret a cookie holds, None for whatever this site did not make."""
    return value if value and SECRET.fullmatch(value) else None


def is_supported(*, pin: PublicPin, secret: str | None) -> bool:
    """Tell whether the browser of this secret supports the pin."""
    if secret is None:
        return False
    return _supports(pin, secret).exists()


def _supports(pin: PublicPin | Pin, secret: str) -> QuerySet[Support]:
    """Return what a browser supports the pin with: itself, or what was merged into it.

    Two and more where it supported several before they became one.
    """
    references = references_of(pin.pk, pin.reference)
    keys = [support_key(secret, reference) for reference in references]
    return Support.objects.filter(pin_id=pin.pk, key__in=keys)


@transaction.atomic
def support_pin(*, reference: str, secret: str) -> int:
    """Count the browser of this secret as a supporter; return how many there are.

    Twice is once. Raises NoSuchPin for what is not published, MoveNotAllowed for a
    duplicate, whose matter goes on under another reference, and ParticipationClosed
    where nobody may support anything today.
    """
    pin = hold_published(reference)
    if pin.status == Status.DUPLICATE:
        raise MoveNotAllowed(
            _("This contribution repeats another one. Please support that one.")
        )
    if not _supports(pin, secret).exists():
        open_acts().demand("support")
        pin.supports.create(key=support_key(secret, reference))
    return _count(pin)


@transaction.atomic
def withdraw_support(*, reference: str, secret: str | None) -> int:
    """Take the support of this browser back, if there is one; return how many are left.

    Raises NoSuchPin for what is not published.
    """
    pin = hold_published(reference)
    if secret is not None:
        _supports(pin, secret).delete()
    return _count(pin)


def hold_published(reference: str) -> Pin:
    """Return a published pin, held as it is until the transaction ends.

    Whoever hides or shows it at the same moment waits: the public row is counted anew
    when it comes back, and must not miss what is being written. Raises NoSuchPin.
    """
    pin = (
        Pin.objects.select_for_update(no_key=True)
        .filter(reference=reference, visibility=Visibility.PUBLISHED)
        .first()
    )
    if pin is None:
        raise NoSuchPin
    return pin


def _count(pin: Pin) -> int:
    return PublicPin.objects.values_list("support_count", flat=True).get(pk=pin.pk)


def supporters(count: int) -> str:
    """Say how many support a pin."""
    if count == 0:
        return gettext("No supporters yet")
    said = ngettext("{n} supporter", "{n} supporters", count)
    return said.format(n=number_format(count))
