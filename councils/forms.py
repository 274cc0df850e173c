"""The form with which a body moves a pin on."""

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from pins.forms import PlainTextField
from pins.models import Pin
from pins.models.history import NOTE_LENGTH
from pins.validators import forbid_control_characters
from pins.workflow import Status


class StatusForm(forms.Form):
    """The next status, with the public answer.

    It takes every status there is: which steps are possible is for the table of moves
    to say, and it says it in words. Only those of `offered` are shown to choose from.
    """

    to_status = forms.ChoiceField(
        label=_("Next step"),
        choices=Status.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose the next step.")},
    )
    public_note = PlainTextField(
        label=_("Public answer"),
        help_text=_(
            "Everyone reads it, and so does the author. A refusal needs a reason."
        ),
        required=False,
        max_length=NOTE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    duplicate_of = forms.CharField(
        label=_("Reference of the contribution it repeats"),
        help_text=_("Only for duplicates."),
        required=False,
        max_length=24,
        validators=[forbid_control_characters],
    )

    def __init__(self, *args: Any, offered: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer(offered)

    def offer(self, statuses: Iterable[str]) -> None:
        """Show these steps to choose from."""
        widget = cast("forms.RadioSelect", self.fields["to_status"].widget)
        widget.choices = [(s, Status(s).label) for s in statuses]

    @property
    def is_needed(self) -> bool:
        """Whether there is a step to take, or something was typed that must not go."""
        return self.is_bound or len(self["to_status"]) > 0

    @property
    def may_repeat_another(self) -> bool:
        """Whether it is worth asking which contribution this one repeats."""
        offered = {choice.data["value"] for choice in self["to_status"]}
        return Status.DUPLICATE in offered or bool(self["duplicate_of"].value())

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
