"""The districts, and one district with its pins and what came of them."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from councils.public.record import read_record
from districts.models import Body, District
from layers.models import Theme
from mapapp.kept_pages import kept_for_a_moment
from mapapp.views.embed import embed_code
from mapapp.views.home import list_context
from pins.filters import PinFilter
from pins.models import PublicCell
from pins.workflow import Status


@require_safe
@kept_for_a_moment
def districts(request: HttpRequest) -> HttpResponse:
    """List all districts of today with their bodies and numbers of pins."""
    rows = list(District.objects.current().with_body().with_area().defer("geometry"))
    counts = PublicCell.objects.whole_city().totals("district_slug")
    context = {
        "districts": [
            {
                "number": row.number,
                "name": row.name,
                "slug": row.slug,
                "kind": row.kind,
                "kind_label": row.get_kind_display(),
                "body_name": row.body_name,
                "area_km2": row.area_km2,
                "pin_count": counts.get(row.slug, 0),
            }
            for row in rows
        ]
    }
    return render(request, "mapapp/districts.html", context)


@require_safe
@kept_for_a_moment
def district(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one district: who answers for it, its pins, and how far they have come."""
    found = get_object_or_404(
        District.objects.current().with_area().defer("geometry"), slug=slug
    )
    body = Body.objects.get(pk__in=found.responsibility_set.current().values("body"))
    record = read_record(found, body)
    themes = list(Theme.objects.all())
    query = request.GET.copy()
    query["district"] = slug
    filters = PinFilter(query, themes=themes, districts=[found])
    context, status = list_context(request, filters, within_district=True)
    context |= {
        "district": found,
        "body": body,
        "record": record,
        "themes": themes,
        "embed_code": embed_code(found),
        "status_counts": [
            {
                "label": s.label,
                "value": s.value,
                "count": record.statuses[s],
                "group": s.group,
            }
            for s in Status
            if s in record.statuses
        ],
    }
    return render(request, "mapapp/district.html", context, status=status)
