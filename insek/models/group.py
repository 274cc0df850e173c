"""Named groups that the city talks with: interest groups and advisory boards."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from districts.models import Body
from layers.languages import in_language


class InterestGroup(models.Model):
    """Who is invited to expert dialogues, as everyone reads it; no person is named."""

    class Kind(models.TextChoices):
        INTEREST_GROUP = "interest_group", _("Interest group")
        ADVISORY_BOARD = "advisory_board", _("Advisory board")

    kind = models.CharField(
        _("kind"), max_length=16, choices=Kind, default=Kind.INTEREST_GROUP
    )
    name_de = models.CharField(_("name (German)"), max_length=160, unique=True)
    name_en = models.CharField(_("name (English)"), max_length=160, blank=True)
    # Where the group is a body of the municipality.
    body = models.ForeignKey(
        Body,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("body"),
    )

    class Meta:
        verbose_name = _("interest group")
        verbose_name_plural = _("interest groups")
        ordering = ["name_de"]
        constraints = [
            models.CheckConstraint(
                name="interest_group_kind_known",
                condition=models.Q(kind__in=["interest_group", "advisory_board"]),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return in_language(self.name_de, self.name_en)
