"""The start page: the map and, beside it, the equal list."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from districts.models import District
from layers.models import Theme
from pins.filters import PinFilter
from pins.models import PublicPin
from pins.models.public import PublicPinQuerySet
from pins.paging import BadCursor, Page, read_page

NOTHING = Page([], 0, is_capped=False, next_query=None, previous_query=None)


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show the published pins that pass the filters of the query, 20 a page.

    400 with the list left empty and the reason at the filter for an unknown value.
    """
    themes = list(Theme.objects.all())
    districts = list(District.objects.current().defer("geometry"))
    filters = PinFilter(request.GET, themes=themes, districts=districts)
    context, status = list_context(request, filters, PublicPin.objects.all())
    context["themes"] = themes
    return render(request, "mapapp/home.html", context, status=status)


def list_context(
    request: HttpRequest,
    filters: PinFilter,
    pins: PublicPinQuerySet,
    *,
    within_district: bool = False,
) -> tuple[dict[str, Any], int]:
    """Return what a page with list and map needs, and its HTTP status."""
    context: dict[str, Any] = {
        "filters": filters,
        "page": NOTHING,
        "map_query": "",
        "has_filters": True,
    }
    if not filters.is_valid():
        return context, 400
    try:
        page = read_page(
            filters.apply(pins), request.GET, oldest_first=filters.oldest_first
        )
    except BadCursor:
        return context | {"bad_cursor": True}, 400
    context |= {
        "page": page,
        "map_query": filters.query(),
        "has_filters": filters.leaves_out(within_district=within_district),
    }
    return context, 200
