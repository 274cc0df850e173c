"""What a desk keeps for itself: notes, who works on what, answers to start from."""

from typing import Self

import pgtrigger
from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from districts.models import Body
from pins.models import Pin
from pins.models.history import NOTE_LENGTH

DESK_NOTE_LENGTH = 2_000


class DeskNote(models.Model):
    """A note on a pin that only the desk of its body reads: appended, never edited."""

    pin = models.ForeignKey(Pin, on_delete=models.CASCADE, related_name="desk_notes")
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    text = models.TextField(
        _("note"), validators=[MaxLengthValidator(DESK_NOTE_LENGTH)]
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("internal note")
        verbose_name_plural = _("internal notes")
        ordering = ["created_at", "id"]
        indexes = [models.Index("pin", "body", name="desknote_pin_body")]
        constraints = [
            models.CheckConstraint(
                name="desknote_text_length",
                condition=Q(text__length__gte=1)
                & Q(text__length__lte=DESK_NOTE_LENGTH),
            ),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        return f"#{self.pk}"


class Assignment(models.Model):
    """Who at the desk of a body works on a pin."""

    pin = models.ForeignKey(Pin, on_delete=models.CASCADE, related_name="assignments")
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="assignments",
        verbose_name=_("assigned to"),
    )
    assigned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        constraints = [
            models.UniqueConstraint(
                name="assignment_one_a_desk", fields=["pin", "body"]
            ),
        ]
        indexes = [
            models.Index("assignee", "body", "pin", name="assignment_of_somebody")
        ]

    def __str__(self) -> str:
        return f"{self.pin_id}: {self.assignee_id}"


class AnswerTemplateQuerySet(models.QuerySet["AnswerTemplate"]):
    def for_desk(self, body: Body) -> Self:
        """Keep the body's own templates and those of all bodies."""
        return self.filter(Q(body=body) | Q(body=None))


class AnswerTemplate(models.Model):
    """A public answer to start from: of one body, or of all."""

    body = models.ForeignKey(
        Body,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="answer_templates",
        verbose_name=_("body"),
        help_text=_("Empty: for all bodies."),
    )
    title = models.CharField(_("title"), max_length=80)
    text = models.TextField(_("text"), validators=[MaxLengthValidator(NOTE_LENGTH)])

    objects = AnswerTemplateQuerySet.as_manager()

    class Meta:
        verbose_name = _("template of an answer")
        verbose_name_plural = _("templates of answers")
        ordering = ["title", "id"]
        constraints = [
            models.UniqueConstraint(
                name="answertemplate_title_once",
                fields=["body", "title"],
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="answertemplate_text_length",
                condition=Q(text__length__gte=1) & Q(text__length__lte=NOTE_LENGTH),
            ),
        ]

    def __str__(self) -> str:
        return self.title
