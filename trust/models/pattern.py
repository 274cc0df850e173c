"""What moderators do not want to be sent: words and addresses, with `*` for anything."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from trust.texts import plain

PATTERN_LENGTH = (3, 200)
# More would be slow to look for, and hard to read.
MOST_WILDCARDS = 5
ANYTHING = "*"


def like(pattern: str) -> str:
    """Return how SQL's LIKE finds a pattern anywhere in a plain text."""
    escaped = pattern.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
    return f"%{escaped.replace(ANYTHING, '%')}%"


def read_pattern(text: str) -> str:
    """Return a pattern as it is looked for: without accents and marks of case.

    Raises ValidationError for what is too short, too long, or would be slow.
    """
    parts = [plain(part) for part in text.split(ANYTHING)]
    pattern = ANYTHING.join(parts).strip(ANYTHING)
    least, most = PATTERN_LENGTH
    if len(pattern.replace(ANYTHING, "")) < least:
        raise ValidationError(
            _("Please give at least %(least)d letters or digits besides the stars."),
            params={"least": least},
        )
    if len(pattern) > most:
        raise ValidationError(
            _("Please give at most %(most)d characters."), params={"most": most}
        )
    if pattern.count(ANYTHING) > MOST_WILDCARDS:
        raise ValidationError(
            _("Please use at most %(most)d stars."), params={"most": MOST_WILDCARDS}
        )
    return pattern


class BannedPattern(models.Model):
    """What is looked for in all that is sent by public forms.

    No regular expression: what one of those costs, depends on what somebody sends. Case,
    accents and line ends do not count.
    """

    class Action(models.TextChoices):
        FLAG = "flag", _("Take it and tell the moderators")
        REFUSE = "refuse", _("Do not take it and say so")

    pattern = models.CharField(
        _("pattern"),
        max_length=PATTERN_LENGTH[1],
        unique=True,
        help_text=_(
            "Words, an address or a part of them; * stands for anything, as in "
            "casino*bonus or *@example.org. Case and accents do not count."
        ),
    )
    like = models.CharField(max_length=2 * PATTERN_LENGTH[1] + 2, editable=False)
    action = models.CharField(
        _("what happens"), max_length=10, choices=Action, default=Action.FLAG
    )
    note = models.CharField(
        _("note"), max_length=200, blank=True, help_text=_("Only the team reads it.")
    )
    is_active = models.BooleanField(_("in use"), default=True)
    created_at = models.DateTimeField(_("created at"), default=timezone.now)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("created by"),
    )

    class Meta:
        verbose_name = _("banned pattern")
        verbose_name_plural = _("banned patterns")
        ordering = ["pattern"]
        constraints = [
            models.CheckConstraint(
                name="bannedpattern_not_too_short",
                condition=Q(pattern__regex="..."),
            ),
            models.CheckConstraint(
                name="bannedpattern_action_known",
                condition=Q(action__in=["flag", "refuse"]),
            ),
        ]

    def __str__(self) -> str:
        return self.pattern

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep with the pattern how it is looked for."""
        self.like = like(self.pattern)
        super().save(*args, **kwargs)

    def clean(self) -> None:
        """Bring the pattern into the form that is looked for; raises ValidationError."""
        try:
            self.pattern = read_pattern(self.pattern)
        except ValidationError as error:
            raise ValidationError({"pattern": error}) from error
