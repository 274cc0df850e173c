"""The forms of the office for an event, what came of it, and who is invited."""

import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from councils.forms.fields import LineField
from councils.forms.sittings import FARTHEST, PaperField, TimeField
from councils.local_time import at_local, end_at_local
from districts.models import Body, District
from insek.events.keeping import digest_of_event
from insek.forms.phases import day_field
from insek.models import Event, InterestGroup
from insek.models.named import TEXT_LENGTH
from layers.models import Theme
from pins.forms import PlainTextField
from pins.models.contact import EMAIL_LENGTH
from pins.models.photo import ALT_LENGTH
from pins.place_form import PointForm
from pins.validators import LENGTH_MESSAGES

LAST_MINUTE = datetime.time(23, 59)
BAD_ADDRESS = _("Please enter a complete address, such as https://example.org.")


def _text(label: Any, *, rows: int = 6, length: int = TEXT_LENGTH) -> PlainTextField:
    return PlainTextField(
        label=label,
        required=False,
        max_length=length,
        error_messages=LENGTH_MESSAGES,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


def _line(label: Any, *, length: int = 160, **kwargs: Any) -> LineField:
    messages = {"required": _("Please fill this in."), **LENGTH_MESSAGES}
    return LineField(label=label, max_length=length, error_messages=messages, **kwargs)


def _coordinate(label: Any) -> forms.CharField:
    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    return forms.CharField(label=label, required=False, max_length=40, widget=widget)


class EventForm(PointForm, forms.ModelForm[Event]):
    """All that is said of an event beforehand. Times are local ones."""

    title_de = _line(_("Title (German)"))
    title_en = _line(_("Title (English)"), required=False)
    text_de = _text(_("What it is about (German)"))
    text_en = _text(_("What it is about (English)"))
    day = day_field(label=_("Day"))
    start = TimeField(
        label=_("Begins at"),
        error_messages={
            "required": pgettext_lazy("of an event", "Please say when it begins.")
        },
    )
    last_day = day_field(
        label=_("Last day"), required=False, help_text=_("Only if it is another one.")
    )
    end = TimeField(
        label=_("Ends at"),
        help_text=_("After midnight counts to the next day."),
        error_messages={"required": _("Please say when it ends.")},
    )
    place = _line(
        _("Place"),
        length=200,
        required=False,
        help_text=_("Building, room and address, so that everyone finds it."),
    )
    lon = _coordinate(_("Longitude"))
    lat = _coordinate(_("Latitude"))
    accessibility_de = _line(
        _("Accessibility (German)"),
        length=500,
        required=False,
        help_text=_("Such as step-free, induction loop, sign language, bus stop."),
    )
    accessibility_en = _line(_("Accessibility (English)"), length=500, required=False)
    online_url = forms.URLField(
        label=_("Address of the online event"),
        required=False,
        max_length=300,
        assume_scheme="https",
        error_messages={"invalid": BAD_ADDRESS, **LENGTH_MESSAGES},
    )
    online_url_is_public = forms.BooleanField(
        label=_("Everybody sees this address"),
        help_text=_("Otherwise only those who have registered get it, by e-mail."),
        required=False,
    )
    is_by_invitation = forms.BooleanField(
        label=_("By invitation"),
        help_text=_(
            "Everybody reads that it takes place and who is invited. Only who gets a "
            "personal invitation can register."
        ),
        required=False,
    )
    groups = forms.ModelMultipleChoiceField(
        label=_("Who is invited?"),
        queryset=InterestGroup.objects.all(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    takes_registrations = forms.BooleanField(
        label=_("People can register"), required=False
    )
    capacity = forms.IntegerField(
        label=_("Places"),
        help_text=_("Left empty, as many as want to can come."),
        required=False,
        min_value=1,
        max_value=100_000,
    )
    closing_day = day_field(
        label=_("Registration until"),
        required=False,
        help_text=_("The last day. Left empty, until it begins."),
    )
    # The event as it was read.
    read = forms.CharField(required=False, widget=forms.HiddenInput, max_length=40)

    class Meta:
        model = Event
        fields = (
            "format",
            "title_de",
            "title_en",
            "theme",
            "phase",
            "text_de",
            "text_en",
            "place",
            "accessibility_de",
            "accessibility_en",
            "online_url",
            "online_url_is_public",
            "is_by_invitation",
            "takes_registrations",
            "capacity",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        event: Event = kwargs["instance"]
        kwargs["initial"] = _as_typed(event) | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        kinds = [("", _("Please choose")), *Event.Format.choices]
        self.fields["format"].choices = kinds  # type: ignore[attr-defined]  # it is a field of choices
        self.fields["format"].error_messages["required"] = _("Please choose a format.")
        theme = self.fields["theme"]
        theme.queryset = Theme.objects.all()  # type: ignore[attr-defined]  # it chooses among rows
        theme.empty_label = _("None")  # type: ignore[attr-defined]  # as above
        self.fields["phase"].empty_label = _("None")  # type: ignore[attr-defined]  # so does this

    def clean_online_url(self) -> str:
        url: str = self.cleaned_data["online_url"]
        if url and not url.startswith(("https://", "http://")):
            raise ValidationError(BAD_ADDRESS)
        return url

    def clean(self) -> dict[str, Any]:
        typed = self.cleaned_data.get("address")
        if typed and not {"lon", "lat"} & set(self.changed_data):
            # Without a script nothing empties the place that was there.
            self.cleaned_data["lon"] = self.cleaned_data["lat"] = ""
        cleaned = super().clean()
        self._clean_times(cleaned)
        if self._point and not District.objects.containing(self._point).exists():
            self.refuse_place()
        if cleaned.get("is_by_invitation") and not cleaned.get("groups"):
            self.add_error("groups", _("Please choose who is invited."))
        if cleaned.get("capacity") and not cleaned.get("takes_registrations"):
            self.add_error(
                "capacity", _("Places are counted only where people can register.")
            )
        return cleaned

    def _clean_otherwise(self, cleaned: dict[str, Any]) -> None:
        """An event may have no place on the map."""

    def _clean_times(self, cleaned: dict[str, Any]) -> None:
        day, last_day = cleaned.get("day"), cleaned.get("last_day")
        if day and day > timezone.localdate() + FARTHEST:
            message = _("This is more than three years ahead. Please check the year.")
            self.add_error("day", message)
            day = None
        start = None if last_day else cleaned.get("start")
        starts_at = cleaned["starts_at"] = self._moment("start", day)
        ends_at = cleaned["ends_at"] = self._moment("end", last_day or day, after=start)
        cleaned["closes_at"] = None
        if closing_day := cleaned.get("closing_day"):
            cleaned["closes_at"] = at_local(closing_day, LAST_MINUTE)
            if day and closing_day > day:
                message = _("It must not be after the event.")
                self.add_error("closing_day", message)
        if starts_at and ends_at and ends_at <= starts_at:
            self.add_error("end", _("The end must come after the beginning."))

    def _moment(
        self,
        name: str,
        day: datetime.date | None,
        *,
        after: datetime.time | None = None,
    ) -> datetime.datetime | None:
        time = self.cleaned_data.get(name)
        if day is None or time is None:
            return None
        try:
            return end_at_local(day, after, time)
        except ValidationError as error:
            self.add_error(name, error)
        return None

    def event(self) -> Event:
        """Return the event as it was typed; only after `is_valid()`."""
        event: Event = self.instance
        typed, was = self.cleaned_data, self.initial
        event.starts_at = _same(typed["starts_at"], was.get("starts_at"))
        event.ends_at = _same(typed["ends_at"], was.get("ends_at"))
        event.registration_ends_at = typed["closes_at"]
        event.location = self._point
        return event


def _same(typed: datetime.datetime, was: datetime.datetime | None) -> datetime.datetime:
    """Return a moment, and as it was where it is the same to the minute."""
    if was is not None and typed == was.replace(second=0, microsecond=0):
        return was
    return typed


def _as_typed(event: Event) -> dict[str, Any]:
    if event._state.adding:
        return {}
    start, end = timezone.localtime(event.starts_at), timezone.localtime(event.ends_at)
    closing = event.registration_ends_at
    at = event.location
    return {
        "starts_at": event.starts_at,
        "ends_at": event.ends_at,
        "day": start.date(),
        "start": start.time(),
        "last_day": end.date() if end.date() != start.date() else None,
        "end": end.time(),
        "closing_day": timezone.localdate(closing) if closing else None,
        "lon": f"{at.x:.6f}" if at else "",
        "lat": f"{at.y:.6f}" if at else "",
        "groups": list(event.groups.all()),
        "read": digest_of_event(event),
    }


class CancelEventForm(forms.Form):
    """Why an event does not take place."""

    reason = _line(
        _("Reason"),
        length=300,
        help_text=_("Everyone reads it, at most 300 characters."),
    )


class ResultForm(forms.Form):
    """What came of an event, in words."""

    result_de = _text(_("What came of it (German)"), rows=8)
    result_en = _text(_("What came of it (English)"), rows=8)


class DocumentForm(forms.Form):
    """A PDF with results, programme or slides."""

    title_de = _line(_("Title (German)"))
    title_en = _line(_("Title (English)"), required=False)
    file = PaperField(label=_("File"), help_text=_("A PDF, at most 10 MB."))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "file" in cleaned and not cleaned["file"]:
            self.add_error("file", _("Please choose a file."))
        return cleaned


class EventPhotoForm(forms.Form):
    """A photo, with words for those who do not see it."""

    alt_de = _line(_("What does the photo show? (German)"), length=ALT_LENGTH)
    alt_en = _line(
        _("What does the photo show? (English)"), length=ALT_LENGTH, required=False
    )
    photo = forms.FileField(
        label=_("Photo"),
        help_text=_(
            "JPEG, PNG or WebP, at most 12 MB. Place and camera are removed. Please ask "
            "everybody who can be recognised."
        ),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
        error_messages={
            "required": _("Please choose a file."),
            "empty": _("This file is empty."),
        },
    )


class InvitationForm(forms.Form):
    """Who is invited personally."""

    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=EMAIL_LENGTH,
        error_messages={
            "required": _("Please enter an e-mail address."),
            "invalid": _(
                "Please enter a complete e-mail address, such as name@example.org."
            ),
            **LENGTH_MESSAGES,
        },
    )
    group = forms.ModelChoiceField(
        label=_("For which group?"),
        queryset=InterestGroup.objects.all(),
        required=False,
        empty_label=_("None"),
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)


class GroupForm(forms.ModelForm[InterestGroup]):
    """A group that is invited to expert dialogues."""

    name_de = _line(_("Name (German)"))
    name_en = _line(_("Name (English)"), required=False)
    body = forms.ModelChoiceField(
        label=_("Body of the municipality"),
        queryset=Body.objects.all(),
        required=False,
        empty_label=_("None"),
    )

    class Meta:
        model = InterestGroup
        fields = ("kind", "name_de", "name_en", "body")
