"""When the public may take part, and how."""

from django.db import models
from django.utils.translation import gettext_lazy as _


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

    class Meta:
        verbose_name = _("period of participation")
        verbose_name_plural = _("periods of participation")

    def __str__(self) -> str:
        return f"{self.opens_on} – {self.closes_on or ''}"
