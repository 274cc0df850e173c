"""The operator's forms."""

from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from exports.models import ApiClient, Topic
from exports.webhooks.connecting import (
    BadAddress,
    Unreachable,
    demand_no_inner_number,
    read_target,
)
from pins.validators import LENGTH_MESSAGES, forbid_control_characters, one_line

MOST_A_DAY = 100_000


class _NamedForm(forms.Form):
    """A form of something with a name, sent once however often."""

    # Made with the page; it is the key of what is made.
    key = forms.UUIDField(
        required=False,
        widget=forms.HiddenInput,
        error_messages={"invalid": _("Your form arrived incomplete.")},
    )
    name = forms.CharField(
        label=_("Name"),
        max_length=80,
        validators=[forbid_control_characters],
        error_messages={"required": _("Please enter a name."), **LENGTH_MESSAGES},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["key"].initial = uuid4

    def clean_name(self) -> str:
        return one_line(self.cleaned_data["name"])


class WebhookForm(_NamedForm):
    """Where a system is told, and what of."""

    url = forms.CharField(
        label=_("Address"),
        help_text=_("With https, such as https://systems.example.de/hooks/map."),
        max_length=500,
        validators=[forbid_control_characters],
        error_messages={"required": _("Please enter the address."), **LENGTH_MESSAGES},
        widget=forms.URLInput(attrs={"autocomplete": "off"}),
    )
    topics = forms.MultipleChoiceField(
        label=_("What it is told"),
        choices=Topic.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Please choose at least one thing.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].help_text = _("The system that listens there.")

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"]
        try:
            demand_no_inner_number(read_target(url))
        except BadAddress as error:
            raise ValidationError(
                _(
                    "Please enter an address with https, without a user name and at "
                    "port 443 or 8443."
                )
            ) from error
        except Unreachable as error:
            raise ValidationError(
                _("Nothing is sent to addresses inside a network.")
            ) from error
        return url


class ClientForm(_NamedForm):
    """A system that sends contributions, and how many."""

    daily_limit = forms.IntegerField(
        label=_("Contributions a day, at most"),
        min_value=1,
        max_value=MOST_A_DAY,
        initial=200,
        error_messages={
            "required": _("Please enter a whole number."),
            "invalid": _("Please enter a whole number."),
        },
    )

    def __init__(
        self, *args: Any, client: ApiClient | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.client = client
        self.fields["name"].help_text = _(
            "The system that sends, such as the city's app."
        )

    def clean_name(self) -> str:
        name = super().clean_name()
        others = ApiClient.objects.filter(name=name)
        if self.client is not None:
            others = others.exclude(pk=self.client.pk)
        # What this very form has made is no other.
        if others.exclude(key=self.cleaned_data.get("key") or uuid4()).exists():
            raise ValidationError(_("There is a client of this name already."))
        return name
