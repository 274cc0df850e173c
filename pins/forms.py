"""The forms of residents."""

from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _

from layers.languages import page_language
from layers.models import Theme
from pins.actions import Draft
from pins.consents import CONTACT
from pins.models.contact import EMAIL_LENGTH
from pins.models.pin import TEXT_LENGTH, TITLE_LENGTH
from pins.photo_forms import PhotosField
from pins.place_form import PlaceForm, out_of_sight
from pins.similar import SimilarPin, similar_pins
from pins.validators import (
    LENGTH_MESSAGES,
    MinVisibleLengthValidator,
    forbid_control_characters,
    one_line,
    plain_text,
)
from pins.workflow import Kind
from trust.consents import shown

# For a form without the key that its page gave it.
INCOMPLETE = _(
    "Your form arrived incomplete. Nothing you typed is lost: please send it again."
)


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


class AddressField(forms.EmailField):
    """The address of an author, with the words that they agree to."""

    def __init__(self, *, required: bool = True) -> None:
        super().__init__(
            label=_("E-mail address"),
            help_text=shown(CONTACT),
            required=required,
            max_length=EMAIL_LENGTH,
            error_messages={
                "required": _("Please enter your e-mail address."),
                "invalid": _(
                    "Please enter a complete e-mail address, such as name@example.org."
                ),
                **LENGTH_MESSAGES,
            },
            widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        )


class AddressForm(forms.Form):
    """An address that is left later, or in place of another one."""

    email = AddressField()


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
    # What led to the form: said by the code on a poster or card.
    event = forms.CharField(required=False, widget=out_of_sight())
    photos = PhotosField()
    email = AddressField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["idempotency_key"].initial = uuid4

    def similar(self) -> list[SimilarPin]:
        """Return published pins that may be the same matter; only after `is_valid()`."""
        draft = self.draft()
        return similar_pins(
            draft.location, draft.title, is_approximate=draft.is_approximate
        )

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
            language=page_language(),
            location=self._point,
            is_approximate=self.is_approximate,
            is_rough=data["is_rough"],
            place_note=data["place_note"],
            email=data["email"],
            came_from=data["event"],
        )


class EditPinForm(forms.Form):
    """The words of one's own pin, until a moderator has seen them."""

    title = TitleField()
    text = TextField()
