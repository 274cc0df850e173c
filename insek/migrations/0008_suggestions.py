"""Topics and hot spots that were suggested, confirmed or dismissed."""

import django.contrib.gis.db.models.fields
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("insek", "0007_reports"),
        ("layers", "0003_overlays"),
        ("pins", "0013_search_words"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Suggestion",
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
                        choices=[("topic", "topic"), ("hotspot", "hot spot")],
                        max_length=8,
                    ),
                ),
                (
                    "pin_kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("idea", "Idea"),
                            ("problem", "Problem"),
                            ("keep", "Worth keeping"),
                        ],
                        max_length=10,
                    ),
                ),
                ("district_slug", models.CharField(blank=True, max_length=80)),
                ("words", models.JSONField(default=list)),
                (
                    "name_de",
                    models.CharField(
                        blank=True, max_length=120, verbose_name="name (German)"
                    ),
                ),
                (
                    "name_en",
                    models.CharField(
                        blank=True, max_length=120, verbose_name="name (English)"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("suggested", "suggested"),
                            ("confirmed", "confirmed"),
                            ("dismissed", "dismissed"),
                        ],
                        default="suggested",
                        max_length=9,
                    ),
                ),
                (
                    "geometry",
                    django.contrib.gis.db.models.fields.PolygonField(
                        blank=True, null=True, srid=4326
                    ),
                ),
                ("metres", models.PositiveSmallIntegerField(blank=True, null=True)),
                (
                    "made_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False
                    ),
                ),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "theme",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="layers.theme",
                    ),
                ),
            ],
            options={
                "verbose_name": "suggestion",
                "verbose_name_plural": "suggestions",
                "ordering": ["-made_at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="SuggestionPin",
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
                ("score", models.FloatField(default=0)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("member", "Member"),
                            ("offered", "Offered"),
                            ("removed", "Removed"),
                        ],
                        default="member",
                        max_length=7,
                    ),
                ),
                (
                    "pin",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="pins.pin",
                    ),
                ),
                (
                    "suggestion",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="members",
                        to="insek.suggestion",
                    ),
                ),
            ],
            options={
                "verbose_name": "contribution of a suggestion",
                "verbose_name_plural": "contributions of suggestions",
            },
        ),
        migrations.AddIndex(
            model_name="suggestion",
            index=models.Index(
                fields=["kind", "theme", "district_slug", "state"],
                name="suggestion_scope",
            ),
        ),
        migrations.AddConstraint(
            model_name="suggestion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("geometry__isnull", False),
                        ("kind", "hotspot"),
                        ("metres__isnull", False),
                    ),
                    models.Q(("geometry", None), ("kind", "topic"), ("metres", None)),
                    _connector="OR",
                ),
                name="suggestion_place_of_hot_spots",
            ),
        ),
        migrations.AddConstraint(
            model_name="suggestion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("decided_at", None),
                        ("decided_by", None),
                        ("state", "suggested"),
                    ),
                    models.Q(
                        models.Q(("state", "suggested"), _negated=True),
                        ("decided_at__isnull", False),
                        ("decided_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="suggestion_decided_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="suggestion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "confirmed"), _negated=True),
                    models.Q(("name_de", ""), _negated=True),
                    _connector="OR",
                ),
                name="suggestion_confirmed_has_a_name",
            ),
        ),
        migrations.AddConstraint(
            model_name="suggestionpin",
            constraint=models.UniqueConstraint(
                fields=("suggestion", "pin"), name="suggestionpin_once"
            ),
        ),
    ]
