"""The collection of contributions: the public read model, its features kept ready."""

from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import F, Max, Min, Q, Sum
from django.db.models.expressions import Combinable
from django.utils.translation import gettext_lazy as _

from districts.models import District
from exports.fields import Field, properties
from exports.files import geojson
from exports.moments import in_utc
from exports.ogc.collections import Collection, Extent, Period, Place
from exports.ogc.crs import CRS84, Crs
from exports.ogc.properties import Property, Type
from geo.mercator import degrees
from geo.point_tables import ColumnType
from layers.models import Theme
from layers.tiles import Tile
from pins.models import PublicCell, PublicPin, PublicVersion
from pins.orders import NEWEST
from pins.workflow import Kind, Status

PLACE = Place("geometry-point", column="location", index="mercator")
# The counts of this zoom tell where there are contributions. Its tiles have 8 × 8 cells,
# each of which is a tile three zooms closer.
ZOOM, CLOSER = 11, 3
# The properties by which contributions are counted ready.
COUNTED = {
    "theme": "theme_slug",
    "kind": "kind",
    "status": "status",
    "body_slug": "body_slug",
}


def themes() -> list[str]:
    return list(
        Theme.objects.order_by("position", "slug").values_list("slug", flat=True)
    )


TYPES = {
    ColumnType.TEXT: Type.TEXT,
    ColumnType.INTEGER: Type.INTEGER,
    ColumnType.MOMENT: Type.MOMENT,
}
NULLABLE = {"public_answer", "goal", "measure"}
CHOICES: Mapping[str, Callable[[], list[str]]] = {
    "kind": lambda: list(Kind.values),
    "theme": themes,
    "status": lambda: list(Status.values),
}


def _property(field: Field) -> Property:
    """Return an open property as one of the collection."""
    if field.name == "url":
        # It holds the reference, which can be asked for.
        return Property(field.name, Type.ADDRESS, field.description)
    return Property(
        field.name,
        TYPES[field.type],
        field.description,
        field.value,
        is_nullable=field.name in NULLABLE,
        choices=CHOICES.get(field.name),
    )


PROPERTIES = tuple(map(_property, properties()))


def feature(crs: Crs) -> Combinable:
    """Return the expression of the whole feature: the ready one, as far as it fits."""
    if crs == CRS84:
        return geojson.feature_lines("")
    return geojson.feature_at(PLACE.as_geojson(crs))


def count(values: Mapping[str, Any]) -> int | None:
    """Count the contributions with these values of properties, by the counts kept ready."""
    condition = Q()
    districts = District.objects.current()
    for name, value in values.items():
        if name in COUNTED:
            condition &= Q(**{COUNTED[name]: value})
        elif name == "district":
            slugs = districts.filter(name=value).values("slug")
            condition &= Q(district_slug__in=slugs)
        elif name == "district_number":
            slugs = districts.filter(number=value).values("slug")
            condition &= Q(district_slug__in=slugs)
        else:
            return None
    cells = PublicCell.objects.whole_city().filter(condition)
    return int(cells.aggregate(n=Sum("n", default=0))["n"])


def extent() -> Extent:
    """Return where and since when there are contributions, without reading any of them."""
    column = F("tile_x") * 8 + F("cell") % 8
    row = F("tile_y") * 8 + F("cell") / 8
    found = PublicCell.objects.filter(zoom=ZOOM).aggregate(
        west=Min(column), east=Max(column), north=Min(row), south=Max(row)
    )
    if found["west"] is None:
        return Extent(None)
    first = Tile(ZOOM + CLOSER, found["west"], found["south"]).bounds
    last = Tile(ZOOM + CLOSER, found["east"], found["north"]).bounds
    west, south = degrees(*first[:2])
    east, north = degrees(*last[2:])
    box = round(west, 6), round(south, 6), round(east, 6), round(north, 6)
    oldest = PublicPin.objects.aggregate(at=Min("published_at"))["at"]
    return Extent(box, in_utc(oldest))


PINS = Collection(
    id="pins",
    title=_("Contributions"),
    description=_(
        "What residents say about the city: ideas, problems and what is worth keeping, "
        "each with its place, and how far it has come. Only what is published."
    ),
    properties=PROPERTIES,
    place=PLACE,
    key="reference",
    order=NEWEST,
    rows=PublicPin.objects.all,
    feature=feature,
    count=count,
    extent=extent,
    state=PublicVersion.recent,
    period=Period("published_at", "published_at"),
    has_tiles=True,
    is_steady=True,
)
