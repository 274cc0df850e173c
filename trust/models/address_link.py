"""That somebody wants to see all that is stored about an address: a link is sent there."""

import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

EMAIL_LENGTH = 254


class AddressLinkQuerySet(models.QuerySet["AddressLink"]):
    def of_address(self, email: str) -> Self:
        """Keep those of an address, however its letters are written."""
        return self.annotate(lower=Lower("email")).filter(
            lower=Lower(models.Value(email))
        )

    def asked_before(self, moment: datetime.datetime) -> Self:
        """Keep those whose link works no longer."""
        return self.filter(asked_at__lt=moment)


class AddressLink(models.Model):
    """A link to all that is stored about one address; it works as long as the row is here.

    Personal data: erased after a day, and at once where nothing is stored about it.
    """

    email = models.EmailField(_("e-mail"), max_length=EMAIL_LENGTH)
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES)
    asked_at = models.DateTimeField(_("asked at"), default=timezone.now)

    objects = AddressLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("link to stored data")
        verbose_name_plural = _("links to stored data")
        indexes = [
            models.Index(Lower("email"), "asked_at", name="addresslink_address"),
            models.Index("asked_at", name="addresslink_asked"),
        ]

    def __str__(self) -> str:
        # Never the address: this text ends up in logs.
        return f"#{self.pk}"
