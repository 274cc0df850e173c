"""What was reported, by whom, and what became of it.

A case is one thing under review with all reports about it. Regulation (EU) 2022/2065
(DSA), Art. 16, 17 and 20.
"""

import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pins.models.comment import Comment
from pins.models.contact import EMAIL_LENGTH
from pins.models.photo import Photo
from pins.models.pin import Pin

EXPLANATION_LENGTH = 4_000
REPORTER_NAME_LENGTH = 120
RULE_LENGTH = 200


class Reason(models.TextChoices):
    """Why somebody reports something."""

    ILLEGAL = "illegal", _("It is illegal")
    PERSONAL = "personal", _("It shows or names somebody who has not agreed")
    INSULT = "insult", _("It insults, threatens or incites hatred")
    ADVERTISING = "advertising", _("It is advertising or spam")
    PLACE = "place", _("It is in the wrong place")
    OTHER = "other", pgettext_lazy("reason for a report", "Something else")


class Outcome(models.TextChoices):
    """What was decided about a thing that was reported."""

    KEPT = "kept", _("It stays as it is")
    CHANGED = "changed", _("It was corrected or partly blacked out")
    HIDDEN = "hidden", _("It is hidden")
    GONE = "gone", _("It was not public any more")


class Ground(models.TextChoices):
    """On what a decision rests (Art. 17(3)(d) and (e))."""

    LAW = "law", _("The law")
    TERMS = "terms", _("The terms of use of this site")


# What takes something away has a ground in the law or in the terms (Art. 17(3)).
NEEDS_GROUND = frozenset({Outcome.HIDDEN, Outcome.CHANGED})
# About which decisions each side may complain.
AGAINST_AUTHOR = frozenset({Outcome.HIDDEN, Outcome.CHANGED})
AGAINST_REPORTER = frozenset({Outcome.KEPT, Outcome.CHANGED})


class CaseQuerySet(models.QuerySet["ReportCase"]):
    def waiting(self) -> Self:
        """Keep what nobody has decided on yet."""
        return self.filter(outcome="")

    def with_complaints(self) -> Self:
        """Keep what somebody complained about and nobody has looked at again yet."""
        open_ones = Complaint.objects.filter(decided_at=None).values("case")
        return self.filter(pk__in=open_ones)

    def decided(self) -> Self:
        return self.exclude(outcome="")

    def of_author(self, pin: Pin, comment: Comment | None) -> Self:
        """Keep the cases of what one person made: a pin with its photos, or a comment."""
        if comment is not None:
            return self.filter(comment=comment)
        return self.filter(pin=pin).exclude(kind=ReportCase.Kind.COMMENT)

    def told_to_author(self) -> Self:
        """Keep what the author reads of on the page of their own link, newest first."""
        told = self.exclude(outcome=Outcome.GONE).filter(erased_at=None)
        return told.exclude(outcome="", hidden_at=None).order_by("-opened_at", "-pk")


class ReportCase(models.Model):
    """Something that was reported, until it is decided; what follows is a case of its own."""

    class Kind(models.TextChoices):
        PIN = "pin", _("Contribution")
        COMMENT = "comment", _("Comment")
        PHOTO = "photo", _("Photo")

    kind = models.CharField(_("kind"), max_length=7, choices=Kind)
    # Empty once the thing itself is erased; the case still counts in the figures.
    pin = models.ForeignKey(
        Pin,
        on_delete=models.SET_NULL,
        null=True,
        related_name="report_cases",
        verbose_name=_("contribution"),
    )
    comment = models.ForeignKey(
        Comment,
        on_delete=models.SET_NULL,
        null=True,
        related_name="report_cases",
        verbose_name=_("comment"),
    )
    photo = models.ForeignKey(
        Photo,
        on_delete=models.SET_NULL,
        null=True,
        related_name="report_cases",
        verbose_name=_("photo"),
    )
    opened_at = models.DateTimeField(_("first reported at"), default=timezone.now)
    # Taken out of sight until it is decided.
    hidden_at = models.DateTimeField(_("hidden for now at"), null=True)
    outcome = models.CharField(_("decision"), max_length=7, choices=Outcome, blank=True)
    ground = models.CharField(_("ground"), max_length=5, choices=Ground, blank=True)
    # Which provision, or which of the terms.
    rule = models.CharField(_("rule"), max_length=RULE_LENGTH, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    # A complaint that is granted makes a new decision; the first one stays known.
    first_decided_at = models.DateTimeField(_("first decided at"), null=True)
    decided_at = models.DateTimeField(_("decided at"), null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    # When what people wrote was erased: all words of this case and of its reports.
    erased_at = models.DateTimeField(_("words erased at"), null=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("reported thing")
        verbose_name_plural = _("reported things")
        ordering = ["opened_at", "id"]
        constraints = [
            *(
                models.UniqueConstraint(
                    name=f"reportcase_{kind}_once",
                    fields=[kind],
                    condition=Q(outcome="", kind=kind),
                )
                for kind in ("pin", "comment", "photo")
            ),
            models.CheckConstraint(
                name="reportcase_kind_known",
                condition=Q(kind="pin", comment=None, photo=None)
                | Q(kind="comment", photo=None)
                | Q(kind="photo", comment=None),
            ),
            models.CheckConstraint(
                name="reportcase_outcome_known",
                condition=Q(outcome__in=["", "kept", "changed", "hidden", "gone"]),
            ),
            models.CheckConstraint(
                name="reportcase_decided_in_full",
                condition=Q(
                    outcome="", first_decided_at=None, decided_at=None, decided_by=None
                )
                | Q(
                    ~Q(outcome=""),
                    first_decided_at__isnull=False,
                    decided_at__isnull=False,
                    decided_by__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="reportcase_says_why",
                condition=Q(outcome="") | ~Q(reason="") | Q(erased_at__isnull=False),
            ),
            models.CheckConstraint(
                name="reportcase_names_its_ground",
                condition=~Q(outcome__in=["hidden", "changed"])
                | Q(ground__in=["law", "terms"]),
            ),
        ]
        indexes = [
            models.Index(
                "opened_at", "id", name="reportcase_waiting", condition=Q(outcome="")
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.kind}"

    @property
    def reasons(self) -> list[str]:
        """Return why it was reported, each reason once, however many gave it."""
        return list(
            dict.fromkeys(one.get_reason_display() for one in self.reports.all())
        )

    @property
    def is_decided(self) -> bool:
        return bool(self.outcome)

    @property
    def due_at(self) -> datetime.datetime:
        """Until when it should be decided."""
        return self.opened_at + settings.REPORT_PERIOD

    @property
    def is_overdue(self) -> bool:
        return not self.is_decided and self.due_at < timezone.now()

    @property
    def complain_until(self) -> datetime.datetime:
        """Until when a complaint about the decision is taken (Art. 20(1))."""
        return (self.decided_at or timezone.now()) + settings.COMPLAINT_PERIOD

    def takes_complaint(self, *, of_author: bool) -> bool:
        """Tell whether the author, or whoever reported it, may still complain.

        The author about what was taken, the reporter about what was left.
        """
        against = AGAINST_AUTHOR if of_author else AGAINST_REPORTER
        return (
            self.outcome in against
            and self.erased_at is None
            and timezone.now() < self.complain_until
        )


class ReportQuerySet(models.QuerySet["Report"]):
    def with_contact(self) -> Self:
        """Keep those whose sender left a name or an address."""
        return self.exclude(name="", email="")


class Report(models.Model):
    """What one person said about a thing, and whom to tell what came of it.

    Personal data: `name`, `email` and `language` of whoever reports, given freely
    (GDPR Art. 6(1)(c) and (e), DSA Art. 16(2)(c)), seen by moderators, erased
    `CONTACT_LIFETIME` after the case came to its end; `explanation` may name others and
    goes with the words of the case; `browser` is a fingerprint of a random number that
    changes each day, emptied after a day. Nothing of it is ever published.
    """

    case = models.ForeignKey(
        ReportCase, on_delete=models.PROTECT, related_name="reports"
    )
    # The form's own key: sent twice, it still makes one report.
    idempotency_key = models.UUIDField(editable=False)
    # As with pins: only the hash of the own link is kept; emptied with the words.
    token_hash = models.CharField(max_length=64, editable=False, blank=True)
    reason = models.CharField(_("reason"), max_length=11, choices=Reason)
    explanation = models.TextField(_("explanation"), blank=True)
    name = models.CharField(_("name"), max_length=REPORTER_NAME_LENGTH, blank=True)
    email = models.EmailField(_("e-mail"), max_length=EMAIL_LENGTH, blank=True)
    language = models.CharField(_("language"), max_length=2)
    # Which browser sent it, for a day: as a fingerprint that is another one tomorrow.
    browser = models.CharField(max_length=64, editable=False, blank=True)
    created_at = models.DateTimeField(_("reported at"), default=timezone.now)

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("report of content")
        verbose_name_plural = _("reports of content")
        ordering = ["created_at", "id"]
        constraints = [
            models.UniqueConstraint(
                name="report_idempotency_key_once", fields=["idempotency_key"]
            ),
            models.CheckConstraint(
                name="report_reason_known",
                condition=Q(
                    reason__in=[
                        "illegal",
                        "personal",
                        "insult",
                        "advertising",
                        "place",
                        "other",
                    ]
                ),
            ),
            models.CheckConstraint(
                name="report_explanation_length",
                condition=Q(explanation__length__lte=EXPLANATION_LENGTH),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """What the reporter is told to quote, such as M-2026-00012."""
        return f"M-{timezone.localtime(self.created_at).year}-{self.pk:05}"


class Complaint(models.Model):
    """Somebody does not agree with a decision; another person looks at it again.

    Without a report it is the author's. `text` may hold personal data and is erased with
    the words of the case. DSA Art. 20.
    """

    case = models.ForeignKey(
        ReportCase, on_delete=models.PROTECT, related_name="complaints"
    )
    report = models.OneToOneField(
        Report, on_delete=models.PROTECT, null=True, related_name="complaint"
    )
    text = models.TextField(_("complaint"), blank=True)
    created_at = models.DateTimeField(_("received at"), default=timezone.now)
    # The decision complained about: who made it may not decide again.
    first_decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    first_outcome = models.CharField(max_length=7, choices=Outcome)
    first_reason = models.TextField(_("first reason"), blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    # Whether the first decision was changed; None until it is decided.
    is_granted = models.BooleanField(_("granted"), null=True)
    reason = models.TextField(_("reason"), blank=True)

    class Meta:
        verbose_name = _("complaint about a decision")
        verbose_name_plural = _("complaints about decisions")
        ordering = ["created_at", "id"]
        constraints = [
            models.UniqueConstraint(
                name="complaint_author_once", fields=["case"], condition=Q(report=None)
            ),
            models.CheckConstraint(
                name="complaint_four_eyes",
                condition=Q(decided_by=None) | ~Q(decided_by=F("first_decided_by")),
            ),
            models.CheckConstraint(
                name="complaint_decided_in_full",
                condition=Q(decided_at=None, decided_by=None, is_granted=None)
                | Q(
                    decided_at__isnull=False,
                    decided_by__isnull=False,
                    is_granted__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="complaint_text_length",
                condition=Q(text__length__lte=EXPLANATION_LENGTH),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"

    @property
    def is_decided(self) -> bool:
        return self.decided_at is not None

    @property
    def is_of_author(self) -> bool:
        return self.report_id is None
