"""The measures of the concept as everyone reads them: list, one by one, as geodata."""

import json
from typing import Any

from django.conf import settings
from django.core.paginator import EmptyPage, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from insek.concept.places import districts_by_measure
from insek.concept.resolving import adoption, resolutions_on
from insek.forms.measures import MeasureFilter
from insek.models import Measure, MeasureGoal
from insek.models.concept import MeasureQuerySet
from layers.conditional import answer
from layers.problems import bad_query, read_only, takes

PER_PAGE = 20
MEDIA_TYPE = "application/geo+json"
# About 10 cm; what a map needs (RFC 7946, 11.2).
DIGITS = 6


@require_safe
def measures(request: HttpRequest) -> HttpResponse:
    """List measures: filtered, ordered, 20 a page, with a map of their places.

    400 for an unknown filter, 404 for a page after the last.
    """
    filters = MeasureFilter(request.GET)
    context: dict[str, Any] = {"section": "measures", "filters": filters}
    if not filters.is_valid():
        return render(request, "insek/measures.html", context, status=400)
    found = filters.apply(Measure.objects.public())
    pages = Paginator(found.defer("text_de", "text_en"), PER_PAGE)
    try:
        page = pages.page(filters.cleaned_data["page"] or 1)
    except EmptyPage as error:
        raise Http404 from error
    shown = list(page.object_list)
    places = districts_by_measure(shown)
    context |= {
        "rows": [(measure, places.get(measure.pk, [])) for measure in shown],
        "page": page,
        "total": pages.count,
        "query": filters.query(),
        "has_places": found.filter(geometry__isnull=False).exists(),
    }
    return render(request, "insek/measures.html", context)


@require_safe
def measure(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a measure with all there is to know of it; 404 for a draft."""
    found = Measure.objects.public().filter(slug=slug).first()
    if found is None:
        raise Http404
    resolutions = resolutions_on(found)
    serves = MeasureGoal.objects.filter(measure=found, goal__is_public=True)
    context = {
        "section": "measures",
        "measure": found,
        "districts": districts_by_measure([found]).get(found.pk, []),
        "geometry": feature_of(found, []) if found.geometry else None,
        "serves": serves.select_related("goal").order_by("goal__number"),
        "milestones": found.milestones.all(),
        "resolutions": resolutions,
        "adoption": adoption(resolutions),
    }
    return render(request, "insek/measure.html", context)


@read_only
@takes(*MeasureFilter.base_fields)
def geojson(request: HttpRequest) -> HttpResponseBase:
    """Answer with the public measures that pass the list's filters (RFC 7946).

    Those of the whole city have no geometry. 400 for an unknown filter.
    """
    filters = MeasureFilter(request.GET)
    if not filters.is_valid():
        return bad_query(filters)
    found = filters.apply(Measure.objects.public()).defer("text_de", "text_en")
    content = _collection(found)
    return answer(
        request,
        content,
        make=lambda: HttpResponse(content, content_type=MEDIA_TYPE),
    )


def _collection(found: MeasureQuerySet) -> bytes:
    """Return them as a FeatureCollection. Three queries."""
    measures = list(found)
    places = districts_by_measure(measures)
    document = {
        "type": "FeatureCollection",
        "features": [
            feature_of(one, [d.slug for d in places.get(one.pk, [])])
            for one in measures
        ],
    }
    return json.dumps(document, ensure_ascii=False).encode()


def feature_of(measure: Measure, districts: list[str]) -> dict[str, Any]:
    """Return a measure as a feature of GeoJSON, in all languages at once."""
    shape = measure.geometry
    return {
        "type": "Feature",
        "id": measure.slug,
        "geometry": _rounded(json.loads(shape.geojson)) if shape else None,
        "properties": {
            "number": measure.number,
            "title": measure.title_de,
            "title_en": measure.title_en or None,
            "state": measure.state,
            "progress": measure.progress,
            "office": measure.office or None,
            "starts_on": measure.starts_on and measure.starts_on.isoformat(),
            "ends_on": measure.ends_on and measure.ends_on.isoformat(),
            "districts": districts,
            "url": f"{settings.BASE_URL}/insek/measures/{measure.slug}/",
        },
    }


def _rounded(value: Any) -> Any:
    """Return a geometry with coordinates no finer than anybody can tell apart."""
    if isinstance(value, float):
        return round(value, DIGITS)
    if isinstance(value, list):
        return [_rounded(part) for part in value]
    if isinstance(value, dict):
        return {key: _rounded(part) for key, part in value.items()}
    return value
