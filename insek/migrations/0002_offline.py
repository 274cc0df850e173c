import uuid

import django.core.serializers.json
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("districts", "0003_seats_and_chain"),
        ("insek", "0001_process_and_trace"),
        ("pins", "0011_sources_and_outcomes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CardSheet",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("file_name", models.CharField(max_length=200, verbose_name="file")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("checked", "Checked, not imported yet"),
                            ("waiting", "Being imported"),
                            ("imported", "Imported"),
                            ("failed", "Failed"),
                            ("undone", "Taken back"),
                        ],
                        default="checked",
                        max_length=10,
                    ),
                ),
                ("ignored", models.JSONField(default=list)),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False
                    ),
                ),
                ("started_at", models.DateTimeField(editable=False, null=True)),
                ("imported_at", models.DateTimeField(editable=False, null=True)),
                ("emptied_at", models.DateTimeField(editable=False, null=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="card_sheets",
                        to="insek.event",
                        verbose_name="event",
                    ),
                ),
            ],
            options={
                "verbose_name": "sheet of cards",
                "verbose_name_plural": "sheets of cards",
                "ordering": ["-created_at"],
            },
        ),
        migrations.CreateModel(
            name="CardRow",
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
                ("number", models.PositiveIntegerField()),
                ("card_number", models.CharField(blank=True, max_length=40)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("new", "New"),
                            ("known", "Here already"),
                            ("differs", "Here already, with other words"),
                            ("wrong", "Cannot be imported"),
                            ("imported", "Imported"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "content",
                    models.JSONField(
                        default=dict,
                        encoder=django.core.serializers.json.DjangoJSONEncoder,
                    ),
                ),
                ("problems", models.JSONField(default=list)),
                ("key", models.UUIDField(editable=False, null=True)),
                (
                    "pin",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="card_rows",
                        to="pins.pin",
                    ),
                ),
                (
                    "sheet",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rows",
                        to="insek.cardsheet",
                    ),
                ),
            ],
            options={
                "verbose_name": "row of a sheet",
                "verbose_name_plural": "rows of sheets",
                "ordering": ["sheet", "number"],
            },
        ),
        migrations.CreateModel(
            name="Stand",
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
                    models.CharField(max_length=80, verbose_name="name of the stand"),
                ),
                ("key", models.UUIDField(default=uuid.uuid4, editable=False)),
                (
                    "token_hash",
                    models.CharField(editable=False, max_length=64, unique=True),
                ),
                ("valid_from", models.DateTimeField(verbose_name="open from")),
                ("valid_until", models.DateTimeField(verbose_name="open until")),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False
                    ),
                ),
                (
                    "revoked_at",
                    models.DateTimeField(
                        blank=True, null=True, verbose_name="closed at"
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stands",
                        to="insek.event",
                        verbose_name="event",
                    ),
                ),
            ],
            options={
                "verbose_name": "stand",
                "verbose_name_plural": "stands",
                "ordering": ["-valid_until", "-pk"],
            },
        ),
        migrations.AddField(
            model_name="pinorigin",
            name="stand",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="origins",
                to="insek.stand",
                verbose_name="stand",
            ),
        ),
        migrations.CreateModel(
            name="CardPrint",
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
                ("prefix", models.CharField(max_length=20)),
                ("first", models.PositiveIntegerField()),
                ("count", models.PositiveIntegerField(verbose_name="number of cards")),
                (
                    "size",
                    models.CharField(
                        choices=[
                            ("a6", "A6, four on a page"),
                            ("a5", "A5, two on a page"),
                        ],
                        default="a6",
                        max_length=2,
                        verbose_name="size",
                    ),
                ),
                (
                    "language",
                    models.CharField(
                        choices=[("de", "German"), ("en", "English")],
                        default="de",
                        max_length=2,
                        verbose_name="language",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "district",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="districts.district",
                        verbose_name="district",
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="card_prints",
                        to="insek.event",
                        verbose_name="event",
                    ),
                ),
            ],
            options={
                "verbose_name": "printed cards",
                "verbose_name_plural": "printed cards",
                "ordering": ["-created_at", "-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("prefix", "first"), name="card_print_begins_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("event", None), _negated=True),
                            models.Q(("district", None), _negated=True),
                            _connector="OR",
                        ),
                        name="card_print_of_something",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("first__gte", 1), ("count__gte", 1)),
                        name="card_print_counts_from_one",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("size__in", ["a6", "a5"])),
                        name="card_print_size_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("language__in", ["de", "en"])),
                        name="card_print_language_known",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="cardsheet",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        ["checked", "waiting", "imported", "failed", "undone"],
                    )
                ),
                name="card_sheet_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="cardsheet",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "imported"), _negated=True),
                    ("imported_at__isnull", False),
                    _connector="OR",
                ),
                name="card_sheet_imported_has_a_date",
            ),
        ),
        migrations.AddConstraint(
            model_name="cardrow",
            constraint=models.UniqueConstraint(
                fields=("sheet", "number"), name="card_row_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="cardrow",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["new", "known", "differs", "wrong", "imported"])
                ),
                name="card_row_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="cardrow",
            constraint=models.CheckConstraint(
                condition=models.Q(("number__gte", 2)),
                name="card_row_number_below_the_heads",
            ),
        ),
        migrations.AddConstraint(
            model_name="stand",
            constraint=models.CheckConstraint(
                condition=models.Q(("valid_until__gt", models.F("valid_from"))),
                name="stand_closes_after_its_opening",
            ),
        ),
    ]
