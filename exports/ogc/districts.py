"""The collection of today's districts, with the bodies that answer for them."""

from django.conf import settings
from django.db.models import F, QuerySet, TextField, Value
from django.db.models.functions import NullIf
from django.utils.translation import gettext_lazy as _

from districts.models import District
from exports.lines import Joined
from exports.ogc.collections import Collection, Extent, Place, built_feature
from exports.ogc.crs import Crs
from exports.ogc.extents import box_of
from exports.ogc.properties import Property, Type
from pins.orders import Order

PLACE = Place("geometry-multipolygon")
TEXT = Type.TEXT

PROPERTIES = (
    Property("number", Type.INTEGER, _("Official number"), F("number")),
    Property("name", TEXT, _("Name"), F("name")),
    Property("slug", TEXT, _("Short name"), F("slug")),
    Property(
        "kind",
        TEXT,
        _("ortsbezirk (with a council of its own) or kernstadt"),
        F("kind"),
        choices=lambda: list(District.Kind.values),
    ),
    Property("body", TEXT, _("Body that answers for it"), F("body_name")),
    Property("body_slug", TEXT, _("The same by its short name"), F("body_slug")),
    Property(
        "population",
        Type.INTEGER,
        _("Inhabitants, where they have been counted"),
        F("population"),
        is_nullable=True,
    ),
    Property("valid_from", Type.DATE, _("Day from which it holds"), F("valid_from")),
    Property(
        "source",
        TEXT,
        _("Source of the boundary"),
        NullIf("source", Value(""), output_field=TextField()),
        is_nullable=True,
    ),
    Property("url", Type.ADDRESS, _("Page of the district")),
)


def rows() -> QuerySet[District, District]:
    return District.objects.current().with_body()


def feature(crs: Crs) -> Joined:
    url = Joined(Value(f"{settings.BASE_URL}/districts/"), F("slug"), Value("/"))
    return built_feature(F("slug"), PLACE, crs, PROPERTIES, {"url": url})


DISTRICTS = Collection(
    id="districts",
    title=_("Districts"),
    description=_(
        "The districts of the city with today’s boundaries, and the body that answers "
        "for each."
    ),
    properties=PROPERTIES,
    place=PLACE,
    key="slug",
    order=Order("number", ascending=True, write=str, read=int),
    rows=rows,
    feature=feature,
    extent=lambda: Extent(box_of(rows())),
)
