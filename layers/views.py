"""What a page asks while somebody looks for a place: what is here, and where is that."""

from dataclasses import asdict

from django.contrib.gis.geos import Point
from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control

from districts.models import District
from geo.coordinates import CoordinateError, read_position
from layers.forms import PlaceQuery
from layers.places import nearest_address, search_places
from layers.problems import asked_at_most, bad_query, not_found, problem, read_only
from trust.limits import PLACES

# More do not fit below the field on a phone.
SUGGESTIONS = 8


@read_only
def district_at(request: HttpRequest) -> JsonResponse:
    """Answer which district holds `?lon=&lat=` (EPSG:4326) and which body reads there.

    With the address nearest to it, if one is near. 400 for what is no coordinate, 404
    outside the city.
    """
    try:
        position = read_position(request.GET.get("lon", ""), request.GET.get("lat", ""))
    except CoordinateError:
        detail = _(
            "Please give lon and lat in degrees: longitude within ±180, "
            "latitude within ±90."
        )
        return problem(detail, status=400)
    point = Point(position.lon, position.lat, srid=4326)
    district = District.objects.with_body().containing(point).defer("geometry").first()
    if district is None:
        return not_found(_("This place is outside the city."))
    address = nearest_address(position.lon, position.lat)
    return JsonResponse(
        {
            "district": {
                "number": district.number,
                "name": district.name,
                "slug": district.slug,
            },
            "body": {"name": district.body_name, "slug": district.body_slug},
            "address": address.label if address else None,
        }
    )


@read_only
@asked_at_most(PLACES)
@cache_control(public=True, max_age=300)
def places(request: HttpRequest) -> JsonResponse:
    """Answer with the districts, streets and addresses that `?q=` may mean.

    400 where it is missing, longer than 100 characters or not printable.
    """
    query = PlaceQuery(request.GET)
    if not query.is_valid():
        return bad_query(query)
    found = search_places(query.cleaned_data["q"], SUGGESTIONS)
    return JsonResponse({"places": [asdict(place) for place in found]})
