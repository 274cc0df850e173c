"""What a planner chooses from and says when linking."""

from typing import Any, cast

from django import forms
from django.contrib.gis.geos import GEOSException, Polygon
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from districts.models import District
from geo.coordinates import CoordinateError, read_position
from insek.digest.selection import (
    UnknownSuggestion,
    pins_of_suggestion,
    read_suggestion,
)
from insek.models import Link, Suggestion
from insek.trace.choosing import likely_to_belong, linked_pins
from insek.trace.tracing import Target
from layers.models import Theme
from pins.filters import UNKNOWN, PinFilter
from pins.models.public import PublicPinQuerySet
from pins.validators import forbid_control_characters
from pins.workflow import Status

# More is no more exact than a finger, and too long for the address of a page.
MOST_CORNERS = 100
BAD_AREA = _("The area on the map cannot be read. Please draw it again.")


class TraceFilter(PinFilter):
    """The filters of the public list, and those of linking; duplicates never pass."""

    scope = forms.ChoiceField(
        label=_("Links"),
        required=False,
        error_messages=UNKNOWN,
        choices=[
            ("", _("Not linked to it yet")),
            ("none", _("Not linked to anything yet")),
            ("all", _("Linked or not")),
        ],
    )
    body = forms.ChoiceField(label=_("Body"), required=False, error_messages=UNKNOWN)
    similar = forms.BooleanField(
        label=_("Like those that are linked already"), required=False
    )
    # The corners: longitude and latitude in degrees, EPSG:4326, as 7.1,49.2;7.2,49.3;…
    area = forms.CharField(
        required=False, max_length=8_000, widget=forms.HiddenInput, label=_("Area")
    )

    # What planners came from: a suggestion's contributions alone.
    topic = forms.CharField(required=False, widget=forms.HiddenInput, label=_("Topic"))
    hotspot = forms.CharField(
        required=False, widget=forms.HiddenInput, label=_("Hot spot")
    )
    suggestion: Suggestion | None = None

    @classmethod
    def from_query(cls, data: QueryDict) -> "TraceFilter":
        """Return the filter with all themes and districts of today to choose from."""
        return cls(
            data,
            themes=Theme.objects.all(),
            districts=District.objects.current().defer("geometry"),
        )

    def clean(self) -> dict[str, Any]:
        try:
            self.suggestion = read_suggestion(cast("QueryDict", self.data))
        except UnknownSuggestion as error:
            raise ValidationError(
                _("This suggestion is gone. Please begin anew from the suggestions.")
            ) from error
        return super().clean()

    def clean_area(self) -> Polygon | None:
        text: str = self.cleaned_data["area"]
        if not text:
            return None
        corners = text.split(";")
        if len(corners) > MOST_CORNERS:
            raise ValidationError(BAD_AREA)
        try:
            positions = [read_position(*corner.split(",")) for corner in corners]
            ring = [(position.lon, position.lat) for position in positions]
            area = Polygon([*ring, ring[0]], srid=4326)
        except (CoordinateError, TypeError, ValueError, GEOSException) as error:
            raise ValidationError(BAD_AREA) from error
        # A line that crosses itself still goes round something.
        mended = area if area.valid else area.make_valid()  # type: ignore[attr-defined]  # missing in the stubs
        if not mended.area:
            raise ValidationError(BAD_AREA)
        return mended

    def choose(self, pins: PublicPinQuerySet, target: Target) -> PublicPinQuerySet:
        """Return the pins that pass and may be linked; only after `is_valid()`."""
        wanted = self.cleaned_data
        pins = self.apply(pins).exclude(status=Status.DUPLICATE)
        if wanted["area"] is not None:
            pins = pins.filter(location__intersects=wanted["area"])
        if wanted["scope"] == "":
            pins = pins.exclude(pk__in=linked_pins(target))
        elif wanted["scope"] == "none":
            linked = Link.objects.filter(pin__isnull=False).values("pin")
            pins = pins.exclude(pk__in=linked)
        if wanted["similar"]:
            pins = pins.filter(pk__in=likely_to_belong(target))
        if self.suggestion is not None:
            ids = pins_of_suggestion(self.suggestion.kind, self.suggestion.pk)
            pins = pins.filter(pk__in=ids)
        return pins

    def leaves_out(self, *, within_district: bool = False) -> bool:
        names = ("scope", "similar", "area", "topic", "hotspot")
        own = any(self.cleaned_data[name] for name in names)
        return own or super().leaves_out(within_district=within_district)

    def public_query(self) -> str:
        """Return the filters that the map of everyone knows, as a query string."""
        return super().query()

    def query(self) -> str:
        query = QueryDict(super().query(), mutable=True)
        for name in ("scope", "area", "topic", "hotspot"):
            if self.cleaned_data[name]:
                query[name] = self.data[name]
        if self.cleaned_data["similar"]:
            query["similar"] = "on"
        return query.urlencode()


class ReasonForm(forms.Form):
    """Why something is linked: everyone reads it."""

    reason = forms.CharField(
        label=_("Why?"),
        help_text=_("Everyone can read this."),
        max_length=300,
        min_length=5,
        validators=[forbid_control_characters],
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ChoiceForm(ReasonForm):
    """The contributions that were looked at, as ids, and why they are linked."""

    pins = forms.CharField(widget=forms.HiddenInput, max_length=50_000)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = _(
            "Everyone can read this, and whoever follows a contribution gets it by e-mail."
        )

    def clean_pins(self) -> list[int]:
        return read_ids(self.cleaned_data["pins"].split(","))

    def readable_ids(self) -> list[int]:
        """Return the choice of a form with errors elsewhere; nothing where it has some."""
        try:
            return read_ids(self["pins"].data.split(",")) if self["pins"].data else []
        except ValidationError:
            return []


def read_ids(texts: list[str]) -> list[int]:
    """Return ids as numbers. Raises ValidationError for what is none."""
    ids = []
    for text in texts:
        if not (text.isascii() and text.isdigit() and len(text) < 19):
            raise ValidationError(_("This choice cannot be read. Please choose again."))
        ids.append(int(text))
    return ids
