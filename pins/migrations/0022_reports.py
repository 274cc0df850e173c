"""Anyone reports what is published; a photo can be hidden alone."""

from importlib import import_module

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

FORMER_REFRESH = import_module("pins.migrations.0018_moderation_queue").REFRESH
REFRESH = FORMER_REFRESH.replace(
    "WHERE photo.pin_id = p.id", "WHERE photo.pin_id = p.id AND NOT photo.is_hidden"
)


class Migration(migrations.Migration):
    dependencies = [
        ("pins", "0021_histories_are_not_emptied"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="photo",
            name="is_hidden",
            field=models.BooleanField(
                db_default=False, default=False, editable=False, verbose_name="hidden"
            ),
        ),
        migrations.CreateModel(
            name="ReportCase",
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
                            ("pin", "Contribution"),
                            ("comment", "Comment"),
                            ("photo", "Photo"),
                        ],
                        max_length=7,
                        verbose_name="kind",
                    ),
                ),
                (
                    "opened_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now,
                        verbose_name="first reported at",
                    ),
                ),
                (
                    "hidden_at",
                    models.DateTimeField(null=True, verbose_name="hidden for now at"),
                ),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("kept", "It stays as it is"),
                            ("changed", "It was corrected or partly blacked out"),
                            ("hidden", "It is hidden"),
                            ("gone", "It was not public any more"),
                        ],
                        max_length=7,
                        verbose_name="decision",
                    ),
                ),
                (
                    "ground",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("law", "The law"),
                            ("terms", "The terms of use of this site"),
                        ],
                        max_length=5,
                        verbose_name="ground",
                    ),
                ),
                (
                    "rule",
                    models.CharField(blank=True, max_length=200, verbose_name="rule"),
                ),
                ("reason", models.TextField(blank=True, verbose_name="reason")),
                (
                    "first_decided_at",
                    models.DateTimeField(null=True, verbose_name="first decided at"),
                ),
                (
                    "decided_at",
                    models.DateTimeField(null=True, verbose_name="decided at"),
                ),
                (
                    "erased_at",
                    models.DateTimeField(null=True, verbose_name="words erased at"),
                ),
                (
                    "comment",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="report_cases",
                        to="pins.comment",
                        verbose_name="comment",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="decided by",
                    ),
                ),
                (
                    "photo",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="report_cases",
                        to="pins.photo",
                        verbose_name="photo",
                    ),
                ),
                (
                    "pin",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="report_cases",
                        to="pins.pin",
                        verbose_name="contribution",
                    ),
                ),
            ],
            options={
                "verbose_name": "reported thing",
                "verbose_name_plural": "reported things",
                "ordering": ["opened_at", "id"],
            },
        ),
        migrations.CreateModel(
            name="Report",
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
                ("idempotency_key", models.UUIDField(editable=False)),
                (
                    "token_hash",
                    models.CharField(blank=True, editable=False, max_length=64),
                ),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("illegal", "It is illegal"),
                            (
                                "personal",
                                "It shows or names somebody who has not agreed",
                            ),
                            ("insult", "It insults, threatens or incites hatred"),
                            ("advertising", "It is advertising or spam"),
                            ("place", "It is in the wrong place"),
                            ("other", "Something else"),
                        ],
                        max_length=11,
                        verbose_name="reason",
                    ),
                ),
                (
                    "explanation",
                    models.TextField(blank=True, verbose_name="explanation"),
                ),
                (
                    "name",
                    models.CharField(blank=True, max_length=120, verbose_name="name"),
                ),
                (
                    "email",
                    models.EmailField(
                        blank=True, max_length=254, verbose_name="e-mail"
                    ),
                ),
                ("language", models.CharField(max_length=2, verbose_name="language")),
                (
                    "browser",
                    models.CharField(blank=True, editable=False, max_length=64),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, verbose_name="reported at"
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reports",
                        to="pins.reportcase",
                    ),
                ),
            ],
            options={
                "verbose_name": "report of content",
                "verbose_name_plural": "reports of content",
                "ordering": ["created_at", "id"],
            },
        ),
        migrations.CreateModel(
            name="Complaint",
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
                ("text", models.TextField(blank=True, verbose_name="complaint")),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, verbose_name="received at"
                    ),
                ),
                (
                    "first_outcome",
                    models.CharField(
                        choices=[
                            ("kept", "It stays as it is"),
                            ("changed", "It was corrected or partly blacked out"),
                            ("hidden", "It is hidden"),
                            ("gone", "It was not public any more"),
                        ],
                        max_length=7,
                    ),
                ),
                (
                    "first_reason",
                    models.TextField(blank=True, verbose_name="first reason"),
                ),
                (
                    "decided_at",
                    models.DateTimeField(null=True, verbose_name="decided at"),
                ),
                ("is_granted", models.BooleanField(null=True, verbose_name="granted")),
                ("reason", models.TextField(blank=True, verbose_name="reason")),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="decided by",
                    ),
                ),
                (
                    "first_decided_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "report",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="complaint",
                        to="pins.report",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="complaints",
                        to="pins.reportcase",
                    ),
                ),
            ],
            options={
                "verbose_name": "complaint about a decision",
                "verbose_name_plural": "complaints about decisions",
                "ordering": ["created_at", "id"],
            },
        ),
        migrations.AddIndex(
            model_name="reportcase",
            index=models.Index(
                models.F("opened_at"),
                models.F("id"),
                condition=models.Q(("outcome", "")),
                name="reportcase_waiting",
            ),
        ),
        migrations.AddConstraint(
            model_name="reportcase",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "pin"), ("outcome", "")),
                fields=("pin",),
                name="reportcase_pin_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="reportcase",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "comment"), ("outcome", "")),
                fields=("comment",),
                name="reportcase_comment_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="reportcase",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "photo"), ("outcome", "")),
                fields=("photo",),
                name="reportcase_photo_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="reportcase",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("comment", None), ("kind", "pin"), ("photo", None)),
                    models.Q(("kind", "comment"), ("photo", None)),
                    models.Q(("comment", None), ("kind", "photo")),
                    _connector="OR",
                ),
                name="reportcase_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="reportcase",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("outcome__in", ["", "kept", "changed", "hidden", "gone"])
                ),
                name="reportcase_outcome_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="reportcase",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("decided_at", None),
                        ("decided_by", None),
                        ("first_decided_at", None),
                        ("outcome", ""),
                    ),
                    models.Q(
                        models.Q(("outcome", ""), _negated=True),
                        ("decided_at__isnull", False),
                        ("decided_by__isnull", False),
                        ("first_decided_at__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="reportcase_decided_in_full",
            ),
        ),
        migrations.AddConstraint(
            model_name="reportcase",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("outcome", ""),
                    models.Q(("reason", ""), _negated=True),
                    ("erased_at__isnull", False),
                    _connector="OR",
                ),
                name="reportcase_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="reportcase",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("outcome__in", ["hidden", "changed"]), _negated=True),
                    ("ground__in", ["law", "terms"]),
                    _connector="OR",
                ),
                name="reportcase_names_its_ground",
            ),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.UniqueConstraint(
                fields=("idempotency_key",), name="report_idempotency_key_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "reason__in",
                        [
                            "illegal",
                            "personal",
                            "insult",
                            "advertising",
                            "place",
                            "other",
                        ],
                    )
                ),
                name="report_reason_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.CheckConstraint(
                condition=models.Q(("explanation__length__lte", 4000)),
                name="report_explanation_length",
            ),
        ),
        migrations.AddConstraint(
            model_name="complaint",
            constraint=models.UniqueConstraint(
                condition=models.Q(("report", None)),
                fields=("case",),
                name="complaint_author_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="complaint",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("decided_by", None),
                    models.Q(
                        ("decided_by", models.F("first_decided_by")), _negated=True
                    ),
                    _connector="OR",
                ),
                name="complaint_four_eyes",
            ),
        ),
        migrations.AddConstraint(
            model_name="complaint",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("decided_at", None), ("decided_by", None), ("is_granted", None)
                    ),
                    models.Q(
                        ("decided_at__isnull", False),
                        ("decided_by__isnull", False),
                        ("is_granted__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="complaint_decided_in_full",
            ),
        ),
        migrations.AddConstraint(
            model_name="complaint",
            constraint=models.CheckConstraint(
                condition=models.Q(("text__length__lte", 4000)),
                name="complaint_text_length",
            ),
        ),
        migrations.RunSQL(REFRESH, FORMER_REFRESH),
    ]
