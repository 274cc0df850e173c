"""What the INSEK office lays before the bodies."""

from typing import Self

from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from councils.models import Consultation, Matter
from insek.models.concept import Goal, Measure


class SubmissionQuerySet(models.QuerySet["Submission"]):
    def public(self) -> Self:
        """Keep those that a body has on a public item of a published agenda."""
        before_a_body = Consultation.objects.public()
        return self.filter(matter__in=before_a_body.values("matter"))


class Submission(models.Model):
    """A draft resolution on the concept, as a matter before the bodies.

    The matter has the consultations: Ortsbeiräte, committee, council. What is resolved is
    read from them (`insek.concept.resolving`); nothing of it is kept twice.
    """

    class Kind(models.TextChoices):
        INTERIM_RESULT = "interim_result", _("Interim result")
        GOALS = "goals", _("Goals")
        FINAL_CONCEPT = "final_concept", _("Final concept")
        MEASURES = "measures", _("Measures")

    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    matter = models.OneToOneField(
        Matter,
        on_delete=models.PROTECT,
        related_name="submission",
        verbose_name=_("matter"),
    )
    # German: the text of the resolution is.
    text = models.TextField(
        _("draft of the resolution"), validators=[MaxLengthValidator(10_000)]
    )
    # PDF, shown as soon as a body has it on a public agenda.
    document = models.FileField(
        _("document"), upload_to="submissions/", max_length=200, blank=True
    )
    # Sent once, however often the form is.
    idempotency_key = models.UUIDField(null=True, unique=True, editable=False)
    goals = models.ManyToManyField(
        Goal, blank=True, related_name="submissions", verbose_name=_("goals")
    )
    measures = models.ManyToManyField(
        Measure, blank=True, related_name="submissions", verbose_name=_("measures")
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        verbose_name = _("submission to the bodies")
        verbose_name_plural = _("submissions to the bodies")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="submission_kind_known",
                condition=Q(
                    kind__in=["interim_result", "goals", "final_concept", "measures"]
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.matter.title

    def get_absolute_url(self) -> str:
        return reverse("insek:submission", args=[self.pk])
