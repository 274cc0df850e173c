"""What encloses the features of a collection with few of them."""

import math
from typing import Any

from django.contrib.gis.db.models import Extent as Enclosing
from django.db.models import QuerySet

from exports.ogc.collections import GEOMETRY, Box


def box_of(rows: QuerySet[Any, Any]) -> Box | None:
    """Return a box in CRS84 that holds all places; None without any."""
    found = rows.order_by().aggregate(box=Enclosing(GEOMETRY))["box"]
    if found is None:
        return None
    west, south, east, north = found
    return _down(west), _down(south), _up(east), _up(north)


def _down(degrees: float) -> float:
    return math.floor(degrees * 1e6) / 1e6


def _up(degrees: float) -> float:
    return math.ceil(degrees * 1e6) / 1e6
