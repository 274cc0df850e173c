"""Editing themes so that they can be seen on the map, and asking for a place."""

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.forms.models import model_to_dict
from django.utils.translation import gettext_lazy as _

from layers.colours import HEX, contrast_with_white
from layers.models import Theme

# WCAG 2.2 AA for text: white on the colour, and the colour on white.
LOWEST_CONTRAST = 4.5


def refuse_pale(colour: str, *, lowest: float) -> None:
    """Raise a ValidationError where white and a colour #RRGGBB are too alike."""
    contrast = contrast_with_white(colour)
    if contrast < lowest:
        raise ValidationError(
            _(
                "The contrast of this colour with white is %(contrast).1f; it must "
                "be %(lowest).1f at least."
            ),
            params={"contrast": contrast, "lowest": lowest},
        )


def site_icons() -> list[str]:
    """Return the names of the icons in the site's sprite, in alphabetical order."""
    lines = (settings.ROOT / "static" / "icons.txt").read_text().splitlines()
    return sorted(line for line in lines if line and not line.startswith("#"))


def _icon_choices() -> list[tuple[str, str]]:
    return [(name, name) for name in site_icons()]


def check_theme(theme: Theme) -> None:
    """Raise the ValidationError by which the form refuses a theme."""
    form = ThemeForm(model_to_dict(theme), instance=theme)
    if not form.is_valid():
        raise ValidationError(form.errors.as_data())


class ThemeForm(forms.ModelForm[Theme]):
    icon = forms.ChoiceField(label=_("icon"), choices=_icon_choices)

    class Meta:
        model = Theme
        fields = [
            "slug",
            "title_de",
            "title_en",
            "question_de",
            "question_en",
            "colour",
            "icon",
            "position",
            "is_active",
        ]
        widgets = {"colour": forms.TextInput(attrs={"type": "color"})}

    def clean_colour(self) -> str:
        colour: str = self.cleaned_data["colour"]
        if not HEX.fullmatch(colour):
            return colour  # which the model's own validator explains
        refuse_pale(colour, lowest=LOWEST_CONTRAST)
        return colour


class PlaceQuery(forms.Form):
    """What somebody looks for, read from a query string."""

    q = forms.CharField(
        max_length=100,
        error_messages={"required": _("Please say in “q” what you are looking for.")},
        validators=[
            RegexValidator(
                r"[\x00-\x1f\x7f-\x9f]",
                _("The text contains characters that cannot be shown."),
                code="control",
                inverse_match=True,
            )
        ],
    )
