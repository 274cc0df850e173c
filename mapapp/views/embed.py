"""One district's map for other sites: the only page that they may frame.

It sets no cookie and reads none: its template is rendered without the request, so that
nothing of the site frame asks who is signed in.
"""

from csp.decorators import csp_replace
from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.html import escape
from django.utils.translation import get_language, override
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from districts.models import District
from layers.models import Theme
from mapapp import ground
from pins.filters import PinFilter
from pins.models import PublicPin
from pins.participation import open_acts

NEWEST = 5


# The types of django-csp know no views with arguments.
@require_safe
@xframe_options_exempt
@csp_replace({"frame-ancestors": ["*"]})  # type: ignore[arg-type]  # a list, as the library wants
def district(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a small map of a district and its newest pins, in the language of `?lang=`.

    404 for an unknown district, 400 for a language that the site does not speak.
    """
    language = request.GET.get("lang", settings.LANGUAGE_CODE)
    if language not in dict(settings.LANGUAGES):
        raise BadRequest
    found = get_object_or_404(District.objects.current().defer("geometry"), slug=slug)
    with override(language):
        response = HttpResponse(_render(found))
    response["Content-Language"] = language
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _render(district: District) -> str:
    themes = list(Theme.objects.all())
    query = QueryDict(mutable=True)
    query["district"] = district.slug
    filters = PinFilter(query, themes=themes, districts=[district])
    pins = PublicPin.objects.in_district(district.slug)
    context = {
        "district": district,
        "newest": list(pins.order_by("-published_at", "-id")[:NEWEST]),
        "themes": themes,
        "filters": filters,
        "participation": SimpleLazyObject(open_acts),
        "site_name": settings.SITE_NAME,
        "city_name": settings.CITY_NAME,
        "base_url": settings.BASE_URL,
        "basemap": ground.current(),
    }
    return render_to_string("mapapp/embed.html", context)


def embed_code(district: District) -> str:
    """Return the HTML, not yet escaped, with which another site shows the map."""
    address = f"{settings.BASE_URL}{reverse('embed', args=[district.slug])}"
    title = escape(f"{settings.SITE_NAME} – {district.name}")
    return (
        f'<iframe src="{address}?lang={get_language()}" title="{title}" width="100%" '
        'height="480" loading="lazy" style="border: 0"></iframe>'
    )
