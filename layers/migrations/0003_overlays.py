"""Overlays that staff lay below the pins, and the features of their files."""

import django.contrib.gis.db.models.fields
import django.contrib.gis.db.models.functions
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.core.validators
import django.db.models.deletion
import django.db.models.lookups
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.contrib.postgres.operations import BtreeGistExtension
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("layers", "0002_places"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        # An index of a number and a place together needs it.
        BtreeGistExtension(),
        migrations.CreateModel(
            name="Overlay",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("file", "File"),
                            ("wms", "Map server (WMS)"),
                        ],
                        default="file",
                        max_length=4,
                        verbose_name="kind",
                    ),
                ),
                (
                    "slug",
                    models.SlugField(max_length=60, unique=True, verbose_name="slug"),
                ),
                (
                    "title_de",
                    models.CharField(max_length=80, verbose_name="title (German)"),
                ),
                (
                    "title_en",
                    models.CharField(max_length=80, verbose_name="title (English)"),
                ),
                (
                    "description_de",
                    models.TextField(
                        blank=True, max_length=600, verbose_name="description (German)"
                    ),
                ),
                (
                    "description_en",
                    models.TextField(
                        blank=True, max_length=600, verbose_name="description (English)"
                    ),
                ),
                (
                    "legend_de",
                    models.CharField(
                        blank=True, max_length=160, verbose_name="legend (German)"
                    ),
                ),
                (
                    "legend_en",
                    models.CharField(
                        blank=True, max_length=160, verbose_name="legend (English)"
                    ),
                ),
                (
                    "attribution",
                    models.CharField(
                        help_text="Who made the data; shown on the map, as in “© City of Example”.",
                        max_length=160,
                        verbose_name="source",
                    ),
                ),
                (
                    "licence_name",
                    models.CharField(max_length=120, verbose_name="licence"),
                ),
                (
                    "licence_url",
                    models.URLField(blank=True, verbose_name="address of the licence"),
                ),
                (
                    "is_published",
                    models.BooleanField(
                        default=False,
                        help_text="Everybody can switch it on.",
                        verbose_name="published",
                    ),
                ),
                (
                    "position",
                    models.PositiveSmallIntegerField(
                        default=0, verbose_name="position"
                    ),
                ),
                (
                    "colour",
                    models.CharField(
                        default="#004B88",
                        max_length=7,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^#[0-9A-Fa-f]{6}\\Z",
                                "Please write the colour as #RRGGBB.",
                            )
                        ],
                        verbose_name="colour",
                    ),
                ),
                (
                    "line_width",
                    models.FloatField(
                        default=2.5,
                        validators=[
                            django.core.validators.MinValueValidator(0.5),
                            django.core.validators.MaxValueValidator(12),
                        ],
                        verbose_name="width of lines",
                    ),
                ),
                (
                    "fill_opacity",
                    models.FloatField(
                        default=0.25,
                        help_text="From 0 (only the outline) to 1.",
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(1),
                        ],
                        verbose_name="opacity of areas",
                    ),
                ),
                (
                    "point_radius",
                    models.FloatField(
                        default=6,
                        validators=[
                            django.core.validators.MinValueValidator(2),
                            django.core.validators.MaxValueValidator(20),
                        ],
                        verbose_name="radius of points",
                    ),
                ),
                (
                    "columns",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=80),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="columns to show",
                    ),
                ),
                (
                    "label_column",
                    models.CharField(
                        blank=True, max_length=80, verbose_name="column with the name"
                    ),
                ),
                (
                    "file_name",
                    models.CharField(blank=True, max_length=200, verbose_name="file"),
                ),
                (
                    "file_crs",
                    models.CharField(blank=True, max_length=80, verbose_name="its CRS"),
                ),
                (
                    "feature_count",
                    models.PositiveIntegerField(default=0, verbose_name="features"),
                ),
                (
                    "shapes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("points", "points"),
                                ("lines", "lines"),
                                ("areas", "areas"),
                            ],
                            max_length=6,
                        ),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="shapes",
                    ),
                ),
                (
                    "bounds",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.FloatField(), blank=True, null=True, size=4
                    ),
                ),
                (
                    "wms_url",
                    models.URLField(
                        blank=True,
                        max_length=300,
                        verbose_name="address of the map server",
                    ),
                ),
                (
                    "wms_layers",
                    models.CharField(
                        blank=True,
                        max_length=200,
                        verbose_name="layers of the map server",
                    ),
                ),
                (
                    "wms_format",
                    models.CharField(
                        choices=[("image/png", "PNG"), ("image/jpeg", "JPEG")],
                        default="image/png",
                        max_length=10,
                        verbose_name="image format",
                    ),
                ),
                (
                    "wms_version",
                    models.CharField(
                        choices=[("1.3.0", "1.3.0"), ("1.1.1", "1.1.1")],
                        default="1.3.0",
                        max_length=5,
                        verbose_name="WMS version",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(auto_now_add=True, verbose_name="created at"),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "opened_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="opened by",
                    ),
                ),
                (
                    "theme",
                    models.ForeignKey(
                        blank=True,
                        help_text="Empty for an overlay that belongs to all themes.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="layers.theme",
                        verbose_name="theme",
                    ),
                ),
            ],
            options={
                "verbose_name": "overlay",
                "verbose_name_plural": "overlays",
                "ordering": ["position", "slug"],
            },
        ),
        migrations.CreateModel(
            name="OverlayFeature",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "label",
                    models.CharField(blank=True, max_length=80, verbose_name="name"),
                ),
                ("properties", models.JSONField(default=dict, verbose_name="texts")),
                (
                    "geometry",
                    django.contrib.gis.db.models.fields.GeometryField(
                        spatial_index=False, srid=4326, verbose_name="geometry"
                    ),
                ),
                (
                    "mercator",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.contrib.gis.db.models.functions.Transform(
                            "geometry", 3857
                        ),
                        output_field=django.contrib.gis.db.models.fields.GeometryField(
                            spatial_index=False, srid=3857
                        ),
                    ),
                ),
                (
                    "overlay",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="features",
                        to="layers.overlay",
                        verbose_name="overlay",
                    ),
                ),
            ],
            options={
                "verbose_name": "feature of an overlay",
                "verbose_name_plural": "features of overlays",
            },
        ),
        migrations.AddConstraint(
            model_name="overlay",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["file", "wms"])),
                name="overlay_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="overlay",
            constraint=models.CheckConstraint(
                condition=models.Q(("colour__regex", "^#[0-9A-Fa-f]{6}$")),
                name="overlay_colour_is_hex",
            ),
        ),
        migrations.AddConstraint(
            model_name="overlay",
            constraint=models.CheckConstraint(
                condition=models.Q(("line_width__gte", 0.5), ("line_width__lte", 12)),
                name="overlay_line_width_in_range",
            ),
        ),
        migrations.AddConstraint(
            model_name="overlay",
            constraint=models.CheckConstraint(
                condition=models.Q(("fill_opacity__gte", 0), ("fill_opacity__lte", 1)),
                name="overlay_fill_opacity_in_range",
            ),
        ),
        migrations.AddConstraint(
            model_name="overlay",
            constraint=models.CheckConstraint(
                condition=models.Q(("point_radius__gte", 2), ("point_radius__lte", 20)),
                name="overlay_point_radius_in_range",
            ),
        ),
        migrations.AddConstraint(
            model_name="overlay",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "file"), ("wms_layers", ""), ("wms_url", "")),
                    models.Q(
                        ("feature_count", 0),
                        ("kind", "wms"),
                        (
                            "wms_url__regex",
                            "^https://[a-z0-9.-]+(:[0-9]+)?/[^{}\\s#]*$",
                        ),
                        models.Q(("wms_layers", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="overlay_wms_or_file",
            ),
        ),
        migrations.AddConstraint(
            model_name="overlay",
            constraint=models.CheckConstraint(
                condition=models.Q(("wms_format__in", ["image/png", "image/jpeg"])),
                name="overlay_wms_format_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="overlay",
            constraint=models.CheckConstraint(
                condition=models.Q(("wms_version__in", ["1.3.0", "1.1.1"])),
                name="overlay_wms_version_known",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="overlay",
            trigger=pgtrigger.compiler.Trigger(
                name="counts_changes",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="NEW.version = OLD.version + 1; RETURN NEW;",
                    hash="6973efa0cee20f7a542930a28284267c8aa14c10",
                    operation="UPDATE",
                    pgid="pgtrigger_counts_changes_c84a0",
                    table="layers_overlay",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="overlayfeature",
            index=django.contrib.postgres.indexes.GistIndex(
                fields=["overlay", "mercator"], name="overlayfeature_place"
            ),
        ),
        migrations.AddConstraint(
            model_name="overlayfeature",
            constraint=models.CheckConstraint(
                condition=models.Q(("geometry__isvalid", True)),
                name="overlayfeature_geometry_valid",
            ),
        ),
        migrations.AddConstraint(
            model_name="overlayfeature",
            constraint=models.CheckConstraint(
                condition=django.db.models.lookups.Exact(
                    models.Func(
                        models.F("properties"),
                        function="jsonb_typeof",
                        output_field=models.TextField(),
                    ),
                    "object",
                ),
                name="overlayfeature_properties_are_an_object",
            ),
        ),
    ]
