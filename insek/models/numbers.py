"""The numbers of the process, counted once for many readers."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class NumbersSnapshot(models.Model):
    """The one row with what was counted last, and of which version of the public data.

    Codes and counts alone: names are added by the page, in its language.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, db_default=1)
    # That of `PublicVersion`.
    version = models.BigIntegerField()
    computed_at = models.DateTimeField()
    data = models.JSONField()

    class Meta:
        verbose_name = _("counted numbers")
        constraints = [
            models.CheckConstraint(name="numberssnapshot_one_row", condition=Q(id=1)),
        ]

    def __str__(self) -> str:
        return f"{self.version}, {self.computed_at:%Y-%m-%d %H:%M}"
