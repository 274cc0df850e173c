"""Why something that was sent looks like abuse: for moderators, never for the public."""

from typing import Any, cast

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Reason(models.TextChoices):
    """What is noticed about a form that was sent."""

    NO_PROOF = "no_proof", _("Sent without a proof of work: no script, or a program")
    WRONG_PROOF = "wrong_proof", _("The proof of work is wrong")
    OLD_PROOF = "old_proof", _("The proof of work had expired")
    SPENT_PROOF = "spent_proof", _("The proof of work was used for another form before")
    TOO_FAST = "too_fast", _("Filled in within seconds")
    TRAP = "trap", _("A field was filled in that nobody sees")
    LINKS = "links", _("Many links")
    SAME_TEXT = "same_text", _("The same text was sent before")
    ALIKE_TEXT = "alike_text", _("Almost the same text was sent before")
    PATTERN = "pattern", _("Contains what is on the list of patterns")


class Suspicion(models.Model):
    """Why one thing looks like abuse; there is none for what looks well."""

    object_type = models.CharField(_("kind of thing"), max_length=60)
    object_id = models.BigIntegerField(_("thing"))
    reasons = ArrayField(models.CharField(max_length=20), verbose_name=_("reasons"))
    at = models.DateTimeField(_("at"), default=timezone.now, db_index=True)

    class Meta:
        verbose_name = _("suspicion")
        verbose_name_plural = _("suspicions")
        constraints = [
            models.UniqueConstraint(
                name="suspicion_once", fields=["object_type", "object_id"]
            ),
            models.CheckConstraint(
                name="suspicion_has_reasons", condition=~Q(reasons=[])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.object_type} {self.object_id}"

    @property
    def labels(self) -> list[str | Promise]:
        """The reasons in words."""
        words = dict(cast("list[tuple[Any, str | Promise]]", Reason.choices))
        return [words[reason] for reason in self.reasons if reason in words]
