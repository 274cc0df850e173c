"""When the public may take part, and how."""

import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class ParticipationPeriodQuerySet(models.QuerySet["ParticipationPeriod"]):
    def on(self, day: datetime.date | None = None) -> Self:
        """Keep the periods that a day lies in; today by default."""
        day = day or timezone.localdate()
        return self.filter(Q(closes_on=None) | Q(closes_on__gte=day), opens_on__lte=day)


class ParticipationPeriod(models.Model):
    """Some days and what everybody may do on them.

    Several may overlap: what one of them allows is allowed. Without any row at all
    everything is. Written by the database from the phases of the process, and by nobody
    else (`insek.models.phase`).
    """

    opens_on = models.DateField(_("opens on"))
    # The last day; None: until further notice.
    closes_on = models.DateField(_("closes on"), null=True, blank=True)
    may_pin = models.BooleanField()
    may_comment = models.BooleanField()
    may_support = models.BooleanField()

    objects = ParticipationPeriodQuerySet.as_manager()

    class Meta:
        verbose_name = _("period of participation")
        verbose_name_plural = _("periods of participation")

    def __str__(self) -> str:
        return f"{self.opens_on} – {self.closes_on or ''}"
