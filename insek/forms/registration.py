"""The form with which somebody registers for an event."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from councils.forms.fields import LineField
from insek.events.registering import Guest
from insek.models.registration import NAME_LENGTH, PERSONS
from layers.languages import page_language
from pins.follow_forms import EmailField
from pins.validators import LENGTH_MESSAGES


class GuestForm(forms.Form):
    """Who comes: a name for the list at the door, and how many."""

    name = LineField(
        label=_("Name"),
        help_text=_("For the list at the door. You may leave it empty."),
        required=False,
        max_length=NAME_LENGTH,
        error_messages=LENGTH_MESSAGES,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    persons = forms.TypedChoiceField(
        label=_("How many are you?"),
        coerce=int,
        initial=1,
        error_messages={
            "required": _("Please say how many you are."),
            "invalid_choice": _("Please choose one of these numbers."),
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["persons"].choices = [  # type: ignore[attr-defined]  # it is a field of choices
            (n, ngettext("%(n)s person", "%(n)s persons", n) % {"n": n})
            for n in range(1, PERSONS + 1)
        ]

    def guest(self, email: str) -> Guest:
        """Return who comes; only after `is_valid()`."""
        return Guest(
            email=email,
            language=page_language(),
            name=self.cleaned_data["name"],
            persons=self.cleaned_data["persons"],
        )


class RegistrationForm(GuestForm):
    """Registration by an address that is confirmed by mail."""

    field_order = ["email", "name", "persons"]
    email = EmailField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].help_text = _(
            "We send a link there. You are registered when you have used it."
        )
