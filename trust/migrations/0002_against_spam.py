import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import trust.models.counting

# A crash of the database empties these tables, which forgives what was counted. Nothing of
# them is written twice, and a commit that touches nothing else waits for no disk.
UNLOGGED = (
    "trust_dailysalt",
    "trust_hit",
    "trust_spentproof",
    "trust_knowntext",
)


class Migration(migrations.Migration):
    dependencies = [
        ("trust", "0001_audit_log"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="DailySalt",
            fields=[
                (
                    "day",
                    models.DateField(
                        primary_key=True, serialize=False, verbose_name="day"
                    ),
                ),
                (
                    "salt",
                    models.BinaryField(
                        default=trust.models.counting.make_salt, verbose_name="salt"
                    ),
                ),
            ],
            options={
                "verbose_name": "salt of a day",
                "verbose_name_plural": "salts of days",
            },
        ),
        migrations.CreateModel(
            name="SpentProof",
            fields=[
                (
                    "nonce",
                    models.BinaryField(
                        primary_key=True,
                        serialize=False,
                        verbose_name="number used once",
                    ),
                ),
                ("form", models.UUIDField(verbose_name="form")),
                (
                    "expires_at",
                    models.DateTimeField(db_index=True, verbose_name="expires at"),
                ),
            ],
            options={
                "verbose_name": "spent proof of work",
                "verbose_name_plural": "spent proofs of work",
            },
        ),
        migrations.CreateModel(
            name="Hit",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "digest",
                        "what",
                        "until",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("digest", models.BinaryField(verbose_name="salted hash")),
                ("what", models.CharField(max_length=30, verbose_name="what")),
                ("until", models.DateTimeField(verbose_name="until")),
                ("count", models.PositiveIntegerField(default=1, verbose_name="count")),
            ],
            options={
                "verbose_name": "count of requests",
                "verbose_name_plural": "counts of requests",
                "indexes": [models.Index(models.F("until"), name="hit_until")],
            },
        ),
        migrations.CreateModel(
            name="KnownText",
            fields=[
                (
                    "digest",
                    models.BinaryField(
                        primary_key=True, serialize=False, verbose_name="hash"
                    ),
                ),
                (
                    "sketch",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(),
                        size=None,
                        verbose_name="sketch",
                    ),
                ),
                ("form", models.UUIDField(verbose_name="form")),
                (
                    "seen_at",
                    models.DateTimeField(db_index=True, verbose_name="seen at"),
                ),
            ],
            options={
                "verbose_name": "hash of a text",
                "verbose_name_plural": "hashes of texts",
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["sketch"], name="knowntext_sketch"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Suspicion",
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
                    "object_type",
                    models.CharField(max_length=60, verbose_name="kind of thing"),
                ),
                ("object_id", models.BigIntegerField(verbose_name="thing")),
                (
                    "reasons",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20),
                        size=None,
                        verbose_name="reasons",
                    ),
                ),
                (
                    "at",
                    models.DateTimeField(
                        db_index=True,
                        default=django.utils.timezone.now,
                        verbose_name="at",
                    ),
                ),
            ],
            options={
                "verbose_name": "suspicion",
                "verbose_name_plural": "suspicions",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("object_type", "object_id"), name="suspicion_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reasons", []), _negated=True),
                        name="suspicion_has_reasons",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BannedPattern",
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
                    "pattern",
                    models.CharField(
                        help_text="Words, an address or a part of them; * stands for anything, as in casino*bonus or *@example.org. Case and accents do not count.",
                        max_length=200,
                        unique=True,
                        verbose_name="pattern",
                    ),
                ),
                ("like", models.CharField(editable=False, max_length=402)),
                (
                    "action",
                    models.CharField(
                        choices=[
                            ("flag", "Take it and tell the moderators"),
                            ("refuse", "Do not take it and say so"),
                        ],
                        default="flag",
                        max_length=10,
                        verbose_name="what happens",
                    ),
                ),
                (
                    "note",
                    models.CharField(
                        blank=True,
                        help_text="Only the team reads it.",
                        max_length=200,
                        verbose_name="note",
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="in use")),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, verbose_name="created at"
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="created by",
                    ),
                ),
            ],
            options={
                "verbose_name": "banned pattern",
                "verbose_name_plural": "banned patterns",
                "ordering": ["pattern"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("pattern__regex", "...")),
                        name="bannedpattern_not_too_short",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("action__in", ["flag", "refuse"])),
                        name="bannedpattern_action_known",
                    ),
                ],
            },
        ),
        migrations.RunSQL(
            [f"ALTER TABLE {table} SET UNLOGGED" for table in UNLOGGED],
            [f"ALTER TABLE {table} SET LOGGED" for table in UNLOGGED],
        ),
    ]
