"""The part of a form that says where: four ways, the last one used counts."""

from functools import cache, cached_property
from typing import Any, cast

from django import forms
from django.contrib.gis.geos import Point
from django.utils.translation import gettext_lazy as _

from districts.models import District
from geo.coordinates import CoordinateError, Position, read_position
from geo.functions import PointInside
from layers.models import Street
from layers.places import Kind, Place, places_named, search_places
from pins.models.pin import NOTE_LENGTH
from pins.validators import LENGTH_MESSAGES, forbid_control_characters, one_line

# Of an address that is not clear, so many are offered.
OFFERED = 6


def district_choices() -> list[tuple[str, Any]]:
    """Return the districts of today, each with the body that reads what is said there."""
    districts = District.objects.current().with_body().defer("geometry")
    return [
        ("", _("Please choose")),
        *((d.slug, f"{d.name} – {d.body_name}") for d in districts),
    ]


def out_of_sight() -> forms.TextInput:
    """Return a text field that nobody sees.

    Unlike one of type "hidden", browsers fill it again when somebody comes back.
    """
    return forms.TextInput(attrs={"hidden": True})


class PointForm(forms.Form):
    """A place as a point: of the map, or at an address.

    The page's script sets the point and empties the address, and the other way round.
    Without it, the point counts before the address.
    """

    lon = forms.CharField(required=False, widget=out_of_sight())
    lat = forms.CharField(required=False, widget=out_of_sight())
    address = forms.CharField(
        label=_("Address"),
        help_text=_("Street and house number, or the name of a square."),
        required=False,
        max_length=100,
        error_messages=LENGTH_MESSAGES,
        validators=[forbid_control_characters],
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    # One of the places that the server offered for the address.
    offer = forms.CharField(required=False, max_length=300)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._point: Point | None = None
        # The field that gave the point, where it is wrong.
        self._way = "lon"
        self.offers: list[Place] = []

    @cached_property
    def knows_addresses(self) -> bool:
        """Whether there is anything an address could be found in."""
        return Street.objects.exists()

    @property
    def place_errors(self) -> list[str]:
        """What is wrong with the place, whichever way it was given."""
        return [
            str(message)
            for name in ("lon", "lat", "address", "district")
            for message in self.errors.get(name, [])
        ]

    def clean_address(self) -> str:
        return one_line(self.cleaned_data["address"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        lon, lat = cleaned.get("lon", ""), cleaned.get("lat", "")
        if lon or lat:
            self._clean_point(lon, lat)
        elif cleaned.get("address"):
            self._clean_address(cleaned["address"], cleaned.get("offer", ""))
        elif "address" in cleaned:
            self._clean_otherwise(cleaned)
        return cleaned

    def _clean_otherwise(self, cleaned: dict[str, Any]) -> None:
        """Say that the place is missing, or take it from another way."""
        self.add_error("address", _("Please enter an address."))

    def _clean_point(self, lon: str, lat: str) -> None:
        try:
            position = read_position(lon, lat)
        except CoordinateError:
            message = _("The place could not be read. Please set it on the map again.")
            self.add_error("lon", message)
            return
        self._take("lon", position)

    def _take(self, way: str, position: Position) -> None:
        self._way, self._point = way, point_at(position)
        # Where all else is right the database decides, which looks anyway; where it is
        # not, everything that is wrong is said at once.
        if self.errors and not District.objects.containing(self._point).exists():
            self.refuse_place()

    def refuse_place(self) -> None:
        """Say at the place that it lies in no district."""
        if self._point is not None and _was_swapped(self._point):
            self.add_error(self._way, _("Longitude and latitude seem to be swapped."))
            return
        message = _(
            "This place is outside the city. Please choose one inside its borders."
        )
        self.add_error(self._way, message)

    def _clean_address(self, words: str, offer: str) -> None:
        named = places_named(words, OFFERED)
        # A choice counts for the address it was offered for, not for one typed since.
        self.offers = named or _alike(words)
        if len(named) != 1:
            named = [place for place in self.offers if offer_value(place) == offer]
        if len(named) == 1:
            self._take("address", Position(named[0].lon, named[0].lat))
        elif self.offers:
            self.add_error("address", _("Please choose which of these it is."))
        else:
            self.add_error("address", self._unknown_address())

    def _unknown_address(self) -> Any:
        return _("We do not know this address. Please check how it is spelt.")

    def offered(self) -> list[dict[str, str]]:
        """Return the places to choose from where an address is not clear."""
        return [
            {"value": offer_value(place), "label": place.label, "detail": place.detail}
            for place in self.offers
        ]


class PlaceForm(PointForm):
    """A place: a point of the map, an address, or a district and words.

    The last way that was used counts, as long as the page's script is there. Without it,
    what is most exact counts: a point, then an address, then a district.
    """

    district = forms.ChoiceField(
        label=_("District"),
        required=False,
        error_messages={"invalid_choice": _("Please choose one of the districts.")},
    )
    place_note = forms.CharField(
        label=_("Where exactly?"),
        help_text=_(
            "For example a crossing or a playground. Needed only if you choose a "
            "district from the list."
        ),
        required=False,
        max_length=NOTE_LENGTH,
        error_messages=LENGTH_MESSAGES,
        validators=[forbid_control_characters],
    )
    is_rough = forms.BooleanField(
        label=_("Show the place only roughly"),
        help_text=_(
            "Everyone then sees a square of 100 metres instead of the exact place. Only "
            "those who work on it for the city see where it is. Useful when it is about "
            "your own home."
        ),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Asked for once, and only where they are shown or one is chosen: most people
        # use the map.
        district = cast("forms.ChoiceField", self.fields["district"])
        district.choices = cache(district_choices)

    def clean_place_note(self) -> str:
        return one_line(self.cleaned_data["place_note"])

    def _clean_otherwise(self, cleaned: dict[str, Any]) -> None:
        if "district" not in cleaned:
            return
        slug = cleaned["district"]
        if not slug:
            message = _(
                "Please say where it is: on the map, by an address or by a district."
            )
            self.add_error("district", message)
        elif "place_note" in cleaned and not cleaned["place_note"]:
            message = _("Please describe where in the district it is.")
            self.add_error("place_note", message)
        else:
            district = District.objects.current().filter(slug=slug)
            inside = district.annotate(inside=PointInside("geometry"))
            self._way = "district"
            self._point = inside.values_list("inside", flat=True).get()

    def _unknown_address(self) -> Any:
        return _(
            "We do not know this address. Please check how it is spelt, or leave "
            "the field empty and choose a district."
        )

    @property
    def is_approximate(self) -> bool:
        """Whether the point only stands for a district."""
        return self._way == "district"


def _alike(words: str) -> list[Place]:
    """Return the addresses and streets that may be meant."""
    found = search_places(words, OFFERED)
    return [place for place in found if place.kind != Kind.DISTRICT]


def offer_value(place: Place) -> str:
    """Return what the form sends for a place that was offered."""
    return f"{place.label} {place.lon:.6f} {place.lat:.6f}"


def point_at(position: Position) -> Point:
    """Return the position as a point in EPSG:4326."""
    return Point(position.lon, position.lat, srid=4326)


def _was_swapped(point: Point) -> bool:
    other = Position(point.x, point.y).swapped()
    return other is not None and District.objects.containing(point_at(other)).exists()
