"""Papers that are made by a job because they are large."""

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from councils.models.sitting import Sitting
from districts.models import Body


class Paper(models.Model):
    """A dossier in the making, or ready to be taken away; kept for a day.

    Only who asked for it may fetch it, as long as they may enter the desk of its body.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Being made")
        READY = "ready", _("Ready")
        FAILED = "failed", _("Failed")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")
    sitting = models.ForeignKey(
        Sitting, on_delete=models.CASCADE, null=True, blank=True, related_name="papers"
    )
    # What is asked for: the format, and the filters of the desk as a query string.
    format = models.CharField(max_length=10)
    query = models.TextField(blank=True)
    language = models.CharField(max_length=2)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    file = models.FileField(upload_to="papers/", blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("paper")
        verbose_name_plural = _("papers")
        constraints = [
            models.CheckConstraint(
                name="paper_state_known",
                condition=Q(state__in=["waiting", "running", "ready", "failed"]),
            ),
            models.CheckConstraint(
                name="paper_ready_with_a_file",
                condition=~Q(state="ready") | ~Q(file=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.id} ({self.format})"
