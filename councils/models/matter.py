"""A matter on its way through the bodies: consultations, hearings, outcomes."""

from typing import Self

import pgtrigger
from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from councils.models.sitting import AgendaItem, Sitting, agenda_published
from districts.models import Body
from layers.languages import page_language
from pins.models import Pin, PublicPin, StatusChange

REASON_LENGTH = 4_000


class Matter(models.Model):
    """What bodies deal with: one contribution, several about the same thing, or none.

    What higher packages lay before the bodies points here, as drafts on the concept do.
    """

    title = models.CharField(_("title"), max_length=200)
    pins: "models.ManyToManyField[Pin, MatterPin]" = models.ManyToManyField(
        Pin,
        through="MatterPin",
        related_name="matters",
        verbose_name=_("contributions"),
    )
    # What is to be resolved, where it is not about contributions. German, as resolutions
    # are; everyone reads it once the matter is on a public agenda.
    text = models.TextField(
        _("draft of the resolution"),
        blank=True,
        validators=[MaxLengthValidator(10_000)],
    )
    # The page that shows more of it, below the root of the site and without a language.
    path = models.CharField(max_length=200, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("matter")
        verbose_name_plural = _("matters")

    def __str__(self) -> str:
        return self.title

    @property
    def has_own_words(self) -> bool:
        """Whether it was laid before the bodies without contributions."""
        return bool(self.text or self.path)

    @property
    def address(self) -> str:
        """The path of its page in the language of this one; empty where there is none."""
        if not self.path or page_language() == settings.LANGUAGE_CODE[:2]:
            return self.path
        return f"/{page_language()}{self.path}"


class MatterPin(models.Model):
    """A contribution as part of a matter; of one matter at most."""

    matter = models.ForeignKey(Matter, on_delete=models.CASCADE)
    pin = models.OneToOneField(Pin, on_delete=models.PROTECT, related_name="in_matter")

    class Meta:
        verbose_name = _("contribution of a matter")
        verbose_name_plural = _("contributions of matters")

    def __str__(self) -> str:
        return f"{self.matter_id}: {self.pin_id}"


class ConsultationQuerySet(models.QuerySet["Consultation"]):
    def public(self) -> Self:
        """Keep what everyone may read: before a public item of a published agenda."""
        return self.filter(agenda_published("item__sitting__"), item__is_public=True)

    def about(self, pin: PublicPin | Pin) -> Self:
        """Keep the consultations of the matter a contribution is part of."""
        return self.filter(matter__matterpin__pin_id=pin.pk)

    def proposed_to(self, body: Body) -> Self:
        """Keep what other bodies, or the desk itself, want this body to deal with."""
        return self.filter(body=body, item=None, decided_at=None)


class Consultation(models.Model):
    """A matter before one body (OParl: Consultation), with what came of it.

    Without an item it is proposed: the body has not put it on an agenda yet. The outcome
    is typed in during the sitting and takes effect when that is closed (`decided_at`).
    """

    class Role(models.TextChoices):
        HEARING = "hearing", _("Hearing")
        ADVICE = "advice", _("Advice")
        NOTICE = "notice", _("Notice")
        DECISION = "decision", _("Decision")

    class Outcome(models.TextChoices):
        ENDORSED = "endorsed", _("Endorsed")
        NOT_ENDORSED = "not_endorsed", _("Not endorsed")
        REFERRED = "referred", _("Referred")
        POSTPONED = "postponed", _("Postponed")
        NOTED = "noted", _("Noted")

    matter = models.ForeignKey(
        Matter,
        on_delete=models.CASCADE,
        related_name="consultations",
        verbose_name=_("matter"),
    )
    # Place in the matter's chain, from 1.
    order = models.PositiveSmallIntegerField(_("order"))
    body = models.ForeignKey(
        Body,
        on_delete=models.PROTECT,
        related_name="consultations",
        verbose_name=_("body"),
    )
    role = models.CharField(_("role"), max_length=10, choices=Role)
    is_authoritative = models.BooleanField(
        _("authoritative"),
        default=False,
        help_text=_("Here it is decided; everything else is advice."),
    )
    item = models.OneToOneField(
        AgendaItem,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="consultation",
        verbose_name=_("agenda item"),
    )
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome, blank=True)
    reason = models.TextField(
        _("reason"), blank=True, validators=[MaxLengthValidator(REASON_LENGTH)]
    )
    # Since when everyone knows that it is on the agenda, and what came of it.
    announced_at = models.DateTimeField(null=True, blank=True, editable=False)
    decided_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    modified_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = ConsultationQuerySet.as_manager()

    class Meta:
        verbose_name = _("consultation")
        verbose_name_plural = _("consultations")
        ordering = ["matter", "order"]
        constraints = [
            models.UniqueConstraint(
                name="consultation_order_once", fields=["matter", "order"]
            ),
            # Two clerks cannot put one matter on two agendas of a body.
            models.UniqueConstraint(
                name="consultation_once_at_a_time",
                fields=["matter", "body"],
                condition=Q(decided_at=None),
            ),
            models.CheckConstraint(
                name="consultation_role_known",
                condition=Q(role__in=["hearing", "advice", "notice", "decision"]),
            ),
            models.CheckConstraint(
                name="consultation_outcome_known",
                condition=Q(
                    outcome__in=[
                        "",
                        "endorsed",
                        "not_endorsed",
                        "referred",
                        "postponed",
                        "noted",
                    ]
                ),
            ),
            models.CheckConstraint(
                name="consultation_decisions_are_authoritative",
                condition=Q(is_authoritative=True, role="decision")
                | Q(is_authoritative=False) & ~Q(role="decision"),
            ),
            models.CheckConstraint(
                name="consultation_decided_with_an_outcome",
                condition=Q(decided_at=None) | (~Q(outcome="") & Q(item__isnull=False)),
            ),
            models.CheckConstraint(
                name="consultation_refused_with_a_reason",
                condition=Q(decided_at=None)
                | ~Q(outcome="not_endorsed")
                | ~Q(reason=""),
            ),
            models.CheckConstraint(
                name="consultation_reason_length",
                condition=Q(reason__length__lte=REASON_LENGTH),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="body_of_the_sitting",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("item_id", "body_id"),
                func="""
                    IF NEW.item_id IS NOT NULL AND NEW.body_id <> (
                        SELECT s.body_id FROM councils_agendaitem i
                        JOIN councils_sitting s ON s.id = i.sitting_id
                        WHERE i.id = NEW.item_id
                    ) THEN
                        RAISE EXCEPTION 'The item is on the agenda of another body.'
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'consultation_body_of_the_sitting';
                    END IF;
                    RETURN NEW;
                """,
            ),
            # GemO RLP § 75: a resolution without the hearing is unlawful.
            pgtrigger.Trigger(
                name="heard_before_decided",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("decided_at"),
                func="""
                    IF NEW.decided_at IS NOT NULL AND NEW.is_authoritative
                        AND NEW.outcome IN ('endorsed', 'not_endorsed')
                        AND EXISTS (
                            SELECT FROM councils_bodies_unheard(NEW.matter_id) u
                            WHERE u.body_id <> NEW.body_id
                        )
                    THEN
                        RAISE EXCEPTION 'A district council has not been heard.'
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'consultation_heard_before_decided';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.matter_id}/{self.order} {self.body_id}"

    @property
    def is_decided(self) -> bool:
        return self.decided_at is not None

    @property
    def sitting(self) -> Sitting | None:
        return self.item.sitting if self.item else None


class ConsultationStep(models.Model):
    """A step of a pin's status that a consultation brought about."""

    consultation = models.ForeignKey(
        Consultation, on_delete=models.CASCADE, related_name="steps"
    )
    change = models.OneToOneField(
        StatusChange, on_delete=models.PROTECT, related_name="consultation_step"
    )

    class Meta:
        verbose_name = _("step of a consultation")
        verbose_name_plural = _("steps of consultations")

    def __str__(self) -> str:
        return f"{self.consultation_id}: {self.change_id}"


class Hearing(models.Model):
    """A district council that must be heard on a matter (GemO RLP § 75), or waives it.

    Those of the districts its contributions lie in must be heard anyway; a row names a
    further one, or holds the waiver with its reason, which everyone reads.
    """

    matter = models.ForeignKey(
        Matter, on_delete=models.CASCADE, related_name="hearings"
    )
    body = models.ForeignKey(
        Body, on_delete=models.PROTECT, related_name="+", verbose_name=_("body")
    )
    waived_because = models.TextField(
        _("reason"), blank=True, validators=[MaxLengthValidator(REASON_LENGTH)]
    )
    waived_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True
    )
    waived_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("hearing")
        verbose_name_plural = _("hearings")
        constraints = [
            models.UniqueConstraint(
                name="hearing_once_a_body", fields=["matter", "body"]
            ),
            models.CheckConstraint(
                name="hearing_waived_with_a_reason",
                condition=Q(waived_at=None, waived_by__isnull=True, waived_because="")
                | Q(
                    waived_at__isnull=False,
                    waived_by__isnull=False,
                    waived_because__gt="",
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.matter_id}: {self.body_id}"
