"""The forms of stands: of the outreach team, and of the office that opens them."""

import datetime
from typing import Any
from uuid import uuid4

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from insek.forms.cards import EventField
from insek.models import Stand
from insek.titles import title_from
from layers.languages import page_language
from layers.models import Theme
from pins.actions import Draft
from pins.consents import STAND
from pins.forms import TextField, TitleField
from pins.models.contact import EMAIL_LENGTH
from pins.place_form import PlaceForm
from pins.validators import LENGTH_MESSAGES, forbid_control_characters, one_line
from pins.workflow import Kind, Source
from trust.consents import shown

HERE, ELSEWHERE = "event", "elsewhere"
LONGEST = datetime.timedelta(days=31)


def _moment() -> forms.DateTimeInput:
    return forms.DateTimeInput(
        format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}
    )


class StandPinForm(PlaceForm):
    """What somebody says at a stand: written down fast, by whoever listens."""

    field_order = [
        *("kind", "theme", "text", "title", "where", "lon", "lat", "address"),
        *("offer", "district", "place_note", "is_rough", "email", "consent"),
    ]
    idempotency_key = forms.UUIDField(
        widget=forms.HiddenInput,
        error_messages={"required": _("Your form arrived incomplete.")},
    )
    kind = forms.ChoiceField(
        label=_("What is it about?"),
        choices=Kind.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": _(
                "Please say whether it is an idea, a problem or something worth keeping."
            )
        },
    )
    theme = forms.ModelChoiceField(
        label=_("Which theme does it belong to?"),
        queryset=Theme.objects.active(),
        to_field_name="slug",
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={
            "required": _("Please choose a theme."),
            "invalid_choice": _("Please choose one of the themes."),
        },
    )
    where = forms.ChoiceField(
        label=_("Where is it?"),
        choices=[(HERE, _("At the place of the event")), (ELSEWHERE, _("Elsewhere"))],
        widget=forms.RadioSelect,
        required=False,
    )
    email = forms.EmailField(
        label=_("E-mail address of the person"),
        help_text=_("Only if they want to know what becomes of it."),
        required=False,
        max_length=EMAIL_LENGTH,
        error_messages={
            "invalid": _(
                "Please enter a complete e-mail address, such as name@example.org."
            ),
            **LENGTH_MESSAGES,
        },
        # On a tablet that many people use nothing of the last one is suggested.
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    consent = forms.BooleanField(
        label=shown(STAND),
        required=False,
    )

    def __init__(self, stand: Stand, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stand = stand
        self.fields["idempotency_key"].initial = uuid4
        self.fields["text"] = TextField()
        self.fields["text"].label = _("What was said?")
        self.fields["text"].widget.attrs = {"rows": 5, "autocomplete": "off"}
        title = TitleField()
        title.required, title.widget.attrs = False, {"autocomplete": "off"}
        title.help_text = _("Left empty, the first words become the title.")
        self.fields["title"] = title
        if stand.event.location is None:
            del self.fields["where"]
        self.order_fields(self.field_order)

    def clean_title(self) -> str:
        """Return the title; the first words of the text where it was left empty."""
        return str(self.cleaned_data["title"] or "") or title_from(
            self.cleaned_data.get("text", "")
        )

    def clean(self) -> dict[str, Any]:
        location = self.stand.event.location
        where = self.data.get("where", HERE if not self._names_a_place() else "")
        if location is not None and where == HERE:
            # Not the ways of the map: what is typed there counts for elsewhere alone.
            cleaned = self.cleaned_data
            self._way, self._point = "where", location
        else:
            cleaned = super().clean()
        if cleaned.get("email") and not cleaned.get("consent"):
            self.add_error(
                "consent", _("Without the person's consent no address can be kept.")
            )
        return cleaned

    def _names_a_place(self) -> bool:
        return any(
            self.data.get(name) for name in ("lon", "lat", "address", "district")
        )

    def draft(self) -> Draft:
        """Return what was said; only after `is_valid()`."""
        if self._point is None:
            message = "draft() was called on an invalid form"
            raise ValueError(message)
        data = self.cleaned_data
        return Draft(
            kind=data["kind"],
            theme=data["theme"],
            title=data["title"],
            text=data["text"],
            language=page_language(),
            location=self._point,
            is_approximate=self.is_approximate,
            is_rough=data.get("is_rough", False),
            place_note=data.get("place_note", ""),
            email=data["email"],
            source=Source.STAND,
        )


class OpenStandForm(forms.Form):
    """A new stand of an event, and from when until when it takes contributions."""

    event = EventField(empty_label=_("Please choose"))
    label = forms.CharField(
        label=_("Name of the stand"),
        help_text=_("For example the place and the team: “Weekly market, tablet 1”."),
        max_length=80,
        validators=[forbid_control_characters],
        error_messages={
            "required": _("Please give the stand a name."),
            **LENGTH_MESSAGES,
        },
    )
    valid_from = forms.DateTimeField(
        label=_("Open from"),
        help_text=_("Left empty, an hour before the event begins."),
        required=False,
        widget=_moment(),
    )
    valid_until = forms.DateTimeField(
        label=_("Open until"),
        help_text=_("Left empty, two hours after the event ends."),
        required=False,
        widget=_moment(),
    )

    def clean_label(self) -> str:
        return one_line(self.cleaned_data["label"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        event = cleaned.get("event")
        if event is None or self.errors:
            return cleaned
        start = cleaned["valid_from"] or event.starts_at - datetime.timedelta(hours=1)
        end = cleaned["valid_until"] or event.ends_at + datetime.timedelta(hours=2)
        if end <= start:
            self.add_error("valid_until", _("It must end after it begins."))
        elif end - start > LONGEST:
            self.add_error("valid_until", _("A stand is open for at most 31 days."))
        elif end <= timezone.now():
            self.add_error("valid_until", _("This time is over already."))
        return cleaned | {"valid_from": start, "valid_until": end}
