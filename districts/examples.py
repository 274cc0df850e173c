"""A place in this city, for what shows how a place is written."""

from django.conf import settings
from django.contrib.gis.db.models.functions import PointOnSurface
from django.contrib.gis.geos import Point

from districts.models import District

# The middle of Germany, for a city that has no districts yet.
ELSEWHERE = Point(10.0, 51.0, srid=4326)


def example_place() -> Point:
    """Return a point in the first district, in EPSG:4326."""
    inside = PointOnSurface("geometry")
    found: Point | None = (
        District.objects.current().values_list(inside, flat=True).first()
    )
    return found or ELSEWHERE


def example_degrees() -> dict[str, str]:
    """Return its degrees as `lon` and `lat`, as they are typed."""
    place = example_place()
    return {"lon": f"{place.x:.4f}", "lat": f"{place.y:.4f}"}


def example_metres() -> dict[str, str]:
    """Return it as `easting` and `northing` in the planners' CRS, whose code is `srid`."""
    srid = settings.PLANNING_SRID
    place = example_place().clone()
    place.transform(srid)
    return {
        "easting": f"{place.x:.0f}",
        "northing": f"{place.y:.0f}",
        "srid": str(srid),
    }
