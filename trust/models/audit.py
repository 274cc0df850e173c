"""Who did what, and when: appended, never edited (the database refuses both)."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from trust.triggers import never_emptied


class AuditEntry(models.Model):
    """One act with rights or personal data that others must be able to check.

    `before` and `after` hold states and ids, never what somebody wrote, nor an address.
    Art. 5(2) and 32 GDPR; ASVS 5.0, chapter 16.
    """

    at = models.DateTimeField(_("at"), default=timezone.now)
    # Empty where the site itself acted: a job, a command, somebody without an account.
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("who"),
    )
    action = models.CharField(_("what"), max_length=60)
    object_type = models.CharField(_("kind of thing"), max_length=60, blank=True)
    object_id = models.CharField(_("thing"), max_length=60, blank=True)
    before = models.JSONField(_("before"), default=dict, blank=True)
    after = models.JSONField(_("after"), default=dict, blank=True)

    class Meta:
        verbose_name = _("entry of the audit log")
        verbose_name_plural = _("audit log")
        ordering = ["-at", "-id"]
        indexes = [
            models.Index("at", name="auditentry_at"),
            models.Index("object_type", "object_id", "at", name="auditentry_object"),
        ]
        constraints = [
            models.CheckConstraint(
                name="auditentry_says_what", condition=~Q(action="")
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update),
            # After three years an entry may go (`trust.personal`), and not a day before.
            pgtrigger.Protect(
                name="kept_three_years",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Condition(
                    "OLD.at > CURRENT_TIMESTAMP - INTERVAL '1096 days'"
                ),
            ),
            never_emptied(),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.action}"
