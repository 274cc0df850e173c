"""What moderation asks, what was written before, and the reasons it starts from."""

import pgtrigger
from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from pins.models.comment import Comment
from pins.models.pin import Pin

REASON_LENGTH = 4_000
ANSWER_LENGTH = 2_000


def about(subject: Pin | Comment) -> Q:
    """Return the condition for rows about a contribution itself, or about a comment."""
    if isinstance(subject, Comment):
        return Q(comment=subject)
    return Q(pin=subject)


class AboutWords(models.Model):
    """A row about the words of one contribution or of one comment."""

    pin = models.ForeignKey(
        Pin, on_delete=models.CASCADE, null=True, related_name="%(class)ss"
    )
    comment = models.ForeignKey(
        Comment, on_delete=models.CASCADE, null=True, related_name="%(class)ss"
    )

    class Meta:
        abstract = True

    @property
    def subject(self) -> Pin | Comment | None:
        """What it is about."""
        return self.pin if self.comment is None else self.comment


_ABOUT_ONE = Q(pin__isnull=False, comment=None) | Q(pin=None, comment__isnull=False)


class Wording(AboutWords):
    """One version of the words of a contribution or comment, for moderators only.

    Kept from the first change on: the words as they were sent, and each later version.
    May hold names and insults that the public must not see: erased `WORDING_LIFETIME`
    after the last change, and at once when the author withdraws
    (`pins.moderation.wordings`).
    """

    class Cause(models.TextChoices):
        SENT = "sent", _("As it was sent")
        EDITED = "edited", _("Changed by the author")
        REDACTED = "redacted", _("Words taken out by moderation")
        RESTORED = "restored", _("Words put back by moderation")

    cause = models.CharField(_("cause"), max_length=10, choices=Cause)
    # Empty for comments, as the place is.
    title = models.CharField(_("title"), max_length=120, blank=True)
    text = models.TextField(_("text"))
    place_note = models.CharField(_("place in words"), max_length=300, blank=True)
    # None: the author, whom nobody knows.
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("actor"),
    )
    created_at = models.DateTimeField(_("written at"), default=timezone.now)

    class Meta:
        verbose_name = _("version of the words")
        verbose_name_plural = _("versions of the words")
        ordering = ["created_at", "id"]
        constraints = [
            models.CheckConstraint(name="wording_about_one", condition=_ABOUT_ONE),
            models.CheckConstraint(
                name="wording_cause_known",
                condition=Q(cause__in=["sent", "edited", "redacted", "restored"]),
            ),
            models.CheckConstraint(
                name="wording_moderators_are_known",
                condition=Q(cause__in=["sent", "edited"]) | Q(actor__isnull=False),
            ),
        ]
        triggers = [
            # Erased on schedule, and never edited.
            pgtrigger.Protect(name="never_edited", operation=pgtrigger.Update),
        ]

    def __str__(self) -> str:
        return f"{self.cause} {self.created_at:%Y-%m-%d}"


class Question(AboutWords):
    """What moderation asks an author before it decides, and what the author answers.

    The answer is for moderators only; erased with the versions of the words.
    """

    text = models.TextField(
        _("question"), validators=[MaxLengthValidator(REASON_LENGTH)]
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("actor"),
    )
    asked_at = models.DateTimeField(_("asked at"), default=timezone.now)
    answer = models.TextField(
        _("answer"), blank=True, validators=[MaxLengthValidator(ANSWER_LENGTH)]
    )
    # An author who changes the words instead has answered too, without a text.
    answered_at = models.DateTimeField(_("answered at"), null=True)

    class Meta:
        verbose_name = _("question to an author")
        verbose_name_plural = _("questions to authors")
        ordering = ["asked_at", "id"]
        constraints = [
            models.CheckConstraint(name="question_about_one", condition=_ABOUT_ONE),
            models.CheckConstraint(
                name="question_text_length",
                condition=Q(text__length__gte=1)
                & Q(text__length__lte=REASON_LENGTH)
                & Q(answer__length__lte=ANSWER_LENGTH),
            ),
            models.CheckConstraint(
                name="question_answer_has_a_date",
                condition=Q(answer="") | Q(answered_at__isnull=False),
            ),
            models.UniqueConstraint(
                name="question_one_open_of_pin",
                fields=["pin"],
                condition=Q(answered_at=None),
            ),
            models.UniqueConstraint(
                name="question_one_open_of_comment",
                fields=["comment"],
                condition=Q(answered_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.asked_at:%Y-%m-%d}"


class ReasonTemplate(models.Model):
    """A reason or a question that moderators start from, in both languages."""

    class Use(models.TextChoices):
        REFUSE = "refuse", _("Reason for not publishing")
        ASK = "ask", _("Question to the author")

    use = models.CharField(_("for"), max_length=10, choices=Use)
    title = models.CharField(_("title"), max_length=80)
    text_de = models.TextField(
        _("text in German"), validators=[MaxLengthValidator(REASON_LENGTH)]
    )
    text_en = models.TextField(
        _("text in English"), validators=[MaxLengthValidator(REASON_LENGTH)]
    )

    class Meta:
        verbose_name = _("reason to start from")
        verbose_name_plural = _("reasons to start from")
        ordering = [F("use").desc(), "title", "id"]
        constraints = [
            models.UniqueConstraint(
                name="reasontemplate_title_once", fields=["use", "title"]
            ),
            models.CheckConstraint(
                name="reasontemplate_use_known",
                condition=Q(use__in=["refuse", "ask"]),
            ),
            models.CheckConstraint(
                name="reasontemplate_text_length",
                condition=Q(text_de__length__gte=1)
                & Q(text_de__length__lte=REASON_LENGTH)
                & Q(text_en__length__gte=1)
                & Q(text_en__length__lte=REASON_LENGTH),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def text(self) -> str:
        """The text in the language of the page."""
        return self.text_in(get_language() or "de")

    def text_in(self, language: str) -> str:
        """Return the text in the language of an author."""
        return self.text_en if language.startswith("en") else self.text_de


class QueueReminder(models.Model):
    """A day on which moderators were told that the queue is old: at most once a day."""

    day = models.DateField(_("day"), unique=True)
    overdue = models.PositiveIntegerField(_("overdue"))
    sent_at = models.DateTimeField(_("sent at"), default=timezone.now)

    class Meta:
        verbose_name = _("reminder of the queue")
        verbose_name_plural = _("reminders of the queue")
        ordering = ["-day"]

    def __str__(self) -> str:
        return str(self.day)
