"""The catalogue at /catalog.ttl, .rdf and .jsonld, and /catalog for who says what it reads."""

from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
)
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from exports.catalog.description import describe
from layers.conditional import answer
from layers.problems import not_found, problem, read_only

# What programs may ask for, the preferred first.
MEDIA_TYPES = {
    "ttl": "text/turtle",
    "rdf": "application/rdf+xml",
    "jsonld": "application/ld+json",
}
HTML = "text/html"


@read_only
def catalogue(request: HttpRequest, ending: str) -> HttpResponseBase:
    """Answer with the catalogue in a form of RDF; 404 for an unknown one."""
    if ending not in MEDIA_TYPES:
        return not_found(_("There is no catalogue of this form."))
    return _document(request, ending)


@read_only
def negotiated(request: HttpRequest) -> HttpResponseBase:
    """Answer with the form that the client prefers; browsers are led to the page.

    406 where it takes none of the forms.
    """
    wanted = request.get_preferred_type([*MEDIA_TYPES.values(), HTML])
    if wanted == HTML:
        response: HttpResponseBase = HttpResponseRedirect(reverse("exports:index"))
        response.status_code = 303
    elif wanted is None:
        detail = _("The catalogue can be had as: %(types)s.")
        types = ", ".join(MEDIA_TYPES.values())
        response = problem(detail % {"types": types}, status=406)
    else:
        endings = {media_type: ending for ending, media_type in MEDIA_TYPES.items()}
        response = _document(request, endings[wanted])
    patch_vary_headers(response, ["Accept"])
    return response


def _document(request: HttpRequest, ending: str) -> HttpResponseBase:
    if request.GET:
        return problem(_("The catalogue takes no parameters."), status=400)
    description = describe()

    def make() -> HttpResponse:
        # Here and not above: every process would pay for a library that few need.
        from exports.catalog import graph

        content = graph.document(description, ending)
        return HttpResponse(
            content, content_type=f"{MEDIA_TYPES[ending]}; charset=utf-8"
        )

    return answer(request, ending, description, make=make)
