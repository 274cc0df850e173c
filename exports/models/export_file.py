"""Files that are made by a job because they are large."""

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from districts.models import Body


class ExportFile(models.Model):
    """A file of contributions in the making, or ready to be taken away for a day.

    Of an open file nobody knows who asked for it: whoever asks for the same gets the
    same. A file of a desk belongs to who asked, as long as they have a seat there.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Being made")
        READY = "ready", _("Ready")
        FAILED = "failed", _("Failed")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    # SHA-256 of what is asked for and of the version of the data.
    key = models.CharField(max_length=64, unique=True)
    extension = models.CharField(max_length=10)
    district_slug = models.CharField(max_length=80, blank=True)
    # The parameters, in an order of their own.
    query = models.TextField(blank=True)
    language = models.CharField(max_length=2)
    body = models.ForeignKey(
        Body, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True
    )
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    file = models.FileField(upload_to="exports/", blank=True)
    size = models.PositiveBigIntegerField(default=0)
    # When its state last changed: patience and the day it is kept count from here.
    changed_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("large file")
        verbose_name_plural = _("large files")
        constraints = [
            models.CheckConstraint(
                name="exportfile_state_known",
                condition=Q(state__in=["waiting", "running", "ready", "failed"]),
            ),
            models.CheckConstraint(
                name="exportfile_ready_with_a_file",
                condition=~Q(state="ready") | ~Q(file=""),
            ),
            models.CheckConstraint(
                name="exportfile_of_a_desk_and_a_person_or_of_neither",
                condition=Q(body=None, requested_by=None)
                | Q(body__isnull=False, requested_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.id} ({self.extension})"
