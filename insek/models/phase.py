"""Phases of the process: what happens when, and what everybody may do meanwhile."""

import datetime
from typing import Self

import pgtrigger
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from layers.languages import in_language

TEXT_LENGTH = 2_000


class PhaseQuerySet(models.QuerySet["Phase"]):
    def on(self, day: datetime.date | None = None) -> Self:
        """Keep the phases that a day lies in; today by default."""
        day = day or timezone.localdate()
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=day), starts_on__lte=day)

    def coming(self, day: datetime.date | None = None) -> Self:
        """Keep what has not begun yet, the next one first."""
        return self.filter(starts_on__gt=day or timezone.localdate())


class Phase(models.Model):
    """Some time of the process. Several may be open at once.

    The rights of the public follow the phases: a trigger copies them into
    `pins.ParticipationPeriod`, which lower packages read.
    """

    title_de = models.CharField(_("title (German)"), max_length=120)
    title_en = models.CharField(_("title (English)"), max_length=120, blank=True)
    text_de = models.TextField(
        _("text (German)"), blank=True, validators=[MaxLengthValidator(TEXT_LENGTH)]
    )
    text_en = models.TextField(
        _("text (English)"), blank=True, validators=[MaxLengthValidator(TEXT_LENGTH)]
    )
    starts_on = models.DateField(_("first day"))
    # None: until further notice.
    ends_on = models.DateField(_("last day"), null=True, blank=True)
    may_pin = models.BooleanField(_("everybody may add contributions"), default=False)
    may_comment = models.BooleanField(_("everybody may comment"), default=False)
    may_support = models.BooleanField(_("everybody may support"), default=False)

    objects = PhaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("phase")
        verbose_name_plural = _("phases")
        ordering = ["starts_on", "pk"]
        permissions = [
            ("edit_process", "Can edit the phases and events of the process"),
        ]
        constraints = [
            models.CheckConstraint(
                name="phase_ends_after_its_start",
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="rights_of_the_public",
                when=pgtrigger.After,
                # pgtrigger leaves this class without annotations.
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                level=pgtrigger.Statement,
                func="""
                    DELETE FROM pins_participationperiod;
                    INSERT INTO pins_participationperiod
                        (opens_on, closes_on, may_pin, may_comment, may_support)
                    SELECT starts_on, ends_on, may_pin, may_comment, may_support
                    FROM insek_phase;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        return in_language(self.title_de, self.title_en)

    @property
    def text(self) -> str:
        return in_language(self.text_de, self.text_en)

    def is_on(self, day: datetime.date) -> bool:
        """Tell whether a day lies in this phase, as `PhaseQuerySet.on` does."""
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)

    @property
    def is_read_only(self) -> bool:
        return not (self.may_pin or self.may_comment or self.may_support)
