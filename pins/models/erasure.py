"""Erasing what was published: asked for by one person, confirmed by another one."""

import datetime
from typing import Self

from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pins.models.comment import Comment
from pins.models.photo import Photo
from pins.models.pin import Pin

REASON_LENGTH = 2_000
# A request that nobody answers is over after so long.
LIFETIME = datetime.timedelta(days=7)


class ErasureQuerySet(models.QuerySet["ErasureRequest"]):
    def open(self) -> Self:
        """Keep what waits for a second person."""
        since = timezone.now() - LIFETIME
        return self.filter(state=ErasureRequest.State.OPEN, asked_at__gt=since)


class ErasureRequest(models.Model):
    """Somebody wants a contribution, photo or comment that was published erased for good."""

    class Kind(models.TextChoices):
        PIN = "pin", _("Contribution")
        COMMENT = "comment", _("Comment")
        PHOTO = "photo", _("Photo")

    class State(models.TextChoices):
        OPEN = "open", _("Waits for a second person")
        ERASED = "erased", _("Erased")
        DECLINED = "declined", _("Declined")
        EXPIRED = "expired", _("Nobody answered in time")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    pin = models.ForeignKey(
        Pin, on_delete=models.PROTECT, related_name="+", verbose_name=_("contribution")
    )
    # Empty once it is erased.
    comment = models.ForeignKey(
        Comment,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("comment"),
    )
    photo = models.ForeignKey(
        Photo,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("photo"),
    )
    reason = models.TextField(
        _("reason"), validators=[MaxLengthValidator(REASON_LENGTH)]
    )
    state = models.CharField(
        _("state"), max_length=10, choices=State, default=State.OPEN
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("asked by"),
    )
    asked_at = models.DateTimeField(_("asked at"), default=timezone.now)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)

    objects = ErasureQuerySet.as_manager()

    class Meta:
        verbose_name = _("request to erase")
        verbose_name_plural = _("requests to erase")
        ordering = ["asked_at", "id"]
        constraints = [
            models.CheckConstraint(
                name="erasurerequest_four_eyes",
                condition=~Q(state="erased")
                | (Q(decided_by__isnull=False) & ~Q(decided_by=F("asked_by"))),
            ),
            models.CheckConstraint(
                name="erasurerequest_state_known",
                condition=Q(state__in=["open", "erased", "declined", "expired"]),
            ),
            models.CheckConstraint(
                name="erasurerequest_kind_known",
                condition=Q(kind__in=["pin", "comment", "photo"]),
            ),
            models.CheckConstraint(
                name="erasurerequest_has_a_reason", condition=~Q(reason="")
            ),
            models.UniqueConstraint(
                name="erasurerequest_one_open",
                fields=["kind", "pin", "comment", "photo"],
                condition=Q(state="open"),
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pin_id} {self.state}"

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN and self.asked_at + LIFETIME > (
            timezone.now()
        )

    @property
    def ends_at(self) -> datetime.datetime:
        """Until when a second person can answer."""
        return self.asked_at + LIFETIME


class ErasedReference(models.Model):
    """What everybody may know of an erased contribution: that there was one."""

    reference = models.CharField(_("reference"), max_length=24, primary_key=True)
    erased_at = models.DateTimeField(_("erased at"), default=timezone.now)

    class Meta:
        verbose_name = _("reference of an erased contribution")
        verbose_name_plural = _("references of erased contributions")

    def __str__(self) -> str:
        return self.reference
