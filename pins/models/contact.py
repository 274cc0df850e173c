"""The one place where personal data of residents is kept."""

import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pins.models.pin import Pin
from pins.workflow import FINAL_STATUSES, Visibility

EMAIL_LENGTH = 254
# Of the words in `pins.consents`.
CONSENT_VERSION = "2026-11-29"


# A duplicate has come to its end with the one that goes on for it, and not before.
_ENDED = """
    WITH RECURSIVE ended AS (
        SELECT p.id, p.duplicate_of_id FROM pins_pin p
        WHERE (p.status = ANY(%s) OR p.visibility = ANY(%s))
            AND p.created_at < %s
            AND NOT EXISTS (
                SELECT FROM pins_statuschange s
                WHERE s.pin_id = p.id AND s.created_at >= %s
            )
            AND NOT EXISTS (
                SELECT FROM pins_visibilitychange v
                WHERE v.pin_id = p.id AND v.created_at >= %s
            )
    ),
    chain(id, goes_on) AS (
        SELECT id, duplicate_of_id FROM ended WHERE duplicate_of_id IS NOT NULL
        UNION
        SELECT c.id, p.duplicate_of_id
        FROM chain c JOIN pins_pin p ON p.id = c.goes_on
        WHERE p.duplicate_of_id IS NOT NULL
    )
    SELECT id FROM ended
    EXCEPT
    SELECT c.id FROM chain c WHERE NOT EXISTS (
        SELECT FROM ended e WHERE e.id = c.goes_on
    )
"""


def ended_before(moment: datetime.datetime) -> RawSQL:
    """Return the ids of the pins that came to their end before the given moment.

    The end is a final status, a rejection or a withdrawal: then nothing is left that
    anybody would have to be told. What was merged into another one ends with that.
    """
    final = [status.value for status in FINAL_STATUSES]
    gone = [Visibility.REJECTED.value, Visibility.WITHDRAWN.value]
    values = [final, gone, moment, moment, moment]
    return RawSQL(_ENDED, values)  # noqa: S611 -- no part of it comes from outside


class ContactQuerySet(models.QuerySet["Contact"]):
    def of_address(self, email: str) -> Self:
        """Keep those of an address, however its letters are written."""
        return self.annotate(lower=Lower("email")).filter(lower=Lower(Value(email)))

    def due_for_erasure(self, before: datetime.datetime) -> Self:
        """Keep the addresses whose pin came to its end before the given moment."""
        return self.filter(pin__in=ended_before(before))

    def confirmed(self) -> Self:
        return self.filter(confirmed_at__isnull=False)

    def never_confirmed(self, before: datetime.datetime) -> Self:
        """Keep the addresses whose link nobody used in time."""
        return self.filter(confirmed_at=None, asked_at__lt=before)


class Contact(models.Model):
    """The address of somebody who wants to be told what becomes of their pin.

    Personal data (GDPR Art. 6(1)(a), consent): never exported, never shown to bodies.
    Nothing is sent before the link in the confirming mail was used; erased unless that
    happens, on request, and a set time after the pin has come to its end.
    """

    pin = models.OneToOneField(
        Pin,
        on_delete=models.CASCADE,
        related_name="contact",
        verbose_name=_("contribution"),
    )
    email = models.EmailField(_("e-mail"), max_length=EMAIL_LENGTH)
    language = models.CharField(_("language"), max_length=2)
    consent_version = models.CharField(
        _("version of the consent"), max_length=20, default=CONSENT_VERSION
    )
    created_at = models.DateTimeField(_("left at"), default=timezone.now)
    # When the last mail with the confirming link was asked for, and how many were sent.
    asked_at = models.DateTimeField(default=timezone.now, editable=False)
    asked_times = models.PositiveSmallIntegerField(default=0, editable=False)
    confirmed_at = models.DateTimeField(
        _("confirmed at"), null=True, blank=True, editable=False
    )

    objects = ContactQuerySet.as_manager()

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        indexes = [models.Index(Lower("email"), name="contact_address")]

    def __str__(self) -> str:
        # Never the address: this text ends up in logs and in the admin's history.
        return f"#{self.pk}"

    @property
    def is_confirmed(self) -> bool:
        return self.confirmed_at is not None

    def link_expired(self, now: datetime.datetime | None = None) -> bool:
        """Tell whether the time of the confirming link is over."""
        return self.asked_at + settings.CONFIRM_PERIOD <= (now or timezone.now())
