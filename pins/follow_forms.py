"""The forms with which somebody asks to be told."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from districts.models import District
from geo.coordinates import Position
from layers.places import nearest_address
from pins.models.contact import EMAIL_LENGTH
from pins.place_form import PointForm
from pins.telling.following import Target
from pins.telling.letters import distance
from pins.validators import LENGTH_MESSAGES

# Metres around a place, and which is chosen at first.
RADII = (500, 1_000, 2_000, 3_000)
FIRST_RADIUS = 1_000


class EmailField(forms.EmailField):
    """The address that is told."""

    def __init__(self) -> None:
        super().__init__(
            label=_("E-mail address"),
            help_text=_(
                "We send a link there. Only when you have used it, we tell you what "
                "happens."
            ),
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


class FollowForm(forms.Form):
    """Whom to tell; of what, the address of the page says."""

    email = EmailField()


class FollowPlaceForm(PointForm):
    """Whom to tell, and of which surroundings."""

    field_order = ["lon", "lat", "address", "offer", "radius", "email"]
    radius = forms.TypedChoiceField(
        label=_("How far around?"),
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Please choose how far around."),
            "invalid_choice": _("Please choose one of these distances."),
        },
    )
    email = EmailField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        radius = self.fields["radius"]
        radius.initial = FIRST_RADIUS
        radius.choices = [(metres, distance(metres)) for metres in RADII]  # type: ignore[attr-defined]  # it is a field of choices

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if (
            self._point is not None
            and not self.errors
            and not District.objects.containing(self._point).exists()
        ):
            self.refuse_place()
        return cleaned

    @property
    def point(self) -> Position | None:
        """The place that was understood, however it was given."""
        return Position(self._point.x, self._point.y) if self._point else None

    def target(self) -> Target:
        """Return what is to be followed; only after `is_valid()`."""
        place = cast("Position", self.point)
        near = nearest_address(place.lon, place.lat)
        return Target(
            place=place,
            place_name=near.label if near else "",
            radius=self.cleaned_data["radius"],
        )
