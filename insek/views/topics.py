"""What the city heard: the topics and hot spots that planners confirmed, for everyone."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from districts.models import District
from insek.models import Suggestion
from insek.models.suggestion import SuggestionQuerySet, area_of

A_PAGE = 20
LISTED = 200


def _public() -> SuggestionQuerySet:
    return Suggestion.objects.public().select_related("theme").counted()


@require_safe
def topics(request: HttpRequest) -> HttpResponse:
    """List what was confirmed and has contributions, the most spoken of first."""
    most = _public().order_by("-n", "pk")[:LISTED]
    rows = [row for row in most if row.n]
    current = District.objects.current().defer("geometry")
    districts = {district.slug: district for district in current}
    context = {
        "section": "topics",
        "topics": [
            (row, districts.get(row.district_slug)) for row in rows if not row.geometry
        ],
        "hotspots": [row for row in rows if row.geometry],
        "areas": [area_of(row) for row in rows if row.geometry],
    }
    return render(request, "insek/topics.html", context)


@require_safe
def topic(request: HttpRequest, topic_id: int) -> HttpResponse:
    """Show one of them with its contributions, 20 a page; 404 for what is not confirmed."""
    found = get_object_or_404(_public(), pk=topic_id)
    page = Paginator(found.public_pins(), A_PAGE).get_page(request.GET.get("page"))
    district = District.objects.current().filter(slug=found.district_slug)
    context: dict[str, Any] = {
        "section": "topics",
        "topic": found,
        "page": page,
        "district": district.defer("geometry").first(),
        "areas": [area_of(found)] if found.geometry else [],
    }
    return render(request, "insek/topic.html", context)
