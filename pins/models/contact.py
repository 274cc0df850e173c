"""The one place where personal data of residents is kept."""

import datetime
from typing import Any, Self

from django.db import models
from django.db.models import Max, Q, Value
from django.db.models.functions import Coalesce, Greatest, Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pins.models.pin import Pin
from pins.workflow import FINAL_STATUSES, Visibility

EMAIL_LENGTH = 254
CONSENT_VERSION = "2026-11"


def ended_before(moment: datetime.datetime) -> models.QuerySet[Pin, dict[str, Any]]:
    """Return the pins that came to their end before the given moment.

    The end is a final status, a rejection or a withdrawal: then nothing is left that
    anybody would have to be told.
    """
    ended = Q(status__in=FINAL_STATUSES) | Q(
        visibility__in=[Visibility.REJECTED, Visibility.WITHDRAWN]
    )
    last_change = Greatest(
        Coalesce(Max("status_changes__created_at"), "created_at"),
        Coalesce(Max("visibility_changes__created_at"), "created_at"),
    )
    return (
        Pin.objects.filter(ended)
        .annotate(last_change=last_change)
        .filter(last_change__lt=moment)
        .order_by()
        .values("pk")
    )


class ContactQuerySet(models.QuerySet["Contact"]):
    def of_address(self, email: str) -> Self:
        """Keep those of an address, however its letters are written."""
        return self.annotate(lower=Lower("email")).filter(lower=Lower(Value(email)))

    def due_for_erasure(self, before: datetime.datetime) -> Self:
        """Keep the addresses whose pin came to its end before the given moment."""
        return self.filter(pin__in=ended_before(before))


class Contact(models.Model):
    """The address of somebody who wants to be told what becomes of their pin.

    Personal data (GDPR Art. 6(1)(a), consent): never exported, never shown to bodies,
    erased on request and a set time after the pin has come to its end.
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

    objects = ContactQuerySet.as_manager()

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        indexes = [models.Index(Lower("email"), name="contact_address")]

    def __str__(self) -> str:
        # Never the address: this text ends up in logs and in the admin's history.
        return f"#{self.pk}"
