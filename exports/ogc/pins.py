"""The collection of contributions: the public read model, its features kept ready."""

import math
from collections.abc import Mapping
from typing import Any

from django.db.models import F, Func, Max, Min, Q, Sum, TextField, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import NullIf
from django.utils.translation import gettext_lazy as _

from districts.models import District
from exports.fields import url
from exports.lines import Joined
from exports.ogc.collections import Box, Collection, Extent, Period, Place
from exports.ogc.crs import CRS84, MERCATOR, Crs
from exports.ogc.properties import Property, Type
from exports.ogc.times import second, written
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
TEXT, INTEGER, MOMENT = Type.TEXT, Type.INTEGER, Type.MOMENT


def themes() -> list[str]:
    return list(
        Theme.objects.order_by("position", "slug").values_list("slug", flat=True)
    )


PROPERTIES = (
    Property("reference", TEXT, _("Reference, never used again"), F("reference")),
    Property(
        "kind",
        TEXT,
        _("idea, problem or keep (worth keeping)"),
        F("kind"),
        choices=lambda: list(Kind.values),
    ),
    Property(
        "theme", TEXT, _("Theme, by its short name"), F("theme_slug"), choices=themes
    ),
    Property(
        "status",
        TEXT,
        _("How far the matter has come"),
        F("status"),
        choices=lambda: list(Status.values),
    ),
    Property("title", TEXT, _("Title, in its author's words"), F("title")),
    Property("body", TEXT, _("Text, in its author's words"), F("text")),
    Property(
        "district_number", INTEGER, _("Number of the district"), F("district_number")
    ),
    Property("district", TEXT, _("Name of the district"), F("district_name")),
    Property("body_slug", TEXT, _("Responsible body, by short name"), F("body_slug")),
    Property("support_count", INTEGER, _("Number of supporters"), F("support_count")),
    Property("comment_count", INTEGER, _("Number of comments"), F("comment_count")),
    Property("created_at", MOMENT, _("When it was sent in"), second("created_at")),
    Property(
        "published_at", MOMENT, _("When it was published"), second("published_at")
    ),
    Property(
        "status_changed_at",
        MOMENT,
        _("When the status last changed"),
        second("status_changed_at"),
    ),
    Property(
        "public_answer",
        TEXT,
        _("Latest public answer, where there is one"),
        NullIf("public_answer", Value(""), output_field=TextField()),
        is_nullable=True,
    ),
    Property(
        "goal",
        TEXT,
        _("Goal of the city it contributes to"),
        F("goal"),
        is_nullable=True,
    ),
    Property(
        "measure",
        TEXT,
        _("Measure that carries it out"),
        F("measure"),
        is_nullable=True,
    ),
    Property("url", Type.ADDRESS, _("Page of the contribution")),
)


class _Rest(Func):
    """The ready feature of a row from its properties on."""

    template = "substr(feature, strpos(feature, ',\"properties\":'))"
    output_field = TextField()


def feature(crs: Crs) -> Combinable:
    """Return the expression of the whole feature: the ready one, as far as it fits."""
    # References and the site's address have nothing to escape.
    tail = (url(), Value('"}}'))
    if crs == CRS84:
        return Joined(F("feature"), *tail)
    return Joined(
        Value('{"type":"Feature","id":"'),
        F("reference"),
        Value('","geometry":'),
        PLACE.as_geojson(crs),
        _Rest(),
        *tail,
    )


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
    box: Box = (*_degrees(first[0], first[1]), *_degrees(last[2], last[3]))
    oldest = PublicPin.objects.aggregate(at=Min("published_at"))["at"]
    return Extent(box, written(oldest))


def _degrees(x: float, y: float) -> tuple[float, float]:
    """Return longitude and latitude of a point in EPSG:3857."""
    lat = math.degrees(math.atan(math.sinh(math.pi * y / MERCATOR)))
    return round(180 * x / MERCATOR, 6), round(lat, 6)


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
)
