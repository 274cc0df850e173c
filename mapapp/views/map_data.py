"""What the maps load beside their tiles: the districts, one pin, the colours of themes."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _

from exports import boundaries, streams
from exports.files import geojson
from exports.states import districts_state, pins_state, themes_state
from layers.conditional import answer, shared_for_a_moment
from layers.models import Theme
from layers.problems import not_found, problem, read_only
from mapapp.look import own_colours
from pins.models import ErasedReference, PublicPin


@read_only
def districts(request: HttpRequest) -> HttpResponseBase:
    """Answer with today's districts: borders, names and the bodies that answer."""
    return shared_for_a_moment(
        answer(
            request,
            districts_state(),
            make=lambda: streams.respond(
                request, boundaries.collection(), geojson.MEDIA_TYPE
            ),
        )
    )


@read_only
def pin(request: HttpRequest, reference: str) -> HttpResponseBase:
    """Answer with one pin as it stands in the exports; 404 where the public sees none,
    410 where it was erased after it had been published.
    """
    feature = (
        PublicPin.objects.filter(reference=reference)
        .values_list("feature", flat=True)
        .first()
    )
    if feature is None:
        if ErasedReference.objects.filter(reference=reference).exists():
            detail = _("This contribution was erased for good.")
            return problem(detail, status=410)
        return not_found(_("There is no published contribution with this reference."))
    return answer(
        request,
        pins_state(),
        make=lambda: HttpResponse(
            geojson.close(feature, reference), content_type=geojson.MEDIA_TYPE
        ),
    )


@read_only
def theme_css(request: HttpRequest) -> HttpResponseBase:
    """Answer with the colours of the themes, which are data and not part of the design."""
    state = themes_state(), own_colours()
    return shared_for_a_moment(answer(request, state, make=_colours))


def _colours() -> HttpResponse:
    rules = "".join(
        f".theme-{theme.slug}{{--theme-colour:{theme.colour}}}\n"
        for theme in Theme.objects.all()
    )
    return HttpResponse(own_colours() + rules, content_type="text/css; charset=utf-8")
