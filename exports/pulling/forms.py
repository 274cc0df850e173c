"""The form of a new token."""

import datetime
import secrets
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from exports.models import PullToken
from pins.validators import forbid_control_characters

LIFETIMES = [
    ("30", _("30 days")),
    ("90", _("3 months")),
    ("365", _("1 year")),
]


class TokenForm(forms.Form):
    """What the token is for, what it may fetch, and how long."""

    name = forms.CharField(
        label=_("What is it for?"),
        help_text=_("For example: QGIS project of the office, table of every morning."),
        max_length=80,
        validators=[forbid_control_characters],
        error_messages={"required": _("Please say what the token is for.")},
    )
    scopes = forms.MultipleChoiceField(
        label=_("What may it fetch?"),
        choices=PullToken.Scope.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Please choose at least one.")},
    )
    lifetime = forms.ChoiceField(
        label=_("How long does it work?"),
        choices=LIFETIMES,
        widget=forms.RadioSelect,
        initial="90",
    )
    key = forms.CharField(
        widget=forms.HiddenInput,
        validators=[RegexValidator(r"^[0-9a-f]{64}\Z")],
        error_messages={
            "required": _("This form is incomplete. Please load the page again."),
            "invalid": _("This form is incomplete. Please load the page again."),
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["key"].initial = secrets.token_hex(32)

    @property
    def lasts(self) -> datetime.timedelta:
        return datetime.timedelta(days=int(self.cleaned_data["lifetime"]))
