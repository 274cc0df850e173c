"""The collection of what bodies resolved in sittings that have been held."""

from django.conf import settings
from django.db.models import F, Max, Min, TextField, Value
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from councils.models import Consultation
from councils.public.results import public_results
from exports.fields import whole_second
from exports.lines import Joined
from exports.moments import in_utc
from exports.ogc import pins
from exports.ogc.collections import Collection, Extent, Period, Place, built_feature
from exports.ogc.crs import Crs
from exports.ogc.properties import Property, Type
from pins.orders import NEWEST, Order

PLACE = Place("geometry-multipoint")
TEXT, INTEGER, MOMENT = Type.TEXT, Type.INTEGER, Type.MOMENT

PROPERTIES = (
    Property("item", INTEGER, _("Number on the agenda"), F("order")),
    Property("title", TEXT, _("Title on the agenda"), F("shown_title")),
    Property("body", TEXT, _("Body that sat"), F("sitting__body__name")),
    Property(
        "body_slug", TEXT, _("The same by its short name"), F("sitting__body__slug")
    ),
    Property("sitting", INTEGER, _("Number of the sitting"), F("sitting_id")),
    Property(
        "held_at",
        MOMENT,
        _("When the sitting began"),
        whole_second(F("sitting__start")),
    ),
    Property(
        "role",
        TEXT,
        _("As what the body was asked: hearing, advice, notice or decision"),
        F("role"),
        is_nullable=True,
        choices=lambda: list(Consultation.Role.values),
    ),
    Property(
        "outcome",
        TEXT,
        _("What came of it"),
        F("outcome"),
        is_nullable=True,
        choices=lambda: list(Consultation.Outcome.values),
    ),
    Property(
        "is_authoritative",
        Type.BOOLEAN,
        _("Whether it decides; everything else is advice"),
        F("is_authoritative"),
        is_nullable=True,
    ),
    Property("result", TEXT, _("The result in words"), F("said"), is_nullable=True),
    Property(
        "resolution", TEXT, _("Text of the resolution"), F("resolved"), is_nullable=True
    ),
    Property("reason", TEXT, _("Reason given"), F("reason"), is_nullable=True),
    Property("votes_for", INTEGER, _("Votes for"), F("votes_for"), is_nullable=True),
    Property(
        "votes_against",
        INTEGER,
        _("Votes against"),
        F("votes_against"),
        is_nullable=True,
    ),
    Property(
        "votes_abstained",
        INTEGER,
        _("Abstentions"),
        F("votes_abstained"),
        is_nullable=True,
    ),
    Property("pins", Type.TEXTS, _("References of its contributions")),
    Property("url", Type.ADDRESS, _("Page of the sitting")),
)


def feature(crs: Crs) -> Joined:
    """Return the expression of the whole feature."""
    shown = {
        "pins": F("references"),
        "url": Joined(
            Value(f"{settings.BASE_URL}/sittings/"),
            Cast("sitting_id", TextField()),
            Value("/"),
        ),
    }
    return built_feature(F("pk"), PLACE, crs, PROPERTIES, shown)


def extent() -> Extent:
    """Return what encloses them: their places are those of contributions."""
    found = public_results().aggregate(
        start=Min("sitting__start"), end=Max("sitting__start")
    )
    start, end = found["start"], found["end"]
    return Extent(pins.extent().box, start and in_utc(start), end and in_utc(end))


def read_id(text: str) -> int:
    """Return the id that a text gives; raises ValueError."""
    number = int(text)
    if str(number) != text or not 0 < number < 2**63:
        raise ValueError(text)
    return number


RESOLUTIONS = Collection(
    id="resolutions",
    title=_("Resolutions"),
    description=_(
        "What bodies resolved in sittings that have been held, with the places of the "
        "contributions it is about. Resolutions about none have no place."
    ),
    properties=PROPERTIES,
    place=PLACE,
    key="pk",
    order=Order(
        "sitting__start", ascending=False, write=NEWEST.write, read=NEWEST.read
    ),
    rows=public_results,
    feature=feature,
    extent=extent,
    period=Period("sitting__start", "sitting__start"),
    read_key=read_id,
)
