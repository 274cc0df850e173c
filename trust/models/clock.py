"""What the clock said when it was last looked at."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ClockMark(models.Model):
    """When something was last erased by the clock, and until when nothing is; one row."""

    ONLY = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY)
    seen_at = models.DateTimeField(_("last looked at"))
    held_until = models.DateTimeField(_("nothing is erased until"), null=True)

    class Meta:
        verbose_name = _("mark of the clock")
        verbose_name_plural = _("marks of the clock")
        constraints = [
            models.CheckConstraint(name="clockmark_is_one", condition=models.Q(pk=1))
        ]

    def __str__(self) -> str:
        return f"{self.seen_at:%Y-%m-%d %H:%M}"
