"""The open properties of a pin: the same names in the same order in every export."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings
from django.contrib.gis.db.models.functions import Transform
from django.db.models import DateTimeField, DecimalField, F, Func, TextField, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, NullIf
from django.utils.translation import gettext_lazy as _

from exports.lines import Joined
from geo.functions import Latitude, Longitude
from geo.point_tables import ColumnType

TEXT, INTEGER = ColumnType.TEXT, ColumnType.INTEGER
NUMBER, MOMENT = ColumnType.NUMBER, ColumnType.MOMENT

TYPE_LABELS: Mapping[ColumnType, object] = {
    TEXT: _("text"),
    INTEGER: _("whole number"),
    NUMBER: _("decimal number"),
    MOMENT: _("date and time"),
}


@dataclass(frozen=True)
class Field:
    """A property: its name outside, and the expression over `PublicPin` that gives it.

    `is_free` tells a text that somebody wrote from one of letters, digits and a few signs.
    """

    name: str
    type: ColumnType
    expression: Combinable
    description: object
    is_free: bool = False

    @property
    def value(self) -> Combinable:
        """The expression of what a cell holds: of a moment, nobody wants fractions."""
        is_moment = self.type is MOMENT
        return whole_second(self.expression) if is_moment else self.expression

    @property
    def type_label(self) -> str:
        return str(TYPE_LABELS[self.type])


def url() -> Joined:
    """Return the expression of a pin's address, with the host of the site's settings."""
    return Joined(Value(f"{settings.BASE_URL}/pins/"), F("reference"))


def whole_second(moment: Combinable) -> Func:
    """Return the expression of a moment without fractions of a second."""
    return Func(
        Value("second", output_field=TextField()),
        moment,
        function="date_trunc",
        output_field=DateTimeField(),
    )


def properties() -> list[Field]:
    """Return the properties of every export; GeoJSON has them ready in the database.

    They are described in the language in which that is read.
    """
    return [
        Field("reference", TEXT, F("reference"), _("Reference, never used again")),
        Field("kind", TEXT, F("kind"), _("idea, problem or keep (worth keeping)")),
        Field(
            "theme", TEXT, F("theme_slug"), _("Theme, by its short name"), is_free=True
        ),
        Field("status", TEXT, F("status"), _("How far the matter has come")),
        Field(
            "title", TEXT, F("title"), _("Title, in its author's words"), is_free=True
        ),
        Field("body", TEXT, F("text"), _("Text, in its author's words"), is_free=True),
        Field(
            "district_number",
            INTEGER,
            F("district_number"),
            _("Number of the district"),
        ),
        Field(
            "district",
            TEXT,
            F("district_name"),
            _("Name of the district"),
            is_free=True,
        ),
        Field(
            "body_slug",
            TEXT,
            F("body_slug"),
            _("Responsible body, by short name"),
            is_free=True,
        ),
        Field("support_count", INTEGER, F("support_count"), _("Number of supporters")),
        Field("comment_count", INTEGER, F("comment_count"), _("Number of comments")),
        Field("created_at", MOMENT, F("created_at"), _("When it was sent in")),
        Field(
            "published_at",
            MOMENT,
            F("published_at"),
            _("When it was published"),
        ),
        Field(
            "status_changed_at",
            MOMENT,
            F("status_changed_at"),
            _("When the status last changed"),
        ),
        Field(
            "public_answer",
            TEXT,
            NullIf("public_answer", Value("", TextField())),
            _("Latest public answer, where there is one"),
            is_free=True,
        ),
        Field(
            "goal",
            TEXT,
            F("goal"),
            _("Goal of the city it contributes to"),
            is_free=True,
        ),
        Field(
            "measure",
            TEXT,
            F("measure"),
            _("Measure that carries it out"),
            is_free=True,
        ),
        Field("url", TEXT, url(), _("Page of the contribution")),
    ]


def coordinates() -> list[Field]:
    """Return what tables have besides: the place in degrees and in planning metres."""
    planning = Transform("location", settings.PLANNING_SRID)
    crs = {"srid": settings.PLANNING_SRID}
    return [
        Field(
            "lon", NUMBER, _rounded(Longitude("location"), 6), _("Longitude, WGS 84")
        ),
        Field("lat", NUMBER, _rounded(Latitude("location"), 6), _("Latitude, WGS 84")),
        Field(
            "ostwert",
            NUMBER,
            _rounded(Longitude(planning), 2),
            _("Easting in metres, EPSG:%(srid)d") % crs,
        ),
        Field(
            "nordwert",
            NUMBER,
            _rounded(Latitude(planning), 2),
            _("Northing in metres, EPSG:%(srid)d") % crs,
        ),
    ]


def _rounded(number: Func, decimals: int) -> Cast:
    return Cast(number, DecimalField(max_digits=16, decimal_places=decimals))
