"""The one question about districts that a page asks while somebody moves the map."""

from django.contrib.gis.geos import Point
from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from districts.models import District
from geo.coordinates import CoordinateError, read_position


@require_safe
def district_at(request: HttpRequest) -> JsonResponse:
    """Answer which district holds `?lon=&lat=` (EPSG:4326) and which body reads there.

    400 for what is no coordinate, 404 outside the city.
    """
    try:
        position = read_position(request.GET.get("lon", ""), request.GET.get("lat", ""))
    except CoordinateError:
        detail = _(
            "Please give lon and lat in degrees: longitude within ±180, "
            "latitude within ±90."
        )
        return JsonResponse({"detail": detail}, status=400)
    point = Point(position.lon, position.lat, srid=4326)
    district = District.objects.with_body().containing(point).defer("geometry").first()
    if district is None:
        detail = _("This place is outside the city.")
        return JsonResponse({"detail": detail}, status=404)
    return JsonResponse(
        {
            "district": {
                "number": district.number,
                "name": district.name,
                "slug": district.slug,
            },
            "body": {"name": district.body_name, "slug": district.body_slug},
        }
    )
