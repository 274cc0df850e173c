"""The start page: the map and, beside it, the equal list."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from districts.models import District
from exports.feeds import pins as pin_feeds
from layers.models import Overlay, Theme
from mapapp.at_once import read_at_once
from mapapp.kept_pages import kept_for_a_moment
from pins.counts import Counts, count_pins
from pins.filters import PinFilter
from pins.models import PublicPin
from pins.paging import BadCursor, Page, read_page
from pins.searching import read_search

NOTHING = Page([], next_query=None, previous_query=None)


@require_safe
@kept_for_a_moment
def home(request: HttpRequest) -> HttpResponse:
    """Show the published pins that pass the filters of the query, 20 a page.

    400 with the list left empty and the reason at the filter for an unknown value. At most
    five queries, whatever is filtered.
    """
    themes, districts, overlays = _offers()
    filters = PinFilter(request.GET, themes=themes, districts=districts)
    context, status = list_context(request, filters)
    context |= {"themes": themes, "overlays": overlays}
    return render(request, "mapapp/home.html", context, status=status)


def _offers() -> tuple[list[Theme], list[District], list[Overlay]]:
    """Return what list and map let choose from; one query."""
    themes, districts, overlays = read_at_once(
        Theme.objects.all(),
        District.objects.current().only("number", "slug", "name"),
        Overlay.objects.offered().defer("created_at"),
    )
    known = {theme.pk: theme for theme in themes}
    for overlay in overlays:
        overlay.theme = known.get(overlay.theme_id)
    return themes, districts, overlays


def list_context(
    request: HttpRequest,
    filters: PinFilter,
    *,
    within_district: bool = False,
) -> tuple[dict[str, Any], int]:
    """Return what a page with list and map needs, and its HTTP status."""
    context: dict[str, Any] = {
        "filters": filters,
        "page": NOTHING,
        "counts": Counts(0),
        "map_query": "",
        "has_filters": True,
    }
    if not filters.is_valid():
        return context, 400
    reading = read_search(request.GET, filters)
    counts = count_pins(filters)
    # The database would look long for what the counts say is not there.
    pins = PublicPin.objects.all() if counts.total else PublicPin.objects.none()
    try:
        page = read_page(
            filters.apply(pins), request.GET, filters.order, total=counts.total
        )
    except BadCursor:
        return context | {"bad_cursor": True}, 400
    context |= {
        "page": page,
        "counts": counts,
        "reading": reading,
        # Unknown, and left out, where words find more than can be counted.
        "facets": counts if not counts.is_capped else None,
        "map_query": filters.query(),
        "feed_url": pin_feeds.path_of(filters),
        "has_filters": filters.leaves_out(within_district=within_district),
    }
    return context, 200
