"""Who else wants it: supports without an account, one per browser and pin."""

from hashlib import sha256

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pins.models.pin import Pin
from pins.models.triggers import count_public


def support_key(secret: str, reference: str) -> str:
    """Return what stands for a browser at one pin; at another it is another."""
    return sha256(f"{secret}\0{reference}".encode()).hexdigest()


class Support(models.Model):
    """One browser's "that is mine too".

    The key is a hash of the browser's secret and the pin's reference: it tells one
    browser from another for this pin, and says nothing about what else it supports.
    """

    pin = models.ForeignKey(Pin, on_delete=models.CASCADE, related_name="supports")
    key = models.CharField(max_length=64, editable=False)
    created_at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("support")
        verbose_name_plural = _("supports")
        constraints = [
            models.UniqueConstraint(
                name="support_once_per_browser", fields=["pin", "key"]
            ),
            models.CheckConstraint(
                name="support_key_is_a_hash", condition=Q(key__regex="^[0-9a-f]{64}$")
            ),
        ]
        triggers = [
            count_public(
                "count_inserted",
                pgtrigger.Insert,
                "support_count",
                "SELECT pin_id, 1 AS step FROM changed",
                new="changed",
            ),
            # Merging duplicates moves supports from pin to pin.
            count_public(
                "count_moved",
                pgtrigger.Update,
                "support_count",
                "SELECT pin_id, 1 AS step FROM changed "
                "UNION ALL SELECT pin_id, -1 FROM before",
                old="before",
                new="changed",
            ),
            count_public(
                "count_deleted",
                pgtrigger.Delete,
                "support_count",
                "SELECT pin_id, -1 AS step FROM before",
                old="before",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"
