"""The themes under which residents speak; each is a layer of the map."""

from typing import Self

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from layers.languages import in_language


class ThemeQuerySet(models.QuerySet["Theme"]):
    def active(self) -> Self:
        """Keep the themes that can be chosen, in their order."""
        return self.filter(is_active=True)


class Theme(models.Model):
    """A theme of participation. The set is data: offices add, rename and retire themes."""

    slug = models.SlugField(_("slug"), max_length=40, unique=True)
    title_de = models.CharField(_("title (German)"), max_length=60)
    title_en = models.CharField(_("title (English)"), max_length=60)
    question_de = models.CharField(_("guiding question (German)"), max_length=200)
    question_en = models.CharField(_("guiding question (English)"), max_length=200)
    colour = models.CharField(
        _("colour"),
        max_length=7,
        validators=[
            RegexValidator(
                r"^#[0-9A-Fa-f]{6}\Z", _("Please write the colour as #RRGGBB.")
            )
        ],
    )
    icon = models.SlugField(
        _("icon"), max_length=40, help_text=_("Name of one of the site's icons.")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_active = models.BooleanField(_("active"), default=True)

    objects = ThemeQuerySet.as_manager()

    class Meta:
        verbose_name = _("theme")
        verbose_name_plural = _("themes")
        ordering = ["position", "slug"]
        constraints = [
            models.CheckConstraint(
                name="theme_colour_is_hex",
                condition=Q(colour__regex=r"^#[0-9A-Fa-f]{6}$"),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """Title in the language of the page."""
        return in_language(self.title_de, self.title_en)

    @property
    def question(self) -> str:
        """Guiding question in the language of the page."""
        return in_language(self.question_de, self.question_en)
