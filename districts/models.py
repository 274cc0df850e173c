"""The city's districts with dated boundaries, and the bodies that answer for them."""

import datetime
from typing import Self

import pgtrigger
from django.contrib.gis.db import models
from django.contrib.gis.geos import Point
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.core.exceptions import ValidationError
from django.db.models import F, Func, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from geo.functions import SquareKilometres


class DateRange(Func):
    """The half-open range [from, to); without an end it goes on for ever."""

    function = "DATERANGE"
    output_field = DateRangeField()


VALIDITY = DateRange("valid_from", "valid_to")


def today() -> datetime.date:
    """Return the day by which boundaries and duties change: UTC's, the database's own.

    The triggers ask CURRENT_DATE; with the city's date the two would disagree for the
    first hours of a day.
    """
    return timezone.now().date()


def valid_on(day: datetime.date, prefix: str = "") -> Q:
    """Return the condition that a dated row, or the related row `prefix`, holds on `day`."""
    return Q(
        Q(**{f"{prefix}valid_to": None}) | Q(**{f"{prefix}valid_to__gt": day}),
        **{f"{prefix}valid_from__lte": day},
    )


class Body(models.Model):
    """A body of the municipality: it answers for districts, advises or decides."""

    class Kind(models.TextChoices):
        DISTRICT_COUNCIL = "district_council", _("District council")
        COMMITTEE = "committee", _("Committee")
        COUNCIL = "council", _("City council")
        ADVISORY_BOARD = "advisory_board", _("Advisory board")

    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    name = models.CharField(_("name"), max_length=120, db_collation="de-x-icu")
    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    mail = models.EmailField(_("e-mail"), blank=True)
    seats = models.PositiveSmallIntegerField(
        _("votes"),
        null=True,
        blank=True,
        help_text=_("How many may vote, the chair included. Empty: unknown."),
    )
    next_body = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("advises"),
        help_text=_("The body before which a matter comes after this one."),
    )

    class Meta:
        verbose_name = _("body")
        verbose_name_plural = _("bodies")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                name="body_kind_known",
                condition=Q(
                    kind__in=[
                        "district_council",
                        "committee",
                        "council",
                        "advisory_board",
                    ]
                ),
            ),
            models.CheckConstraint(
                name="body_not_before_itself",
                condition=Q(next_body=None) | ~Q(next_body=F("id")),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Say in words what the database would only break off."""
        if self.next_body_id is not None and self.next_body_id == self.pk:
            message = _("No body comes after itself.")
            raise ValidationError({"next_body": message})


class DistrictQuerySet(models.QuerySet["District"]):
    def current(self, on: datetime.date | None = None) -> Self:
        """Keep the versions valid on a day (today unless told otherwise)."""
        return self.filter(valid_on(on or today()))

    def containing(self, point: Point, on: datetime.date | None = None) -> Self:
        """Keep the one current district that holds the point, or none.

        `point` is in EPSG:4326. On a shared edge it is the district with the lower
        number; the database function `districts_at` decides alike.
        """
        covering = self.current(on).filter(geometry__covers=point)
        return covering.order_by("number")[:1]

    def with_body(self, on: datetime.date | None = None) -> Self:
        """Add `body_name` and `body_slug` of the body responsible on a day."""
        day = on or today()
        return self.filter(valid_on(day, "responsibility__")).annotate(
            body_name=F("responsibility__body__name"),
            body_slug=F("responsibility__body__slug"),
        )

    def with_area(self) -> Self:
        """Add `area_km2`, the area on the spheroid."""
        return self.annotate(area_km2=SquareKilometres("geometry"))


class District(models.Model):
    """One version of a district (Stadtteil): its boundary from one day to another.

    A new boundary is a new row with the same number. What lies in the district refers to
    the version in force (ADR 0051).
    """

    class Kind(models.TextChoices):
        OUTER = "ortsbezirk", _("Outer district with a council of its own")
        CORE = "kernstadt", _("District of the city centre")

    number = models.PositiveSmallIntegerField(_("official number"))
    name = models.CharField(_("name"), max_length=80, db_collation="de-x-icu")
    slug = models.SlugField(_("slug"), max_length=80)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    geometry = models.MultiPolygonField(_("boundary"), srid=4326)
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(
        _("valid until"),
        null=True,
        blank=True,
        help_text=_("The first day on which this boundary no longer holds."),
    )
    source = models.CharField(_("source"), max_length=200, blank=True)
    # Of these boundaries; a district with new ones has to be counted again.
    population = models.PositiveIntegerField(_("inhabitants"), null=True, blank=True)
    population_on = models.DateField(_("inhabitants counted on"), null=True, blank=True)
    population_source = models.CharField(
        _("source of the inhabitants"), max_length=200, blank=True
    )

    # Present only on rows that came through `with_body()` or `with_area()`.
    body_name: str
    body_slug: str
    area_km2: float

    objects = DistrictQuerySet.as_manager()

    class Meta:
        verbose_name = _("district")
        verbose_name_plural = _("districts")
        ordering = ["number", "valid_from"]
        constraints = [
            models.CheckConstraint(
                name="district_kind_known",
                condition=Q(kind__in=["ortsbezirk", "kernstadt"]),
            ),
            models.CheckConstraint(
                name="district_number_positive", condition=Q(number__gt=0)
            ),
            models.CheckConstraint(
                name="district_ends_after_its_start",
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")),
            ),
            models.CheckConstraint(
                name="district_geometry_valid", condition=Q(geometry__isvalid=True)
            ),
            models.CheckConstraint(
                name="district_population_has_a_day",
                condition=Q(population__isnull=True, population_on__isnull=True)
                | Q(
                    population__isnull=False,
                    population__gt=0,
                    population_on__isnull=False,
                ),
                violation_error_message=_(
                    "A number of inhabitants needs the day on which they were counted, "
                    "and the day a number."
                ),
            ),
            ExclusionConstraint(
                name="district_number_once_a_day",
                expressions=[
                    ("number", RangeOperators.EQUAL),
                    (VALIDITY, RangeOperators.OVERLAPS),
                ],
            ),
            ExclusionConstraint(
                name="district_slug_once_a_day",
                expressions=[
                    ("slug", RangeOperators.EQUAL),
                    (VALIDITY, RangeOperators.OVERLAPS),
                ],
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="has_a_body",
                when=pgtrigger.After,
                # pgtrigger leaves this class without annotations.
                operation=pgtrigger.Insert
                | pgtrigger.UpdateOf("valid_from", "valid_to"),
                timing=pgtrigger.Deferred,
                func="PERFORM districts_require_body(NEW.id); RETURN NULL;",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"

    def get_absolute_url(self) -> str:
        return reverse("district", args=[self.slug])


class ResponsibilityQuerySet(models.QuerySet["Responsibility"]):
    def current(self, on: datetime.date | None = None) -> Self:
        """Keep what holds on a day (today unless told otherwise)."""
        return self.filter(valid_on(on or today()))


class Responsibility(models.Model):
    """Which body answers for which district from when to when.

    The database sees to it that every district has exactly one on each of its days:
    the exclusion constraint forbids a second, a deferred trigger a gap.
    """

    body = models.ForeignKey(Body, on_delete=models.PROTECT, verbose_name=_("body"))
    district = models.ForeignKey(
        District, on_delete=models.CASCADE, verbose_name=_("district")
    )
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid until"), null=True, blank=True)

    objects = ResponsibilityQuerySet.as_manager()

    class Meta:
        verbose_name = _("responsibility")
        verbose_name_plural = _("responsibilities")
        ordering = ["district", "valid_from"]
        constraints = [
            models.CheckConstraint(
                name="responsibility_ends_after_its_start",
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")),
            ),
            ExclusionConstraint(
                name="responsibility_one_body_a_day",
                expressions=[
                    ("district", RangeOperators.EQUAL),
                    (VALIDITY, RangeOperators.OVERLAPS),
                ],
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="leaves_no_gap",
                when=pgtrigger.After,
                operation=pgtrigger.Update | pgtrigger.Delete,
                timing=pgtrigger.Deferred,
                func="PERFORM districts_require_body(OLD.district_id); RETURN NULL;",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.body} – {self.district}"
