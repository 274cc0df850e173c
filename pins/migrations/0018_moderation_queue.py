"""One queue for moderators, former words, questions, and what was taken out of words."""

from importlib import import_module

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

FORMER_REFRESH = import_module(
    "pins.migrations.0016_public_rows_without_boundaries"
).REFRESH
REFRESH = (
    FORMER_REFRESH.replace(
        "is_rough, place_note, photos,\n        district_number",
        "is_rough, place_note, is_redacted, photos,\n        district_number",
    )
    .replace(
        "p.is_rough, p.place_note, COALESCE(album",
        "p.is_rough, p.place_note, p.is_redacted, COALESCE(album",
    )
    .replace(
        "place_note = excluded.place_note, photos",
        "place_note = excluded.place_note, is_redacted = excluded.is_redacted,\n"
        "        photos",
    )
)


class Migration(migrations.Migration):
    dependencies = [
        ("districts", "0004_population"),
        ("layers", "0003_overlays"),
        ("pins", "0017_fewer_indexes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Question",
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
                    "text",
                    models.TextField(
                        validators=[django.core.validators.MaxLengthValidator(4000)],
                        verbose_name="question",
                    ),
                ),
                (
                    "asked_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, verbose_name="asked at"
                    ),
                ),
                (
                    "answer",
                    models.TextField(
                        blank=True,
                        validators=[django.core.validators.MaxLengthValidator(2000)],
                        verbose_name="answer",
                    ),
                ),
                (
                    "answered_at",
                    models.DateTimeField(null=True, verbose_name="answered at"),
                ),
            ],
            options={
                "verbose_name": "question to an author",
                "verbose_name_plural": "questions to authors",
                "ordering": ["asked_at", "id"],
            },
        ),
        migrations.CreateModel(
            name="QueueEntry",
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
                            ("contribution", "Contribution"),
                            ("comment", "Comment"),
                            ("event", "From an event"),
                        ],
                        max_length=12,
                    ),
                ),
                ("has_photos", models.BooleanField(db_default=False)),
                ("waiting_since", models.DateTimeField()),
                ("asked_at", models.DateTimeField(null=True)),
                ("claimed_at", models.DateTimeField(null=True)),
                ("renewed_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "entry of the moderation queue",
                "verbose_name_plural": "entries of the moderation queue",
                "ordering": ["waiting_since", "id"],
            },
        ),
        migrations.CreateModel(
            name="QueueReminder",
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
                ("day", models.DateField(unique=True, verbose_name="day")),
                ("overdue", models.PositiveIntegerField(verbose_name="overdue")),
                (
                    "sent_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, verbose_name="sent at"
                    ),
                ),
            ],
            options={
                "verbose_name": "reminder of the queue",
                "verbose_name_plural": "reminders of the queue",
                "ordering": ["-day"],
            },
        ),
        migrations.CreateModel(
            name="ReasonTemplate",
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
                    "use",
                    models.CharField(
                        choices=[
                            ("refuse", "Reason for not publishing"),
                            ("ask", "Question to the author"),
                        ],
                        max_length=10,
                        verbose_name="for",
                    ),
                ),
                ("title", models.CharField(max_length=80, verbose_name="title")),
                (
                    "text_de",
                    models.TextField(
                        validators=[django.core.validators.MaxLengthValidator(4000)],
                        verbose_name="text in German",
                    ),
                ),
                (
                    "text_en",
                    models.TextField(
                        validators=[django.core.validators.MaxLengthValidator(4000)],
                        verbose_name="text in English",
                    ),
                ),
            ],
            options={
                "verbose_name": "reason to start from",
                "verbose_name_plural": "reasons to start from",
                "ordering": [
                    models.OrderBy(models.F("use"), descending=True),
                    "title",
                    "id",
                ],
            },
        ),
        migrations.CreateModel(
            name="Wording",
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
                    "cause",
                    models.CharField(
                        choices=[
                            ("sent", "As it was sent"),
                            ("edited", "Changed by the author"),
                            ("redacted", "Words taken out by moderation"),
                            ("restored", "Words put back by moderation"),
                        ],
                        max_length=10,
                        verbose_name="cause",
                    ),
                ),
                (
                    "title",
                    models.CharField(blank=True, max_length=120, verbose_name="title"),
                ),
                ("text", models.TextField(verbose_name="text")),
                (
                    "place_note",
                    models.CharField(
                        blank=True, max_length=300, verbose_name="place in words"
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, verbose_name="written at"
                    ),
                ),
            ],
            options={
                "verbose_name": "version of the words",
                "verbose_name_plural": "versions of the words",
                "ordering": ["created_at", "id"],
            },
        ),
        migrations.AddField(
            model_name="comment",
            name="is_redacted",
            field=models.BooleanField(
                db_default=False,
                default=False,
                editable=False,
                verbose_name="words taken out",
            ),
        ),
        migrations.AddField(
            model_name="pin",
            name="is_redacted",
            field=models.BooleanField(
                db_default=False,
                default=False,
                editable=False,
                verbose_name="words taken out",
            ),
        ),
        migrations.AddField(
            model_name="publicpin",
            name="is_redacted",
            field=models.BooleanField(db_default=False),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="comment",
            trigger=pgtrigger.compiler.Trigger(
                name="queue_inserted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    INSERT INTO pins_queueentry (pin_id, comment_id, kind, district_id, theme_id, waiting_since)\n    SELECT \n    now.pin_id, now.id, 'comment', pin.district_id, pin.theme_id, now.created_at\n FROM changed now JOIN pins_pin pin ON pin.id = now.pin_id\n    WHERE now.visibility = 'submitted'\n    ON CONFLICT DO NOTHING;\n RETURN NULL;",
                    hash="01dd0782f79372f9b3a20dc23356f66857b75c69",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_queue_inserted_fdf7f",
                    referencing="REFERENCING NEW TABLE AS changed ",
                    table="pins_comment",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="comment",
            trigger=pgtrigger.compiler.Trigger(
                name="queue_updated",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    IF EXISTS (\n        SELECT FROM before JOIN changed USING (id)\n        WHERE (before.visibility, before.pin_id)\n            <> (changed.visibility, changed.pin_id)\n    ) THEN\n        DELETE FROM pins_queueentry entry USING changed\n        WHERE entry.comment_id = changed.id AND changed.visibility <> 'submitted';\n        UPDATE pins_queueentry entry\n        SET pin_id = pin.id, district_id = pin.district_id, theme_id = pin.theme_id\n        FROM changed JOIN pins_pin pin ON pin.id = changed.pin_id\n        WHERE entry.comment_id = changed.id AND entry.pin_id <> pin.id;\n        \n    INSERT INTO pins_queueentry (pin_id, comment_id, kind, district_id, theme_id, waiting_since)\n    SELECT \n    now.pin_id, now.id, 'comment', pin.district_id, pin.theme_id, now.created_at\n FROM changed now JOIN pins_pin pin ON pin.id = now.pin_id\n    WHERE now.visibility = 'submitted'\n    ON CONFLICT DO NOTHING;\n\n    END IF;\n RETURN NULL;",
                    hash="df51398e0183a4daa4346c8a60a1ad15b97e99a4",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_queue_updated_f353a",
                    referencing="REFERENCING OLD TABLE AS before  NEW TABLE AS changed ",
                    table="pins_comment",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="photo",
            trigger=pgtrigger.compiler.Trigger(
                name="queue_inserted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n        UPDATE pins_queueentry entry\n        SET has_photos = found.has_photos\n        FROM (\n            SELECT touched.pin_id, EXISTS (\n                SELECT FROM pins_photo photo WHERE photo.pin_id = touched.pin_id\n            ) AS has_photos\n            FROM (SELECT pin_id FROM changed) touched\n        ) found\n        WHERE entry.pin_id = found.pin_id AND entry.comment_id IS NULL\n          AND entry.has_photos <> found.has_photos;\n     RETURN NULL;",
                    hash="e9a31f69c687bff8c28ff48ed276e32df1359511",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_queue_inserted_9fdb8",
                    referencing="REFERENCING NEW TABLE AS changed ",
                    table="pins_photo",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="photo",
            trigger=pgtrigger.compiler.Trigger(
                name="queue_updated",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n        UPDATE pins_queueentry entry\n        SET has_photos = found.has_photos\n        FROM (\n            SELECT touched.pin_id, EXISTS (\n                SELECT FROM pins_photo photo WHERE photo.pin_id = touched.pin_id\n            ) AS has_photos\n            FROM (SELECT pin_id FROM changed UNION SELECT pin_id FROM before) touched\n        ) found\n        WHERE entry.pin_id = found.pin_id AND entry.comment_id IS NULL\n          AND entry.has_photos <> found.has_photos;\n     RETURN NULL;",
                    hash="07414708e6e3b7d0e0cd9e9bf803d99170a15778",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_queue_updated_4a501",
                    referencing="REFERENCING OLD TABLE AS before  NEW TABLE AS changed ",
                    table="pins_photo",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="photo",
            trigger=pgtrigger.compiler.Trigger(
                name="queue_deleted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n        UPDATE pins_queueentry entry\n        SET has_photos = found.has_photos\n        FROM (\n            SELECT touched.pin_id, EXISTS (\n                SELECT FROM pins_photo photo WHERE photo.pin_id = touched.pin_id\n            ) AS has_photos\n            FROM (SELECT pin_id FROM before) touched\n        ) found\n        WHERE entry.pin_id = found.pin_id AND entry.comment_id IS NULL\n          AND entry.has_photos <> found.has_photos;\n     RETURN NULL;",
                    hash="7897bece95b6e280cac4007a7cc4d0d4e98f90d6",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_queue_deleted_d8838",
                    referencing="REFERENCING OLD TABLE AS before ",
                    table="pins_photo",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="pin",
            trigger=pgtrigger.compiler.Trigger(
                name="queue_inserted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    INSERT INTO pins_queueentry (pin_id, kind, district_id, theme_id, waiting_since)\n    SELECT \n    now.id,\n    CASE WHEN now.source IN ('stand', 'card') THEN 'event' ELSE 'contribution' END,\n    now.district_id, now.theme_id, now.created_at\n FROM changed now\n    WHERE now.visibility = 'submitted'\n    ON CONFLICT DO NOTHING;\n RETURN NULL;",
                    hash="b42a816d34ec367042a7b7d223c8f5b93b57de26",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_queue_inserted_345a4",
                    referencing="REFERENCING NEW TABLE AS changed ",
                    table="pins_pin",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="pin",
            trigger=pgtrigger.compiler.Trigger(
                name="queue_updated",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    IF EXISTS (\n        SELECT FROM before JOIN changed USING (id)\n        WHERE (before.visibility, before.district_id, before.theme_id)\n            <> (changed.visibility, changed.district_id, changed.theme_id)\n    ) THEN\n        DELETE FROM pins_queueentry entry USING changed\n        WHERE entry.pin_id = changed.id AND entry.comment_id IS NULL\n          AND changed.visibility <> 'submitted';\n        UPDATE pins_queueentry entry\n        SET district_id = changed.district_id, theme_id = changed.theme_id\n        FROM changed\n        WHERE entry.pin_id = changed.id\n          AND (entry.district_id, entry.theme_id)\n            <> (changed.district_id, changed.theme_id);\n        \n    INSERT INTO pins_queueentry (pin_id, kind, district_id, theme_id, waiting_since)\n    SELECT \n    now.id,\n    CASE WHEN now.source IN ('stand', 'card') THEN 'event' ELSE 'contribution' END,\n    now.district_id, now.theme_id, now.created_at\n FROM changed now\n    WHERE now.visibility = 'submitted'\n    ON CONFLICT DO NOTHING;\n\n    END IF;\n RETURN NULL;",
                    hash="8d5fd35c9c01da809965e80e00b7a633f97fafa5",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_queue_updated_90d76",
                    referencing="REFERENCING OLD TABLE AS before  NEW TABLE AS changed ",
                    table="pins_pin",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddField(
            model_name="question",
            name="asked_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="actor",
            ),
        ),
        migrations.AddField(
            model_name="question",
            name="comment",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="%(class)ss",
                to="pins.comment",
            ),
        ),
        migrations.AddField(
            model_name="question",
            name="pin",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="%(class)ss",
                to="pins.pin",
            ),
        ),
        migrations.AddField(
            model_name="queueentry",
            name="claimed_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="queueentry",
            name="comment",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="pins.comment",
            ),
        ),
        migrations.AddField(
            model_name="queueentry",
            name="district",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="districts.district",
            ),
        ),
        migrations.AddField(
            model_name="queueentry",
            name="pin",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="pins.pin",
            ),
        ),
        migrations.AddField(
            model_name="queueentry",
            name="theme",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="layers.theme",
            ),
        ),
        migrations.AddConstraint(
            model_name="reasontemplate",
            constraint=models.UniqueConstraint(
                fields=("use", "title"), name="reasontemplate_title_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="reasontemplate",
            constraint=models.CheckConstraint(
                condition=models.Q(("use__in", ["refuse", "ask"])),
                name="reasontemplate_use_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="reasontemplate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("text_de__length__gte", 1),
                    ("text_de__length__lte", 4000),
                    ("text_en__length__gte", 1),
                    ("text_en__length__lte", 4000),
                ),
                name="reasontemplate_text_length",
            ),
        ),
        migrations.AddField(
            model_name="wording",
            name="actor",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="actor",
            ),
        ),
        migrations.AddField(
            model_name="wording",
            name="comment",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="%(class)ss",
                to="pins.comment",
            ),
        ),
        migrations.AddField(
            model_name="wording",
            name="pin",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="%(class)ss",
                to="pins.pin",
            ),
        ),
        migrations.AddConstraint(
            model_name="question",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("comment", None), ("pin__isnull", False)),
                    models.Q(("comment__isnull", False), ("pin", None)),
                    _connector="OR",
                ),
                name="question_about_one",
            ),
        ),
        migrations.AddConstraint(
            model_name="question",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("text__length__gte", 1),
                    ("text__length__lte", 4000),
                    ("answer__length__lte", 2000),
                ),
                name="question_text_length",
            ),
        ),
        migrations.AddConstraint(
            model_name="question",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("answer", ""), ("answered_at__isnull", False), _connector="OR"
                ),
                name="question_answer_has_a_date",
            ),
        ),
        migrations.AddConstraint(
            model_name="question",
            constraint=models.UniqueConstraint(
                condition=models.Q(("answered_at", None)),
                fields=("pin",),
                name="question_one_open_of_pin",
            ),
        ),
        migrations.AddConstraint(
            model_name="question",
            constraint=models.UniqueConstraint(
                condition=models.Q(("answered_at", None)),
                fields=("comment",),
                name="question_one_open_of_comment",
            ),
        ),
        migrations.AddIndex(
            model_name="queueentry",
            index=models.Index(
                models.F("waiting_since"),
                models.F("id"),
                condition=models.Q(("asked_at", None)),
                name="queueentry_waiting",
            ),
        ),
        migrations.AddIndex(
            model_name="queueentry",
            index=models.Index(
                models.F("kind"),
                models.F("waiting_since"),
                models.F("id"),
                condition=models.Q(("asked_at", None)),
                name="queueentry_kind",
            ),
        ),
        migrations.AddIndex(
            model_name="queueentry",
            index=models.Index(
                models.F("district"),
                models.F("waiting_since"),
                models.F("id"),
                condition=models.Q(("asked_at", None)),
                name="queueentry_district",
            ),
        ),
        migrations.AddIndex(
            model_name="queueentry",
            index=models.Index(
                models.F("theme"),
                models.F("waiting_since"),
                models.F("id"),
                condition=models.Q(("asked_at", None)),
                name="queueentry_theme",
            ),
        ),
        migrations.AddIndex(
            model_name="queueentry",
            index=models.Index(
                models.F("waiting_since"),
                models.F("id"),
                condition=models.Q(("asked_at", None), ("has_photos", True)),
                name="queueentry_photos",
            ),
        ),
        migrations.AddIndex(
            model_name="queueentry",
            index=models.Index(
                models.F("waiting_since"),
                models.F("id"),
                condition=models.Q(("asked_at__isnull", False)),
                name="queueentry_with_author",
            ),
        ),
        migrations.AddConstraint(
            model_name="queueentry",
            constraint=models.UniqueConstraint(
                condition=models.Q(("comment", None)),
                fields=("pin",),
                name="queueentry_pin_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="queueentry",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["contribution", "comment", "event"])),
                name="queueentry_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="queueentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("claimed_by", None),
                    models.Q(
                        ("claimed_at__isnull", False), ("renewed_at__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="queueentry_claim_has_its_times",
            ),
        ),
        migrations.AddConstraint(
            model_name="wording",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("comment", None), ("pin__isnull", False)),
                    models.Q(("comment__isnull", False), ("pin", None)),
                    _connector="OR",
                ),
                name="wording_about_one",
            ),
        ),
        migrations.AddConstraint(
            model_name="wording",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("cause__in", ["sent", "edited", "redacted", "restored"])
                ),
                name="wording_cause_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="wording",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("cause__in", ["sent", "edited"]),
                    ("actor__isnull", False),
                    _connector="OR",
                ),
                name="wording_moderators_are_known",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="wording",
            trigger=pgtrigger.compiler.Trigger(
                name="never_edited",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="92317f7f6559446db197db7bfb85a90a234a3552",
                    operation="UPDATE",
                    pgid="pgtrigger_never_edited_93395",
                    table="pins_wording",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.RunSQL(REFRESH, FORMER_REFRESH),
    ]
