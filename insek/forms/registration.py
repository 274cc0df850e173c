"""The form with which somebody registers for an event."""

import datetime
from typing import Any

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from councils.forms.fields import LineField
from insek.events.registering import Guest
from insek.models.registration import NAME_LENGTH, PERSONS
from layers.languages import page_language
from pins.follow_forms import EmailField
from pins.forms import INCOMPLETE
from pins.place_form import out_of_sight
from pins.validators import LENGTH_MESSAGES

SALT = "insek.registration-form"
# Nobody reads and fills in the form in less.
LEAST_TIME = datetime.timedelta(seconds=3)


def stamp_of(moment: datetime.datetime) -> str:
    """Return, signed, when a form was given out."""
    return signing.dumps(moment.timestamp(), salt=SALT)


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
    """Registration by an address that is confirmed by mail; programs are kept away."""

    field_order = ["email", "name", "persons"]
    email = EmailField()
    # Nobody sees it; programs that fill in everything fill it in.
    website = forms.CharField(required=False, max_length=200, widget=out_of_sight())
    opened = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].help_text = _(
            "We send a link there. You are registered when you have used it."
        )
        self.fields["website"].widget.attrs["autocomplete"] = "off"
        self.fields["opened"].initial = lambda: stamp_of(timezone.now())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("website"):
            self._send_again(
                _("This looks as if a program had filled it in. Please send it again.")
            )
        elif not self._was_read(cleaned.get("opened", "")):
            self._send_again(INCOMPLETE)
        return cleaned

    def _was_read(self, opened: str) -> bool:
        """Tell whether the page gave this form out, and not in this very moment."""
        try:
            given = float(signing.loads(opened, salt=SALT))
        except (signing.BadSignature, TypeError, ValueError):
            return False
        return given <= (timezone.now() - LEAST_TIME).timestamp()

    def _send_again(self, message: Any) -> None:
        """Refuse once: who sends the form that comes back has read it."""
        data = {name: self.data.get(name, "") for name in self.fields}
        data["website"] = ""
        data["opened"] = stamp_of(timezone.now() - LEAST_TIME)
        self.data = data
        self.add_error(None, ValidationError(message))
