"""The form of a phase."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from councils.forms.fields import LineField
from councils.forms.sittings import DAY_FORMATS
from insek.models import Phase
from insek.models.phase import TEXT_LENGTH
from insek.phases import digest_of_phase
from pins.forms import PlainTextField
from pins.validators import LENGTH_MESSAGES

BAD_DAY = _("Please enter a day such as 24.03.2027.")


def day_field(**kwargs: Any) -> forms.DateField:
    """Return a field for a day, typed or chosen."""
    messages = {"invalid": BAD_DAY, "required": _("Please choose the day.")}
    return forms.DateField(
        input_formats=DAY_FORMATS,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages=messages,
        **kwargs,
    )


class PhaseForm(forms.ModelForm[Phase]):
    """A phase: when it is, what it is about, and what everybody may do in it."""

    title_de = LineField(
        label=_("Title (German)"),
        max_length=120,
        error_messages={"required": _("Please enter a title."), **LENGTH_MESSAGES},
    )
    title_en = LineField(
        label=_("Title (English)"),
        max_length=120,
        required=False,
        error_messages=LENGTH_MESSAGES,
    )
    text_de = PlainTextField(
        label=_("What happens (German)"),
        max_length=TEXT_LENGTH,
        required=False,
        error_messages=LENGTH_MESSAGES,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    text_en = PlainTextField(
        label=_("What happens (English)"),
        max_length=TEXT_LENGTH,
        required=False,
        error_messages=LENGTH_MESSAGES,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    starts_on = day_field(label=_("First day"))
    ends_on = day_field(
        label=_("Last day"),
        required=False,
        help_text=_("Left empty, it goes on until further notice."),
    )
    may_pin = forms.BooleanField(label=_("Add contributions"), required=False)
    may_comment = forms.BooleanField(
        label=pgettext_lazy("what everybody may do", "Comment"), required=False
    )
    may_support = forms.BooleanField(
        label=pgettext_lazy("what everybody may do", "Support"), required=False
    )
    # The phase as it was read.
    read = forms.CharField(required=False, widget=forms.HiddenInput, max_length=40)

    class Meta:
        model = Phase
        fields = (
            "title_de",
            "title_en",
            "starts_on",
            "ends_on",
            "may_pin",
            "may_comment",
            "may_support",
            "text_de",
            "text_en",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["read"] = digest_of_phase(self.instance)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("starts_on"), cleaned.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", _("The last day must not be before the first."))
        return cleaned
