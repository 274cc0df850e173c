"""The monthly report to a body: made once, mailed, and kept as it was."""

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from districts.models import Body


def report_path(report: "BodyReport", filename: str) -> str:
    """Return where a report is kept: under a name that tells nothing."""
    return f"reports/{uuid4().hex}.pdf"


class BodyReport(models.Model):
    """What came in, is open and was decided in one month, for one body, as PDF.

    It says what was public on the day it was made, and is not changed afterwards.
    """

    body = models.ForeignKey(
        Body, on_delete=models.PROTECT, related_name="reports", verbose_name=_("body")
    )
    # The first day of the month it is about.
    month = models.DateField(_("month"))
    # The numbers of its first page, by the names of `insek.reports.contents.Numbers`.
    figures = models.JSONField()
    file = models.FileField(_("file"), upload_to=report_path)
    created_at = models.DateTimeField(
        _("made at"), default=timezone.now, editable=False
    )
    # Who asked for it; empty: the schedule.
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    # When it last went to the members, and to how many.
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    sent_to = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("report to a body")
        verbose_name_plural = _("reports to bodies")
        ordering = ["-month", "body__name"]
        constraints = [
            models.UniqueConstraint(
                name="bodyreport_once_a_month", fields=["body", "month"]
            ),
            models.CheckConstraint(
                name="bodyreport_month_by_its_first_day", condition=Q(month__day=1)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.body} {self.month:%Y-%m}"
