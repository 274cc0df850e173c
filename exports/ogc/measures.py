"""The collection of measures of the concept that everyone may read."""

import datetime

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    Count,
    F,
    Func,
    IntegerField,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    TextField,
    Value,
)
from django.db.models.functions import NullIf
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from councils.models.sitting import start_of_day
from districts.models import District
from exports.lines import Joined
from exports.moments import in_utc
from exports.ogc.collections import (
    Collection,
    Extent,
    Period,
    Place,
    built_feature,
    read_word,
)
from exports.ogc.crs import Crs
from exports.ogc.extents import box_of
from exports.ogc.properties import Property, Type
from exports.ogc.spatial import Related
from insek.models import Goal, Measure
from pins.orders import Order

DAY = datetime.timedelta(days=1)
PLACE = Place("geometry-any")
TEXT, DATE = Type.TEXT, Type.DATE


def _given(column: str) -> NullIf:
    """Return a text that is null where there is none."""
    return NullIf(column, Value(""), output_field=TextField())


PROPERTIES = (
    Property("number", TEXT, _("Number in the concept"), F("number")),
    Property("title", TEXT, _("Title in German"), F("title_de")),
    Property(
        "title_en", TEXT, _("Title in English"), _given("title_en"), is_nullable=True
    ),
    Property("text", TEXT, _("Text in German"), _given("text_de"), is_nullable=True),
    Property(
        "state",
        TEXT,
        _("How far it has come"),
        F("state"),
        choices=lambda: list(Measure.State.values),
    ),
    Property("progress", Type.INTEGER, _("Progress in per cent"), F("progress")),
    Property(
        "office", TEXT, _("Responsible office"), _given("office"), is_nullable=True
    ),
    Property(
        "budget",
        TEXT,
        _("Budget, by its range"),
        _given("budget"),
        is_nullable=True,
        choices=lambda: [value for value in Measure.Budget.values if value],
    ),
    Property("starts_on", DATE, _("Start"), F("starts_on"), is_nullable=True),
    Property("ends_on", DATE, _("End"), F("ends_on"), is_nullable=True),
    Property(
        "stopped_because",
        TEXT,
        _("Why it was stopped"),
        _given("stopped_because"),
        is_nullable=True,
    ),
    Property("goals", Type.TEXTS, _("Numbers of the goals it serves")),
    Property(
        "districts", Type.TEXTS, _("Districts it lies in, by short name; none: all")
    ),
    Property("url", Type.ADDRESS, _("Page of the measure")),
)


def _districts() -> ArraySubquery:
    """Return the expression of the districts, as `insek.concept.places` tells them."""
    here, there = F("geometry"), OuterRef("geometry")
    dimension = Func(there, function="ST_Dimension", output_field=IntegerField())
    beside = Q(Exact(dimension, 2)) & Q(Related(here, there, function="ST_Touches"))
    return ArraySubquery(
        District.objects.current()
        .filter(Q(Related(here, there, function="ST_Intersects")), ~beside)
        .order_by("number")
        .values("slug")
    )


def rows() -> QuerySet[Measure, Measure]:
    return Measure.objects.public()


def feature(crs: Crs) -> Joined:
    """Return the expression of the whole feature."""
    shown = {
        "goals": ArraySubquery(
            Goal.objects.public()
            .filter(measuregoal__measure=OuterRef("pk"))
            .order_by("number")
            .values("number")
        ),
        "districts": _districts(),
        "url": Joined(
            Value(f"{settings.BASE_URL}/insek/measures/"), F("slug"), Value("/")
        ),
    }
    return built_feature(F("slug"), PLACE, crs, PROPERTIES, shown)


def extent() -> Extent:
    """Return what encloses them; one without an end may go on for ever."""
    found = rows().aggregate(
        start=Min("starts_on"),
        end=Max("ends_on"),
        unbegun=Count("pk", filter=Q(starts_on=None)),
        endless=Count("pk", filter=Q(ends_on=None)),
    )
    start = None if found["unbegun"] else found["start"]
    end = None if found["endless"] else found["end"]
    return Extent(box_of(rows()), start and _begin(start), end and _begin(end + DAY))


def _begin(day: datetime.date) -> str:
    return in_utc(start_of_day(day))


MEASURES = Collection(
    id="measures",
    title=_("Measures"),
    description=_(
        "What the city does to reach the goals of its development concept: by whom, "
        "when, where, and how far it is. A measure without a place is of the whole city."
    ),
    properties=PROPERTIES,
    place=PLACE,
    key="slug",
    order=Order("number", ascending=True, write=str, read=read_word),
    rows=rows,
    feature=feature,
    extent=extent,
    period=Period("starts_on", "ends_on", are_days=True),
)
