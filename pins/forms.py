"""The forms of residents."""

from functools import cache
from typing import Any, cast
from uuid import uuid4

from django import forms
from django.contrib.gis.geos import Point
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from districts.models import District
from geo.coordinates import CoordinateError, Position, read_position
from geo.functions import PointInside
from layers.models import Theme
from pins.actions import Draft
from pins.models.contact import EMAIL_LENGTH
from pins.models.pin import TEXT_LENGTH, TITLE_LENGTH
from pins.photo_forms import PhotosField
from pins.place_form import PlaceForm, out_of_sight
from pins.similar import SimilarPin, similar_pins
from pins.validators import (
    MinVisibleLengthValidator,
    forbid_control_characters,
    one_line,
    plain_text,
)
from pins.workflow import Kind, Visibility

# How far off somebody is stands in the message: they need not count.
LENGTH_MESSAGES = {
    "min_length": _(
        "Please write at least %(limit_value)d characters. So far there are %(show_value)d."
    ),
    "max_length": _(
        "Please write at most %(limit_value)d characters. Now there are %(show_value)d."
    ),
}


class TitleField(forms.CharField):
    """A title: one line, 5 to 120 characters."""

    def __init__(self) -> None:
        super().__init__(
            label=_("Title"),
            help_text=_("Short and clear, 5 to 120 characters."),
            error_messages={"required": _("Please enter a title."), **LENGTH_MESSAGES},
            validators=[
                forbid_control_characters,
                MinVisibleLengthValidator(TITLE_LENGTH[0]),
                MaxLengthValidator(TITLE_LENGTH[1]),
            ],
        )

    def to_python(self, value: Any) -> str:
        return one_line(super().to_python(value) or "")


class PlainTextField(forms.CharField):
    """Plain text of several lines.

    Limits count what is kept: browsers send two characters for the end of a line and
    count one.
    """

    widget = forms.Textarea
    default_validators = [forbid_control_characters]

    def to_python(self, value: Any) -> str:
        return plain_text(super().to_python(value) or "")


class TextField(PlainTextField):
    """What somebody has to say: plain text, 20 to 4,000 characters."""

    def __init__(self) -> None:
        super().__init__(
            label=_("Description"),
            help_text=_("20 to 4,000 characters, plain text."),
            error_messages={
                "required": _("Please describe what it is about."),
                **LENGTH_MESSAGES,
            },
            widget=forms.Textarea(attrs={"rows": 8}),
            validators=[
                MinVisibleLengthValidator(TEXT_LENGTH[0]),
                MaxLengthValidator(TEXT_LENGTH[1]),
            ],
        )


class NewPinForm(PlaceForm):
    """A new pin: what it is about, where, in whose words, and whom to tell."""

    # As on the page, so that what is wrong is listed in that order.
    field_order = [
        "kind",
        "theme",
        "lon",
        "lat",
        "address",
        "offer",
        "district",
        "place_note",
        "is_rough",
        "title",
        "text",
        "photos",
        "email",
    ]


def _out_of_sight() -> forms.TextInput:
    return forms.TextInput(attrs={"hidden": True})


class NewPinForm(forms.Form):
    """A new pin. The place is a point of the map, or a district and words."""

    idempotency_key = forms.UUIDField(widget=forms.HiddenInput)
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
    title = TitleField()
    text = TextField()
    # Set where similar pins were shown: nobody is stopped twice.
    similar_seen = forms.CharField(required=False, max_length=1, widget=out_of_sight())
    photos = PhotosField()
    email = forms.EmailField(
        label=_("E-mail address"),
        help_text=_(
            "Only if you want to know what becomes of your contribution. We do not publish "
            "the address, do not pass it on, and erase it afterwards."
        ),
        required=False,
        max_length=EMAIL_LENGTH,
        error_messages={
            "invalid": _(
                "Please enter a complete e-mail address, such as name@example.org."
            ),
            **LENGTH_MESSAGES,
        },
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Asked for once, and only where they are shown or one is chosen: most people
        # use the map.
        district = cast("forms.ChoiceField", self.fields["district"])
        district.choices = cache(district_choices)
        self.fields["idempotency_key"].initial = uuid4
        self._point: Point | None = None

    @property
    def place_errors(self) -> list[str]:
        """What is wrong with the place, whichever way it was given."""
        return [
            str(message)
            for name in ("lon", "lat", "district")
            for message in self.errors.get(name, [])
        ]

    def clean_place_note(self) -> str:
        return one_line(self.cleaned_data["place_note"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        lon, lat = cleaned.get("lon", ""), cleaned.get("lat", "")
        if lon or lat:
            self._clean_point(lon, lat)
        elif "district" in cleaned:
            self._clean_district(cleaned)
        return cleaned

    def _clean_point(self, lon: str, lat: str) -> None:
        try:
            position = read_position(lon, lat)
        except CoordinateError:
            message = _("The place could not be read. Please set it on the map again.")
            self.add_error("lon", message)
            return
        self._point = _point(position)
        # Where all else is right the database decides, which looks anyway; where it is
        # not, everything that is wrong is said at once.
        if self.errors and not District.objects.containing(self._point).exists():
            self.refuse_place()

    def refuse_place(self) -> None:
        """Say at the place that it lies in no district."""
        if self._point is not None and _was_swapped(self._point):
            self.add_error("lon", _("Longitude and latitude seem to be swapped."))
            return
        message = _(
            "This place is outside the city. Please choose one inside its borders."
        )
        self.add_error("lon", message)

    def _clean_district(self, cleaned: dict[str, Any]) -> None:
        slug = cleaned["district"]
        if not slug:
            message = _("Please set the place on the map or choose a district.")
            self.add_error("district", message)
        elif "place_note" in cleaned and not cleaned["place_note"]:
            message = _("Please describe where in the district it is.")
            self.add_error("place_note", message)
        else:
            district = District.objects.current().filter(slug=slug)
            inside = district.annotate(inside=PointInside("geometry"))
            self._point = inside.values_list("inside", flat=True).get()

    def draft(self) -> Draft:
        """Return what was written; only after `is_valid()`."""
        if self._point is None:
            raise ValidationError("draft() was called on an invalid form")
        data = self.cleaned_data
        return Draft(
            kind=data["kind"],
            theme=data["theme"],
            title=data["title"],
            text=data["text"],
            language=(get_language() or "de")[:2],
            location=self._point,
            is_approximate=not data["lon"],
            place_note=data["place_note"],
            email=data["email"],
        )


class EditPinForm(forms.Form):
    """The words of one's own pin, until a moderator has seen them."""

    title = TitleField()
    text = TextField()


def _point(position: Position) -> Point:
    return Point(position.lon, position.lat, srid=4326)


def _was_swapped(point: Point) -> bool:
    other = Position(point.x, point.y).swapped()
    return other is not None and District.objects.containing(_point(other)).exists()


class DecisionForm(forms.Form):
    """What a moderator decides, with the reason the author is told."""

    to = forms.ChoiceField(
        choices=[
            (Visibility.PUBLISHED, _("Publish")),
            (Visibility.REJECTED, _("Do not publish")),
            (Visibility.HIDDEN, _("Hide")),
        ]
    )
    # The digest of the words on the page, for what must not be published unread.
    read = forms.CharField(required=False, widget=forms.HiddenInput)
    reason = PlainTextField(
        label=_("Reason"),
        help_text=_("The author reads it."),
        required=False,
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        refuses = cleaned.get("to") in {Visibility.REJECTED, Visibility.HIDDEN}
        if refuses and "reason" in cleaned and not cleaned["reason"]:
            self.add_error("reason", _("Please give a reason."))
        return cleaned
