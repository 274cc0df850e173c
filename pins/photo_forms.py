"""Photos in forms: what is sent, what of it can be taken, and what to say of the rest."""

from dataclasses import dataclass
from typing import IO, Any, Self, cast
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pins.models import Photo
from pins.models.photo import ALT_LENGTH, PHOTO_LIMIT
from pins.photos.keeping import Album, NewPhoto, keep_for_later
from pins.photos.reading import Box, PhotoRefused, Picture, read_photo
from pins.validators import LENGTH_MESSAGES, forbid_control_characters, one_line

SHOWN_FILE_NAME = 60
SMALLEST_BOX = 0.01
# What rounded parts may add up to beyond the whole.
ROUNDING = 0.1


class PhotosInput(forms.FileInput):
    """Several files in one field."""

    allow_multiple_selected = True


class PhotosField(forms.FileField):
    """The place of photos in a form; `PhotoChoice` reads what is sent there."""

    def __init__(self) -> None:
        super().__init__(
            label=gettext_lazy("Photos"),
            help_text=gettext_lazy(
                "Up to 3 photos as JPEG, PNG or WebP. Please show no faces and no number "
                "plates. Place and camera are removed from the files."
            ),
            required=False,
            widget=PhotosInput(
                attrs={"multiple": True, "accept": "image/jpeg,image/png,image/webp"}
            ),
        )


class AltField(forms.CharField):
    """What a photo shows, for those who do not see it: one line."""

    def __init__(self) -> None:
        super().__init__(
            label=gettext_lazy("What does the photo show?"),
            help_text=gettext_lazy(
                "For people who cannot see it, and while it loads. At most 200 "
                "characters."
            ),
            required=False,
            max_length=ALT_LENGTH,
            error_messages=LENGTH_MESSAGES,
            validators=[forbid_control_characters],
        )

    def to_python(self, value: Any) -> str:
        return one_line(super().to_python(value) or "")


class AltForm(forms.Form):
    """A moderator mends what is said of a photo."""

    alt = AltField()


class PercentField(forms.FloatField):
    """A length or place in a photo, in percent; with a comma where that is usual."""

    def __init__(self, label: Any, low: float = 0) -> None:
        range_message = gettext_lazy("Please enter a number from 0 to 100.")
        super().__init__(
            label=label,
            min_value=low,
            max_value=100,
            localize=True,
            error_messages={
                "required": gettext_lazy("Please enter all four numbers."),
                "invalid": range_message,
                "min_value": range_message,
                "max_value": range_message,
            },
            widget=forms.TextInput(attrs={"inputmode": "decimal", "size": 6}),
        )


class BoxForm(forms.Form):
    """A rectangle to black out."""

    x = PercentField(gettext_lazy("From the left"))
    y = PercentField(gettext_lazy("From the top"))
    width = PercentField(gettext_lazy("Width"), SMALLEST_BOX)
    height = PercentField(gettext_lazy("Height"), SMALLEST_BOX)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for start, length in (("x", "width"), ("y", "height")):
            if cleaned.get(start, 0) + cleaned.get(length, 0) > 100 + ROUNDING:
                message = _("This reaches beyond the edge of the photo.")
                self.add_error(length, message)
        return cleaned


class BaseBoxFormSet(forms.BaseFormSet[BoxForm]):
    """Rectangles; those left empty do not count."""

    def clean(self) -> None:
        if not any(self.errors) and not any(f.has_changed() for f in self.forms):
            raise ValidationError(_("Please draw or enter at least one area."))


BoxFormSet = forms.formset_factory(
    BoxForm, formset=BaseBoxFormSet, extra=1, max_num=20, absolute_max=20
)


def boxes_of(boxes: forms.BaseFormSet[BoxForm]) -> list[Box]:
    """Return the rectangles of a valid form, cut off at the edges of the photo."""
    found = [form.cleaned_data for form in boxes.forms if form.has_changed()]
    return [
        Box(
            x=data["x"],
            y=data["y"],
            width=min(data["width"], 100 - data["x"]),
            height=min(data["height"], 100 - data["y"]),
        )
        for data in found
    ]


class PhotosForm(forms.Form):
    """The photos of one's own pin."""

    photos = PhotosField()


@dataclass
class Card:
    """One photo of a form: kept already, or just arrived; with its words as typed."""

    alt: str
    photo: Photo | None = None
    picture: Picture | None = None
    error: str = ""

    @property
    def checked_alt(self) -> str:
        """The words, or nothing where they are refused."""
        return "" if self.error else one_line(self.alt)


class PhotoChoice:
    """The photos of a form, and what is wrong with them."""

    def __init__(self, photos: list[Photo] | None = None) -> None:
        self.cards = [Card(photo.alt, photo=photo) for photo in photos or []]
        self.errors: list[str] = []
        self.removed: list[str] = []

    @classmethod
    def read(
        cls, known: QuerySet[Photo], data: QueryDict, files: MultiValueDict[str, Any]
    ) -> Self:
        """Read what was sent; `known` are the photos that this form may speak of."""
        choice = cls()
        choice._read_kept(known, data)
        choice._read_new(files.getlist("photos"), data.getlist("photo-alt"))
        for number, card in enumerate(choice.cards, start=1):
            card.error = _refuse_alt(card.alt)
            if card.error:
                choice.errors.append(
                    _("Photo {number}: {error}").format(number=number, error=card.error)
                )
        return choice

    @property
    def room(self) -> int:
        """How many photos may be added."""
        return PHOTO_LIMIT - len(self.cards)

    def album(self) -> Album:
        """Return what is to be kept, without the words that are refused."""
        return Album(
            alts={c.photo.name: c.checked_alt for c in self.cards if c.photo},
            new=tuple(
                NewPhoto(c.picture, c.checked_alt) for c in self.cards if c.picture
            ),
        )

    def take(self, kept: list[Photo]) -> None:
        """Go on with the photos as they have been kept, each with its words as typed."""
        typed = {card.photo.name: card for card in self.cards if card.photo}
        new = [card for card in self.cards if card.picture]
        if not typed.keys() <= {photo.name for photo in kept}:
            self.say_lost()
        before = kept[: len(kept) - len(new)]
        cards = [typed.get(photo.name, Card(photo.alt)) for photo in before] + new
        self.cards = [
            Card(card.alt, photo=photo, error=card.error)
            for card, photo in zip(cards, kept, strict=True)
        ]

    def say_lost(self) -> None:
        """Say that photos are gone which the page still showed."""
        self.errors.append(
            _("Photos that were here before are gone. Please choose them again.")
        )

    def say_unkept(self) -> None:
        """Leave out the photos that could not be kept, and say so."""
        self.cards = [card for card in self.cards if card.photo]
        self.errors.append(
            _(
                "We cannot keep your photos at the moment. Please choose them again, or "
                "send your contribution without them and add them later."
            )
        )

    def report(self, form: forms.Form) -> None:
        """Say at the form's field what is wrong, once."""
        for error in self.errors:
            form.add_error("photos", error)
        self.errors = []

    def form(self) -> PhotosForm:
        """Return a form of photos alone, with what is wrong at its field."""
        form = PhotosForm({}) if self.errors else PhotosForm()
        self.report(form)
        return form

    def _read_kept(self, known: QuerySet[Photo], data: QueryDict) -> None:
        self.removed = photo_names(data, "remove-photo")
        shown = set(photo_names(data, "photo")) - set(self.removed)
        there = list(known.filter(name__in=shown)) if shown else []
        if len(there) < len(shown):
            self.say_lost()
        self.cards = [
            Card(data.get(f"alt-{photo.name}", photo.alt), photo=photo)
            for photo in there
        ]

    def _read_new(self, files: list[UploadedFile], alts: list[str]) -> None:
        room = self.room
        for number, file in enumerate(files):
            name = Truncator(file.name or "").chars(SHOWN_FILE_NAME)
            if room <= 0:
                message = _("There can be at most three photos. Left out: {name}")
                self.errors.append(message.format(name=name))
                continue
            try:
                picture = read_photo(cast("IO[bytes]", file.file))
            except PhotoRefused as error:
                self.errors.append(f"{name}: {error.message}")
                continue
            alt = alts[number] if number < len(alts) else ""
            self.cards.append(Card(alt, picture=picture))
            room -= 1


def photo_names(data: QueryDict, field: str) -> list[str]:
    """Return the names of photos in a field; nothing that cannot be one."""
    return [name for name in data.getlist(field) if "\0" not in name]


def read_key(data: QueryDict) -> UUID | None:
    """Return the key of a form, None where it is none."""
    try:
        return UUID(data.get("idempotency_key", ""))
    except ValueError:
        return None


def read_form_photos(request: HttpRequest, form_key: UUID | None) -> PhotoChoice:
    """Read the photos of a form that has no pin yet, or whose pin was just made."""
    known = (
        Photo.objects.filter(form_key=form_key) if form_key else Photo.objects.none()
    )
    return PhotoChoice.read(known, request.POST, request.FILES)


def keep_form_photos(photos: PhotoChoice, form_key: UUID) -> None:
    """Keep the photos of a form that comes back; raises what `keep_for_later` does."""
    photos.take(keep_for_later(form_key=form_key, album=photos.album()))


def _refuse_alt(alt: str) -> str:
    """Return what is wrong with the words, or nothing."""
    words = one_line(alt)
    try:
        forbid_control_characters(words)
    except ValidationError as error:
        return str(error.message)
    if len(words) > ALT_LENGTH:
        return _(
            "Please write at most {limit} characters. Now there are {number}."
        ).format(limit=ALT_LENGTH, number=len(words))
    return ""
