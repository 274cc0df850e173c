"""Similar pins while somebody still writes."""

from typing import TypedDict

from django import forms
from django.contrib.gis.geos import Point
from django.http import HttpRequest, JsonResponse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from geo.coordinates import CoordinateError, read_position
from layers.problems import asked_at_most, bad_query
from pins.models.pin import TITLE_LENGTH
from pins.similar import SimilarPin, similar_pins
from pins.validators import forbid_control_characters, one_line
from trust.limits import SIMILAR

EXCERPT = 160


class SimilarPinRow(TypedDict):
    """What the form shows of a similar pin; `metres` are rounded to ten."""

    reference: str
    url: str
    title: str
    text: str
    language: str
    kind: str
    theme: str
    status: str
    status_label: str
    support_count: int
    metres: int | None
    lon: float
    lat: float


class SimilarQuery(forms.Form):
    """A place and, as far as it is written, a title."""

    lon = forms.CharField(max_length=40)
    lat = forms.CharField(max_length=40)
    title = forms.CharField(
        required=False,
        max_length=TITLE_LENGTH[1],
        validators=[forbid_control_characters],
    )

    def clean(self) -> None:
        """Read the place; raises nothing but what the form reports."""
        if self.errors:
            return
        try:
            self.position = read_position(
                self.cleaned_data["lon"], self.cleaned_data["lat"]
            )
        except CoordinateError:
            message = _("The place could not be read. Please set it on the map again.")
            self.add_error("lon", message)


@never_cache
@require_safe
@asked_at_most(SIMILAR)
def similar(request: HttpRequest) -> JsonResponse:
    """Answer with published pins that may be the same as what is written now.

    Never kept: the query holds words that nobody has sent yet. 400 for what is no place
    or title.
    """
    query = SimilarQuery(request.GET)
    if not query.is_valid():
        return bad_query(query)
    place = Point(query.position.lon, query.position.lat, srid=4326)
    title = one_line(query.cleaned_data["title"])
    return JsonResponse({"pins": [_row(found) for found in similar_pins(place, title)]})


def _row(found: SimilarPin) -> SimilarPinRow:
    pin = found.pin
    return {
        "reference": pin.reference,
        "url": pin.get_absolute_url(),
        "title": pin.title,
        "text": Truncator(pin.text).chars(EXCERPT),
        "language": pin.language,
        "kind": pin.kind,
        "theme": pin.theme_slug,
        "status": pin.status_group,
        "status_label": pin.status_label,
        "support_count": pin.support_count,
        "metres": found.metres,
        "lon": pin.lon,
        "lat": pin.lat,
    }
