"""Where contributions from outside the website came from."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from insek.models.event import Event
from insek.models.stand import Stand
from pins.models import Pin


class PinOrigin(models.Model):
    """The event that a contribution came from.

    Everyone reads it of published contributions, on both sides.
    """

    pin = models.OneToOneField(
        Pin,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="origin",
        verbose_name=_("contribution"),
    )
    event = models.ForeignKey(
        Event,
        on_delete=models.PROTECT,
        related_name="origins",
        verbose_name=_("event"),
    )
    # The stand of the event at which it was written down.
    stand = models.ForeignKey(
        Stand,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="origins",
        verbose_name=_("stand"),
    )

    class Meta:
        verbose_name = _("origin of a contribution")
        verbose_name_plural = _("origins of contributions")

    def __str__(self) -> str:
        return f"{self.pin_id}: {self.event_id}"
