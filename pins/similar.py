"""What is on the map already, shown before somebody says it again."""

import datetime
import math
from dataclasses import dataclass
from typing import Any

from django.contrib.gis.db.models.functions import Distance, GeometryDistance
from django.contrib.gis.geos import Point, Polygon
from django.db.models import BooleanField, ExpressionWrapper, FloatField, Func, Q, Value
from django.db.models.functions import Greatest
from django.utils import timezone

from pins.models import PublicPin
from pins.workflow import Status

NEAR_METRES = 250
NEAR_DAYS = 30
ALIKE_METRES = 1_000
# Tried with titles of the demo: the same matter in other words lies above.
ALIKE = 0.5
SHOWN = 5
# Titles are compared with the nearest only, however many there are.
COMPARED = 300
METRES_PER_DEGREE = 111_195


@dataclass(frozen=True)
class SimilarPin:
    """A published pin that may be the same matter.

    `metres` to it are rounded to ten, and None where a place is known in words only.
    """

    pin: PublicPin
    metres: int | None


class _WordSimilarity(Func):
    function = "word_similarity"
    output_field = FloatField()


def similar_pins(
    location: Point,
    title: str = "",
    *,
    is_approximate: bool = False,
    besides: int = 0,
) -> list[SimilarPin]:
    """Return at most five published pins that may be about the same, the likeliest first.

    Those of the last 30 days within 250 m, and those with a title alike within 1 km.
    `location` is in EPSG:4326; where it only stands for a district (`is_approximate`),
    or that of a pin does, the title alone tells. `besides` is the id of a pin to leave out,
    0 for none.
    """
    near = (
        PublicPin.objects.filter(location__bboverlaps=_box(location, ALIKE_METRES))
        .exclude(status=Status.DUPLICATE)
        .exclude(pk=besides)
        .order_by(GeometryDistance("location", location))
    )
    recently = timezone.now() - datetime.timedelta(days=NEAR_DAYS)
    is_near = Q(
        metres__lte=NEAR_METRES, published_at__gte=recently, is_approximate=False
    )
    is_alike = Q(metres__lte=ALIKE_METRES, likeness__gte=ALIKE)
    found: Any = (
        PublicPin.objects.for_list()
        .filter(pk__in=near.values("pk")[:COMPARED])
        .annotate(metres=Distance("location", location), likeness=_likeness(title))
        .filter(is_alike if is_approximate else is_near | is_alike)
        .annotate(is_alike=ExpressionWrapper(is_alike, BooleanField()))
        .order_by("-is_alike", "metres", "-id")
    )
    return [
        SimilarPin(
            pin=pin,
            metres=None
            if is_approximate or pin.is_approximate
            else round(pin.metres.m / 10) * 10,
        )
        for pin in found[:SHOWN]
    ]


def _box(middle: Point, metres: float) -> Polygon:
    """Return the box around a point: in degrees, since only those have an index."""
    north = metres / METRES_PER_DEGREE
    east = north / max(math.cos(math.radians(middle.y)), 0.01)
    box = (middle.x - east, middle.y - north, middle.x + east, middle.y + north)
    return Polygon.from_bbox(box)


def _likeness(title: str) -> Greatest:
    """Return how much of the words of one title is in the other, either way: 0 to 1."""
    return Greatest(
        _WordSimilarity(Value(title), "title"), _WordSimilarity("title", Value(title))
    )
