"""What the maps load: the pins as points, the districts, one pin, the colours of themes."""

from django.contrib.gis.db.models.functions import AsGeoJSON
from django.db.models import F, Value
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from exports import boundaries, geojson, streams
from exports.conditional import answer, districts_state, pins_state, themes_state
from exports.lines import Document, Joined, ToJson
from exports.selection import BadSelection, bad_selection, not_found, read_selection
from layers.models import Theme
from pins.models import PublicPin
from pins.models.public import PublicPinQuerySet


def _points(pins: PublicPinQuerySet) -> Document:
    """Return a FeatureCollection of what a map shows of a pin before it is chosen."""
    # About a metre; each further decimal adds a tenth to what is loaded.
    place = AsGeoJSON("location", precision=5)
    parts = [Value(',{"type":"Feature","geometry":'), place, Value(',"properties":{')]
    columns = {
        "reference": "reference",
        "theme": "theme_slug",
        "kind": "kind",
        "status": "status",
    }
    for number, (name, column) in enumerate(columns.items()):
        parts += [Value(f'{"," if number else ""}"{name}":'), ToJson(F(column))]
    parts.append(Value("}}"))
    return Document(
        lines=pins.values_list(Joined(*parts)),
        head='{"type":"FeatureCollection","features":[\n',
        tail=geojson.TAIL,
        lead=",",
    )


@require_safe
def pins(request: HttpRequest) -> HttpResponseBase:
    """Answer with all pins that pass the filters, as points with four properties."""
    try:
        selection = read_selection(request)
    except BadSelection as error:
        return bad_selection(error)
    return answer(
        request,
        pins_state(),
        make=lambda: streams.respond(
            request, _points(selection.pins), geojson.MEDIA_TYPE
        ),
    )


@require_safe
def districts(request: HttpRequest) -> HttpResponseBase:
    """Answer with today's districts: borders, names and the bodies that answer."""
    return answer(
        request,
        districts_state(),
        make=lambda: streams.respond(
            request, boundaries.collection(), geojson.MEDIA_TYPE
        ),
    )


@require_safe
def pin(request: HttpRequest, reference: str) -> HttpResponseBase:
    """Answer with one pin as it stands in the exports; 404 where the public sees none."""
    # In one query, so that what is not there costs no more than what is.
    feature = (
        PublicPin.objects.filter(reference=reference)
        .values_list("feature", flat=True)
        .first()
    )
    if feature is None:
        return not_found(_("There is no published contribution with this reference."))
    return answer(
        request,
        pins_state(),
        make=lambda: HttpResponse(
            geojson.close(feature, reference), content_type=geojson.MEDIA_TYPE
        ),
    )


@require_safe
def theme_css(request: HttpRequest) -> HttpResponseBase:
    """Answer with the colours of the themes, which are data and not part of the design."""
    return answer(request, themes_state(), make=lambda: _colours())


def _colours() -> HttpResponse:
    rules = "".join(
        f".theme-{theme.slug}{{--theme-colour:{theme.colour}}}\n"
        for theme in Theme.objects.all()
    )
    return HttpResponse(rules, content_type="text/css; charset=utf-8")
