"""Who works in which body."""

import datetime
from typing import Self

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from districts.models import VALIDITY, Body, valid_on


class MembershipQuerySet(models.QuerySet["Membership"]):
    def current(self, on: datetime.date | None = None) -> Self:
        """Keep the memberships that hold on a day (today unless told otherwise)."""
        return self.filter(valid_on(on or timezone.localdate()))


class Membership(models.Model):
    """A user's seat in a body, with dates: leaving ends the rights on that day."""

    class Role(models.TextChoices):
        CHAIR = "chair", _("Chair")
        MEMBER = "member", _("Member")
        CLERK = "clerk", _("Clerk")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="memberships",
        verbose_name=_("account"),
    )
    body = models.ForeignKey(
        Body,
        on_delete=models.PROTECT,
        related_name="memberships",
        verbose_name=_("body"),
    )
    role = models.CharField(_("role"), max_length=10, choices=Role)
    valid_from = models.DateField(_("valid from"), default=timezone.localdate)
    valid_to = models.DateField(_("valid until"), null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        ordering = ["body", "user"]
        constraints = [
            models.CheckConstraint(
                name="membership_role_known",
                condition=Q(role__in=["chair", "member", "clerk"]),
            ),
            models.CheckConstraint(
                name="membership_ends_after_its_start",
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")),
            ),
            ExclusionConstraint(
                name="membership_one_seat_a_day",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    ("body", RangeOperators.EQUAL),
                    (VALIDITY, RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} – {self.body} ({self.get_role_display()})"

    def clean(self) -> None:
        """Say in words what the database would only break off."""
        if self.valid_to is not None and self.valid_to <= self.valid_from:
            message = _("The end must come after the beginning.")
            raise ValidationError({"valid_to": message})
