"""The form with which a body moves a pin on."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pins.models import Pin
from pins.models.history import NOTE_LENGTH
from pins.validators import forbid_control_characters, plain_text
from pins.workflow import Status


class StatusForm(forms.Form):
    """The next status, with the public answer."""

    to_status = forms.ChoiceField(label=_("Next step"), widget=forms.RadioSelect)
    public_note = forms.CharField(
        label=_("Public answer"),
        help_text=_(
            "Everyone reads it, and so does the author. A refusal needs a reason."
        ),
        required=False,
        max_length=NOTE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 6}),
        validators=[forbid_control_characters],
    )
    duplicate_of = forms.CharField(
        label=_("Reference of the contribution it repeats"),
        help_text=_("Only for duplicates."),
        required=False,
        max_length=24,
        validators=[forbid_control_characters],
    )

    def __init__(self, *args: Any, allowed: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["to_status"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(s, Status(s).label) for s in allowed]

    def clean_public_note(self) -> str:
        return plain_text(self.cleaned_data["public_note"])

    def clean_duplicate_of(self) -> Pin | None:
        reference = self.cleaned_data["duplicate_of"].strip()
        if not reference:
            return None
        pin = Pin.objects.filter(reference__iexact=reference).first()
        if pin is None or not pin.is_published:
            raise forms.ValidationError(
                _("There is no published contribution with this reference.")
            )
        return pin

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        to = cleaned.get("to_status")
        if to == Status.NOT_ENDORSED and cleaned.get("public_note") == "":
            self.add_error("public_note", _("Please give a reason."))
        if to == Status.DUPLICATE and cleaned.get("duplicate_of", "") is None:
            self.add_error(
                "duplicate_of", _("Please name the contribution that it repeats.")
            )
        return cleaned
