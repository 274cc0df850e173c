"""Overlays: maps that staff lay below the pins, from a file or from a map server.

An overlay may be for one theme or for all; it is a source to look at beside what people
say, so its licence and where it comes from are shown with it.
"""

import re
from typing import Self

import pgtrigger
from django.conf import settings
from django.contrib.gis.db import models
from django.contrib.gis.db.models.functions import Transform
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GistIndex
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db.models import F, Func, Q
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from layers.languages import in_language
from layers.models.theme import Theme

LABEL_LENGTH = 80
COLUMN_LENGTH = 80
CRS_LENGTH = 80
# Widths in CSS pixels, the opacity from 0 to 1; the constraints say the same.
LINE_WIDTHS, OPACITIES, RADII = (0.5, 12), (0, 1), (2, 20)


def _between(
    limits: tuple[float, float],
) -> list[MinValueValidator | MaxValueValidator]:
    return [MinValueValidator(limits[0]), MaxValueValidator(limits[1])]


def _within(field: str, limits: tuple[float, float]) -> models.CheckConstraint:
    return models.CheckConstraint(
        name=f"overlay_{field}_in_range",
        condition=Q(**{f"{field}__gte": limits[0], f"{field}__lte": limits[1]}),
    )


class OverlayQuerySet(models.QuerySet["Overlay"]):
    def offered(self) -> Self:
        """Keep what the map offers: published, and there or on a server that is allowed.

        A host that the operator has taken off the list is gone with the next request.
        """
        allowed = Q(kind=Overlay.Kind.FILE, feature_count__gt=0)
        for origin in settings.WMS_HOSTS:
            allowed |= Q(kind=Overlay.Kind.WMS, wms_url__startswith=f"{origin}/")
        return self.filter(allowed, is_published=True)


class Overlay(models.Model):
    """A map to lay below the pins: features of a file, or pictures of a WMS."""

    class Kind(models.TextChoices):
        FILE = "file", _("File")
        WMS = "wms", _("Map server (WMS)")

    class Shape(models.TextChoices):
        POINTS = "points", _("points")
        LINES = "lines", _("lines")
        AREAS = "areas", _("areas")

    class Format(models.TextChoices):
        PNG = "image/png", "PNG"
        JPEG = "image/jpeg", "JPEG"

    class Version(models.TextChoices):
        V130 = "1.3.0", "1.3.0"
        V111 = "1.1.1", "1.1.1"

    # Lower case and a path: so that an origin can be compared with the allowed ones.
    WMS_ADDRESS = re.compile(r"https://[a-z0-9.-]+(:[0-9]+)?/[^{}\s#]*")

    kind = models.CharField(_("kind"), max_length=4, choices=Kind, default=Kind.FILE)
    slug = models.SlugField(_("slug"), max_length=60, unique=True)
    title_de = models.CharField(_("title (German)"), max_length=80)
    title_en = models.CharField(_("title (English)"), max_length=80)
    theme = models.ForeignKey(
        Theme,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("theme"),
        help_text=_("Empty for an overlay that belongs to all themes."),
    )
    description_de = models.TextField(
        _("description (German)"), max_length=600, blank=True
    )
    description_en = models.TextField(
        _("description (English)"), max_length=600, blank=True
    )
    legend_de = models.CharField(_("legend (German)"), max_length=160, blank=True)
    legend_en = models.CharField(_("legend (English)"), max_length=160, blank=True)
    attribution = models.CharField(
        _("source"),
        max_length=160,
        help_text=_("Who made the data; shown on the map, as in “© City of Example”."),
    )
    licence_name = models.CharField(_("licence"), max_length=120)
    licence_url = models.URLField(_("address of the licence"), blank=True)
    is_published = models.BooleanField(
        _("published"), default=False, help_text=_("Everybody can switch it on.")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    colour = models.CharField(
        _("colour"),
        max_length=7,
        default="#004B88",
        validators=[
            RegexValidator(
                r"^#[0-9A-Fa-f]{6}\Z", _("Please write the colour as #RRGGBB.")
            )
        ],
    )
    line_width = models.FloatField(
        _("width of lines"), default=2.5, validators=_between(LINE_WIDTHS)
    )
    fill_opacity = models.FloatField(
        _("opacity of areas"),
        default=0.25,
        validators=_between(OPACITIES),
        help_text=_("From 0 (only the outline) to 1."),
    )
    point_radius = models.FloatField(
        _("radius of points"), default=6, validators=_between(RADII)
    )

    columns = ArrayField(
        models.CharField(max_length=COLUMN_LENGTH),
        verbose_name=_("columns to show"),
        default=list,
        blank=True,
    )
    label_column = models.CharField(
        _("column with the name"), max_length=COLUMN_LENGTH, blank=True
    )
    # What the last file was, for those who replace it.
    file_name = models.CharField(_("file"), max_length=200, blank=True)
    file_crs = models.CharField(_("its CRS"), max_length=CRS_LENGTH, blank=True)
    feature_count = models.PositiveIntegerField(_("features"), default=0)
    shapes = ArrayField(
        models.CharField(max_length=6, choices=Shape),
        verbose_name=_("shapes"),
        default=list,
        blank=True,
    )
    # West, south, east, north in degrees.
    bounds = ArrayField(models.FloatField(), size=4, null=True, blank=True)

    wms_url = models.URLField(
        _("address of the map server"), max_length=300, blank=True
    )
    wms_layers = models.CharField(
        _("layers of the map server"), max_length=200, blank=True
    )
    wms_format = models.CharField(
        _("image format"), max_length=10, choices=Format, default=Format.PNG
    )
    wms_version = models.CharField(
        _("WMS version"), max_length=5, choices=Version, default=Version.V130
    )

    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        verbose_name=_("opened by"),
        related_name="+",
    )
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    # Counts the changes, by a trigger: what has been loaded since then is out of date.
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = OverlayQuerySet.as_manager()

    class Meta:
        verbose_name = _("overlay")
        verbose_name_plural = _("overlays")
        ordering = ["position", "slug"]
        constraints = [
            models.CheckConstraint(
                name="overlay_kind_known", condition=Q(kind__in=["file", "wms"])
            ),
            models.CheckConstraint(
                name="overlay_colour_is_hex",
                condition=Q(colour__regex=r"^#[0-9A-Fa-f]{6}$"),
            ),
            _within("line_width", LINE_WIDTHS),
            _within("fill_opacity", OPACITIES),
            _within("point_radius", RADII),
            models.CheckConstraint(
                name="overlay_wms_or_file",
                condition=Q(kind="file", wms_url="", wms_layers="")
                | (
                    Q(
                        kind="wms",
                        feature_count=0,
                        wms_url__regex=r"^https://[a-z0-9.-]+(:[0-9]+)?/[^{}\s#]*$",
                    )
                    & ~Q(wms_layers="")
                ),
            ),
            models.CheckConstraint(
                name="overlay_wms_format_known",
                condition=Q(wms_format__in=["image/png", "image/jpeg"]),
            ),
            models.CheckConstraint(
                name="overlay_wms_version_known",
                condition=Q(wms_version__in=["1.3.0", "1.1.1"]),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="counts_changes",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="NEW.version = OLD.version + 1; RETURN NEW;",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """Title in the language of the page."""
        return in_language(self.title_de, self.title_en)

    @property
    def description(self) -> str:
        """Description in the language of the page."""
        return in_language(self.description_de, self.description_en)

    @property
    def legend(self) -> str:
        """What the sign on the map means, in the language of the page."""
        return in_language(self.legend_de, self.legend_en)


class OverlayFeature(models.Model):
    """One feature of an overlay's file: points, lines or areas with chosen texts."""

    overlay = models.ForeignKey(
        Overlay,
        on_delete=models.CASCADE,
        related_name="features",
        verbose_name=_("overlay"),
        # The spatial index begins with it.
        db_index=False,
    )
    label = models.CharField(_("name"), max_length=LABEL_LENGTH, blank=True)
    properties = models.JSONField(_("texts"), default=dict)
    geometry = models.GeometryField(_("geometry"), srid=4326, spatial_index=False)
    # The same as the tiles need it.
    mercator = models.GeneratedField(
        expression=Transform("geometry", 3857),
        output_field=models.GeometryField(srid=3857, spatial_index=False),
        db_persist=True,
    )

    class Meta:
        verbose_name = _("feature of an overlay")
        verbose_name_plural = _("features of overlays")
        indexes = [
            GistIndex(fields=["overlay", "mercator"], name="overlayfeature_place"),
        ]
        constraints = [
            models.CheckConstraint(
                name="overlayfeature_geometry_valid",
                condition=Q(geometry__isvalid=True),
            ),
            models.CheckConstraint(
                name="overlayfeature_properties_are_an_object",
                condition=Exact(
                    Func(
                        F("properties"),
                        function="jsonb_typeof",
                        output_field=models.TextField(),
                    ),
                    "object",
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.label or f"{self.overlay_id}/{self.pk}"
