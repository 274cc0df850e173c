"""What happened to a pin: appended, never edited (the database refuses both)."""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from districts.models import Body
from pins.models.pin import Pin
from pins.models.triggers import refresh_public
from pins.workflow import Status, Visibility
from trust.triggers import never_emptied

NOTE_LENGTH = 4_000


def _append_only() -> tuple[pgtrigger.Trigger, pgtrigger.Trigger]:
    refused = pgtrigger.Update | pgtrigger.Delete
    return pgtrigger.Protect(name="append_only", operation=refused), never_emptied()


class StatusChange(models.Model):
    """A step of a pin's matter, with the public answer that went with it."""

    pin = models.ForeignKey(
        Pin, on_delete=models.PROTECT, related_name="status_changes"
    )
    from_status = models.CharField(_("from"), max_length=12, choices=Status)
    to_status = models.CharField(_("to"), max_length=12, choices=Status)
    # For which body the actor spoke; the public sees the body, never the person.
    body = models.ForeignKey(
        Body, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("body")
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, verbose_name=_("actor")
    )
    public_note = models.TextField(_("public answer"), blank=True)
    # The step this one takes back. The public sees neither of the two.
    undoes = models.OneToOneField(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="undone_by",
        verbose_name=_("takes back"),
    )
    created_at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("status change")
        verbose_name_plural = _("status changes")
        ordering = ["created_at", "id"]
        constraints = [
            models.CheckConstraint(
                name="statuschange_moves",
                condition=~Q(from_status=F("to_status")),
            ),
            models.CheckConstraint(
                name="statuschange_reason_for_refusal",
                condition=~Q(to_status="not_endorsed")
                | ~Q(public_note="")
                | Q(undoes__isnull=False),
            ),
            models.CheckConstraint(
                name="statuschange_note_length",
                condition=Q(public_note__length__lte=NOTE_LENGTH),
            ),
        ]
        triggers = [
            *_append_only(),
            refresh_public(
                "show_appended",
                pgtrigger.Insert,
                "SELECT DISTINCT pin_id FROM changed",
                new="changed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pin_id}: {self.from_status} → {self.to_status}"


class Handover(models.Model):
    """A body said that another one answers, and why."""

    pin = models.ForeignKey(Pin, on_delete=models.PROTECT, related_name="handovers")
    from_body = models.ForeignKey(
        Body, on_delete=models.PROTECT, related_name="+", verbose_name=_("from")
    )
    to_body = models.ForeignKey(
        Body, on_delete=models.PROTECT, related_name="+", verbose_name=_("to")
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, verbose_name=_("actor")
    )
    reason = models.TextField(_("reason"))
    # The handover this one takes back. The public sees neither of the two.
    undoes = models.OneToOneField(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="undone_by",
        verbose_name=_("takes back"),
    )
    created_at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("handover")
        verbose_name_plural = _("handovers")
        ordering = ["created_at", "id"]
        constraints = [
            models.CheckConstraint(
                name="handover_moves", condition=~Q(from_body=F("to_body"))
            ),
            models.CheckConstraint(
                name="handover_has_a_reason",
                condition=~Q(reason="") | Q(undoes__isnull=False),
            ),
            models.CheckConstraint(
                name="handover_reason_length",
                condition=Q(reason__length__lte=NOTE_LENGTH),
            ),
        ]
        triggers = [
            *_append_only(),
            refresh_public(
                "show_handed",
                pgtrigger.Insert,
                "SELECT DISTINCT pin_id FROM changed",
                new="changed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pin_id}: {self.from_body_id} → {self.to_body_id}"


class Merge(models.Model):
    """What went from a duplicate to the contribution it repeats: taken back by it."""

    step = models.OneToOneField(StatusChange, on_delete=models.PROTECT)
    survivor = models.ForeignKey(Pin, on_delete=models.PROTECT, related_name="merges")
    # Of the duplicate and of what had been merged into it: the keys of the supports that
    # moved are made of them.
    references = ArrayField(models.CharField(max_length=24), default=list)
    support_ids = ArrayField(models.BigIntegerField(), default=list)
    comment_ids = ArrayField(models.BigIntegerField(), default=list)

    class Meta:
        verbose_name = _("merging of duplicates")
        verbose_name_plural = _("mergings of duplicates")
        triggers = [*_append_only()]

    def __str__(self) -> str:
        return f"{self.step_id} → {self.survivor_id}"


class VisibilityChange(models.Model):
    """A decision of moderation, or the author's withdrawal (then without an actor)."""

    pin = models.ForeignKey(
        Pin, on_delete=models.PROTECT, related_name="visibility_changes"
    )
    from_visibility = models.CharField(_("from"), max_length=10, choices=Visibility)
    to_visibility = models.CharField(_("to"), max_length=10, choices=Visibility)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("actor"),
    )
    reason = models.TextField(_("reason"), blank=True)
    created_at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("moderation decision")
        verbose_name_plural = _("moderation decisions")
        ordering = ["created_at", "id"]
        constraints = [
            models.CheckConstraint(
                name="visibilitychange_moves",
                condition=~Q(from_visibility=F("to_visibility")),
            ),
            models.CheckConstraint(
                name="visibilitychange_reason_to_refuse",
                condition=~Q(to_visibility__in=["rejected", "hidden"]) | ~Q(reason=""),
            ),
            models.CheckConstraint(
                name="visibilitychange_staff_decides",
                condition=Q(to_visibility="withdrawn") | Q(actor__isnull=False),
            ),
            models.CheckConstraint(
                name="visibilitychange_reason_length",
                condition=Q(reason__length__lte=NOTE_LENGTH),
            ),
        ]
        triggers = [*_append_only()]

    def __str__(self) -> str:
        return f"{self.pin_id}: {self.from_visibility} → {self.to_visibility}"
