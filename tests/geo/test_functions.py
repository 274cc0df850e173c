"""PostGIS functions as query expressions."""

import pytest
from django.contrib.gis.geos import MultiPolygon, Polygon

from districts.models import District
from geo.functions import Latitude, Longitude, PointInside, SquareKilometres
from tests.factories import make_district

pytestmark = pytest.mark.django_db

# Its centroid lies outside of it.
HOOK = MultiPolygon(
    Polygon(((7, 49), (8, 49), (8, 50), (7.9, 50), (7.9, 49.1), (7, 49.1), (7, 49))),
    srid=4326,
)


def test_a_point_that_lies_inside():
    make_district(geometry=HOOK)

    inside = District.objects.values_list(PointInside("geometry"), flat=True).get()

    assert inside.srid == 4326
    assert HOOK.contains(inside)
    assert not HOOK.contains(HOOK.centroid)


def test_coordinates_of_a_point():
    make_district(geometry=HOOK)

    lon, lat = (
        District.objects.annotate(inside=PointInside("geometry"))
        .values_list(Longitude("inside"), Latitude("inside"))
        .get()
    )

    assert 7 < lon < 8
    assert 49 < lat < 50


def test_area_on_the_spheroid():
    make_district(geometry=MultiPolygon(Polygon.from_bbox((0, 0, 1, 1)), srid=4326))

    area = District.objects.values_list(SquareKilometres("geometry"), flat=True).get()

    # A degree by a degree at the equator: 111.32 km by 110.57 km.
    assert area == pytest.approx(111.32 * 110.57, rel=1e-3)
