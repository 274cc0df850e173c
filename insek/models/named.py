"""What everyone reads about a thing of the process, in both languages of the site."""

from django.core.validators import MaxLengthValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from layers.languages import in_language

TEXT_LENGTH = 6_000


class Named(models.Model):
    """A title and a text in both languages of the site; English may be missing."""

    title_de = models.CharField(_("title (German)"), max_length=160)
    title_en = models.CharField(_("title (English)"), max_length=160, blank=True)
    text_de = models.TextField(
        _("text (German)"), blank=True, validators=[MaxLengthValidator(TEXT_LENGTH)]
    )
    text_en = models.TextField(
        _("text (English)"), blank=True, validators=[MaxLengthValidator(TEXT_LENGTH)]
    )

    class Meta:
        abstract = True

    @property
    def title(self) -> str:
        return in_language(self.title_de, self.title_en)

    @property
    def text(self) -> str:
        return in_language(self.text_de, self.text_en)
