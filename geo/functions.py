"""PostGIS functions that Django does not bring, as query expressions."""

from typing import Any

from django.contrib.gis.db.models import PointField
from django.db.models import FloatField, Func, TextField


class SquareKilometres(Func):
    """Area of a geometry in EPSG:4326 on the spheroid, in km².

    Django's own `Area` on such a column answers in square degrees.
    """

    template = "(ST_Area((%(expressions)s)::geography) / 1e6)"
    output_field = FloatField()


class PointInside(Func):
    """A point that is sure to lie inside the shape, EPSG:4326 (a centroid may not)."""

    function = "ST_PointOnSurface"

    def __init__(self, expression: Any, **extra: Any) -> None:
        super().__init__(expression, output_field=PointField(srid=4326), **extra)


class Longitude(Func):
    """X of a point, in degrees for EPSG:4326."""

    function = "ST_X"
    output_field = FloatField()


class Latitude(Func):
    """Y of a point, in degrees for EPSG:4326."""

    function = "ST_Y"
    output_field = FloatField()


class ShapeHash(Func):
    """A short text that differs as soon as one coordinate of two geometries does."""

    template = "md5(ST_AsEWKB(%(expressions)s))"
    output_field = TextField()
