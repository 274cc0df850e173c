"""Sittings, agendas, matters and what a desk keeps for itself."""

import uuid

import django.core.validators
import django.db.models.constraints
import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import councils.models.sitting

UNHEARD = """
CREATE FUNCTION councils_bodies_unheard(matter bigint) RETURNS TABLE (body_id bigint)
LANGUAGE sql STABLE AS $$
    SELECT touched.body_id
    FROM (
        -- Where its contributions lie, whoever works on them.
        SELECT r.body_id
        FROM councils_matterpin part
        JOIN pins_pin p ON p.id = part.pin_id
        JOIN districts_responsibility r ON r.district_id = p.district_id
            AND r.valid_from <= CURRENT_DATE
            AND (r.valid_to IS NULL OR r.valid_to > CURRENT_DATE)
        JOIN districts_body b ON b.id = r.body_id AND b.kind = 'district_council'
        WHERE part.matter_id = matter
        UNION
        SELECT h.body_id FROM councils_hearing h WHERE h.matter_id = matter
    ) touched
    WHERE NOT EXISTS (
        SELECT FROM councils_hearing h
        WHERE h.matter_id = matter AND h.body_id = touched.body_id
          AND h.waived_at IS NOT NULL
    )
    AND NOT EXISTS (
        SELECT FROM councils_consultation c
        WHERE c.matter_id = matter AND c.body_id = touched.body_id
          AND c.decided_at IS NOT NULL AND c.outcome <> 'postponed'
    )
$$;
COMMENT ON FUNCTION councils_bodies_unheard IS
    'The district councils that a matter touches and that have neither been heard on it nor waived that (GemO RLP § 75).';
"""


class Migration(migrations.Migration):
    dependencies = [
        ("councils", "0001_initial"),
        ("districts", "0003_seats_and_chain"),
        ("pins", "0005_handovers_and_merges"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AgendaItem",
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
                ("order", models.PositiveSmallIntegerField(verbose_name="order")),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("is_public", models.BooleanField(default=True, verbose_name="public")),
                (
                    "result",
                    models.CharField(blank=True, max_length=200, verbose_name="result"),
                ),
                (
                    "resolution_text",
                    models.TextField(
                        blank=True,
                        validators=[django.core.validators.MaxLengthValidator(10000)],
                        verbose_name="resolution",
                    ),
                ),
                (
                    "votes_for",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="for"
                    ),
                ),
                (
                    "votes_against",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="against"
                    ),
                ),
                (
                    "votes_abstained",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="abstained"
                    ),
                ),
                ("version", models.PositiveIntegerField(default=0, editable=False)),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False
                    ),
                ),
                (
                    "modified_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False
                    ),
                ),
            ],
            options={
                "verbose_name": "agenda item",
                "verbose_name_plural": "agenda items",
                "ordering": ["sitting", "order"],
            },
        ),
        migrations.CreateModel(
            name="Matter",
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
                ("title", models.CharField(max_length=200, verbose_name="title")),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False
                    ),
                ),
            ],
            options={
                "verbose_name": "matter",
                "verbose_name_plural": "matters",
            },
        ),
        migrations.CreateModel(
            name="Consultation",
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
                ("order", models.PositiveSmallIntegerField(verbose_name="order")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("hearing", "Hearing"),
                            ("advice", "Advice"),
                            ("notice", "Notice"),
                            ("decision", "Decision"),
                        ],
                        max_length=10,
                        verbose_name="role",
                    ),
                ),
                (
                    "is_authoritative",
                    models.BooleanField(
                        default=False,
                        help_text="Here it is decided; everything else is advice.",
                        verbose_name="authoritative",
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("endorsed", "Endorsed"),
                            ("not_endorsed", "Not endorsed"),
                            ("referred", "Referred"),
                            ("postponed", "Postponed"),
                            ("noted", "Noted"),
                        ],
                        max_length=12,
                        verbose_name="outcome",
                    ),
                ),
                (
                    "reason",
                    models.TextField(
                        blank=True,
                        validators=[django.core.validators.MaxLengthValidator(4000)],
                        verbose_name="reason",
                    ),
                ),
                (
                    "announced_at",
                    models.DateTimeField(blank=True, editable=False, null=True),
                ),
                (
                    "decided_at",
                    models.DateTimeField(blank=True, editable=False, null=True),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False
                    ),
                ),
                (
                    "modified_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False
                    ),
                ),
                (
                    "body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="consultations",
                        to="districts.body",
                        verbose_name="body",
                    ),
                ),
                (
                    "item",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="consultation",
                        to="councils.agendaitem",
                        verbose_name="agenda item",
                    ),
                ),
                (
                    "matter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="consultations",
                        to="councils.matter",
                        verbose_name="matter",
                    ),
                ),
            ],
            options={
                "verbose_name": "consultation",
                "verbose_name_plural": "consultations",
                "ordering": ["matter", "order"],
            },
        ),
        migrations.CreateModel(
            name="ConsultationStep",
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
                    "change",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="consultation_step",
                        to="pins.statuschange",
                    ),
                ),
                (
                    "consultation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="steps",
                        to="councils.consultation",
                    ),
                ),
            ],
            options={
                "verbose_name": "step of a consultation",
                "verbose_name_plural": "steps of consultations",
            },
        ),
        migrations.CreateModel(
            name="Hearing",
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
                    "waived_because",
                    models.TextField(
                        blank=True,
                        validators=[django.core.validators.MaxLengthValidator(4000)],
                        verbose_name="reason",
                    ),
                ),
                (
                    "waived_at",
                    models.DateTimeField(blank=True, editable=False, null=True),
                ),
                (
                    "body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="districts.body",
                        verbose_name="body",
                    ),
                ),
                (
                    "waived_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "matter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="hearings",
                        to="councils.matter",
                    ),
                ),
            ],
            options={
                "verbose_name": "hearing",
                "verbose_name_plural": "hearings",
            },
        ),
        migrations.CreateModel(
            name="MatterPin",
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
                    "matter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        to="councils.matter",
                    ),
                ),
                (
                    "pin",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="in_matter",
                        to="pins.pin",
                    ),
                ),
            ],
            options={
                "verbose_name": "contribution of a matter",
                "verbose_name_plural": "contributions of matters",
            },
        ),
        migrations.AddField(
            model_name="matter",
            name="pins",
            field=models.ManyToManyField(
                related_name="matters",
                through="councils.MatterPin",
                to="pins.pin",
                verbose_name="contributions",
            ),
        ),
        migrations.CreateModel(
            name="Sitting",
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
                ("start", models.DateTimeField(verbose_name="start")),
                (
                    "end",
                    models.DateTimeField(blank=True, null=True, verbose_name="end"),
                ),
                ("place", models.CharField(max_length=200, verbose_name="place")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("planned", "Planned"),
                            ("invited", "Invited"),
                            ("held", "Held"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="planned",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                (
                    "cancelled_because",
                    models.CharField(blank=True, max_length=300, verbose_name="reason"),
                ),
                (
                    "ris_url",
                    models.URLField(
                        blank=True,
                        max_length=500,
                        verbose_name="address in the council information system",
                    ),
                ),
                (
                    "invitation",
                    models.FileField(
                        blank=True,
                        upload_to=councils.models.sitting.paper_path,
                        verbose_name="invitation",
                    ),
                ),
                (
                    "minutes",
                    models.FileField(
                        blank=True,
                        upload_to=councils.models.sitting.paper_path,
                        verbose_name="minutes",
                    ),
                ),
                (
                    "sequence",
                    models.PositiveIntegerField(
                        default=0, editable=False, verbose_name="version in calendars"
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now,
                        editable=False,
                        verbose_name="added at",
                    ),
                ),
                (
                    "modified_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now,
                        editable=False,
                        verbose_name="changed at",
                    ),
                ),
                (
                    "body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sittings",
                        to="districts.body",
                        verbose_name="body",
                    ),
                ),
            ],
            options={
                "verbose_name": "sitting",
                "verbose_name_plural": "sittings",
                "ordering": ["-start", "-id"],
            },
        ),
        migrations.CreateModel(
            name="Paper",
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
                ("format", models.CharField(max_length=10)),
                ("query", models.TextField(blank=True)),
                ("language", models.CharField(max_length=2)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("running", "Being made"),
                            ("ready", "Ready"),
                            ("failed", "Failed"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("done", models.PositiveIntegerField(default=0)),
                ("total", models.PositiveIntegerField(default=0)),
                ("file", models.FileField(blank=True, upload_to="papers/")),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False
                    ),
                ),
                (
                    "body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="districts.body",
                    ),
                ),
                (
                    "requested_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "sitting",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="papers",
                        to="councils.sitting",
                    ),
                ),
            ],
            options={
                "verbose_name": "paper",
                "verbose_name_plural": "papers",
            },
        ),
        migrations.AddField(
            model_name="agendaitem",
            name="sitting",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="items",
                to="councils.sitting",
                verbose_name="sitting",
            ),
        ),
        migrations.CreateModel(
            name="AnswerTemplate",
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
                ("title", models.CharField(max_length=80, verbose_name="title")),
                (
                    "text",
                    models.TextField(
                        validators=[django.core.validators.MaxLengthValidator(4000)],
                        verbose_name="text",
                    ),
                ),
                (
                    "body",
                    models.ForeignKey(
                        blank=True,
                        help_text="Empty: for all bodies.",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="answer_templates",
                        to="districts.body",
                        verbose_name="body",
                    ),
                ),
            ],
            options={
                "verbose_name": "template of an answer",
                "verbose_name_plural": "templates of answers",
                "ordering": ["title", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("body", "title"),
                        name="answertemplate_title_once",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("text__length__gte", 1), ("text__length__lte", 4000)
                        ),
                        name="answertemplate_text_length",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Assignment",
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
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False
                    ),
                ),
                (
                    "assigned_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "assignee",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="assignments",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="assigned to",
                    ),
                ),
                (
                    "body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="districts.body",
                    ),
                ),
                (
                    "pin",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="assignments",
                        to="pins.pin",
                    ),
                ),
            ],
            options={
                "verbose_name": "assignment",
                "verbose_name_plural": "assignments",
                "indexes": [
                    models.Index(
                        models.F("assignee"),
                        models.F("body"),
                        models.F("pin"),
                        name="assignment_of_somebody",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("pin", "body"), name="assignment_one_a_desk"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DeskNote",
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
                        validators=[django.core.validators.MaxLengthValidator(2000)],
                        verbose_name="note",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="districts.body",
                    ),
                ),
                (
                    "pin",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="desk_notes",
                        to="pins.pin",
                    ),
                ),
            ],
            options={
                "verbose_name": "internal note",
                "verbose_name_plural": "internal notes",
                "ordering": ["created_at", "id"],
                "indexes": [
                    models.Index(
                        models.F("pin"), models.F("body"), name="desknote_pin_body"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("text__length__gte", 1), ("text__length__lte", 2000)
                        ),
                        name="desknote_text_length",
                    )
                ],
            },
        ),
        migrations.RunSQL(UNHEARD, "DROP FUNCTION councils_bodies_unheard(bigint);"),
        pgtrigger.migrations.AddTrigger(
            model_name="desknote",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="7ee4ed85c9f3fa3782500a705e39ffcaea7ae372",
                    operation="UPDATE",
                    pgid="pgtrigger_append_only_546df",
                    table="councils_desknote",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="hearing",
            constraint=models.UniqueConstraint(
                fields=("matter", "body"), name="hearing_once_a_body"
            ),
        ),
        migrations.AddConstraint(
            model_name="hearing",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("waived_at", None),
                        ("waived_because", ""),
                        ("waived_by__isnull", True),
                    ),
                    models.Q(
                        ("waived_at__isnull", False),
                        ("waived_because__gt", ""),
                        ("waived_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="hearing_waived_with_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="consultation",
            constraint=models.UniqueConstraint(
                fields=("matter", "order"), name="consultation_order_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="consultation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("decided_at", None)),
                fields=("matter", "body"),
                name="consultation_once_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="consultation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("role__in", ["hearing", "advice", "notice", "decision"])
                ),
                name="consultation_role_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="consultation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "outcome__in",
                        [
                            "",
                            "endorsed",
                            "not_endorsed",
                            "referred",
                            "postponed",
                            "noted",
                        ],
                    )
                ),
                name="consultation_outcome_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="consultation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("is_authoritative", True), ("role", "decision")),
                    models.Q(
                        ("is_authoritative", False),
                        models.Q(("role", "decision"), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="consultation_decisions_are_authoritative",
            ),
        ),
        migrations.AddConstraint(
            model_name="consultation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("decided_at", None),
                    models.Q(
                        models.Q(("outcome", ""), _negated=True),
                        ("item__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="consultation_decided_with_an_outcome",
            ),
        ),
        migrations.AddConstraint(
            model_name="consultation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("decided_at", None),
                    models.Q(("outcome", "not_endorsed"), _negated=True),
                    models.Q(("reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="consultation_refused_with_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="consultation",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason__length__lte", 4000)),
                name="consultation_reason_length",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="consultation",
            trigger=pgtrigger.compiler.Trigger(
                name="body_of_the_sitting",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n                    IF NEW.item_id IS NOT NULL AND NEW.body_id <> (\n                        SELECT s.body_id FROM councils_agendaitem i\n                        JOIN councils_sitting s ON s.id = i.sitting_id\n                        WHERE i.id = NEW.item_id\n                    ) THEN\n                        RAISE EXCEPTION 'The item is on the agenda of another body.'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'consultation_body_of_the_sitting';\n                    END IF;\n                    RETURN NEW;\n                ",
                    hash="6394b2178847eaa40df45db7198585876ce35a02",
                    operation='INSERT OR UPDATE OF "item_id", "body_id"',
                    pgid="pgtrigger_body_of_the_sitting_7758a",
                    table="councils_consultation",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="consultation",
            trigger=pgtrigger.compiler.Trigger(
                name="heard_before_decided",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n                    IF NEW.decided_at IS NOT NULL AND NEW.is_authoritative\n                        AND NEW.outcome IN ('endorsed', 'not_endorsed')\n                        AND EXISTS (\n                            SELECT FROM councils_bodies_unheard(NEW.matter_id) u\n                            WHERE u.body_id <> NEW.body_id\n                        )\n                    THEN\n                        RAISE EXCEPTION 'A district council has not been heard.'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'consultation_heard_before_decided';\n                    END IF;\n                    RETURN NEW;\n                ",
                    hash="7e8e51c3fdb87c6d29e4d62cbbe9a5fc5f73da64",
                    operation='INSERT OR UPDATE OF "decided_at"',
                    pgid="pgtrigger_heard_before_decided_9713a",
                    table="councils_consultation",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="sitting",
            index=models.Index(
                models.F("body"), models.F("start"), name="sitting_body_start"
            ),
        ),
        migrations.AddConstraint(
            model_name="sitting",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["planned", "invited", "held", "cancelled"])
                ),
                name="sitting_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="sitting",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("end", None), ("end__gt", models.F("start")), _connector="OR"
                ),
                name="sitting_ends_after_its_start",
            ),
        ),
        migrations.AddConstraint(
            model_name="sitting",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("cancelled_because__gt", ""), ("state", "cancelled")),
                    models.Q(
                        models.Q(("state", "cancelled"), _negated=True),
                        ("cancelled_because", ""),
                    ),
                    _connector="OR",
                ),
                name="sitting_cancelled_with_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="sitting",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "cancelled"), _negated=True),
                fields=("body", "start"),
                name="sitting_one_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="paper",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["waiting", "running", "ready", "failed"])
                ),
                name="paper_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="paper",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "ready"), _negated=True),
                    models.Q(("file", ""), _negated=True),
                    _connector="OR",
                ),
                name="paper_ready_with_a_file",
            ),
        ),
        migrations.AddConstraint(
            model_name="agendaitem",
            constraint=models.UniqueConstraint(
                deferrable=django.db.models.constraints.Deferrable["DEFERRED"],
                fields=("sitting", "order"),
                name="agendaitem_order_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="agendaitem",
            constraint=models.CheckConstraint(
                condition=models.Q(("order__gte", 1)), name="agendaitem_order_from_one"
            ),
        ),
        migrations.AddConstraint(
            model_name="agendaitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("votes_abstained", None),
                        ("votes_against", None),
                        ("votes_for", None),
                    ),
                    models.Q(
                        ("votes_abstained__isnull", False),
                        ("votes_against__isnull", False),
                        ("votes_for__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="agendaitem_votes_all_or_none",
            ),
        ),
        migrations.AddConstraint(
            model_name="agendaitem",
            constraint=models.CheckConstraint(
                condition=models.Q(("resolution_text__length__lte", 10000)),
                name="agendaitem_resolution_length",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="agendaitem",
            trigger=pgtrigger.compiler.Trigger(
                name="votes_within_seats",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n                    IF NEW.votes_for + NEW.votes_against + NEW.votes_abstained > (\n                        SELECT b.seats FROM councils_sitting s\n                        JOIN districts_body b ON b.id = s.body_id\n                        WHERE s.id = NEW.sitting_id\n                    ) THEN\n                        RAISE EXCEPTION 'More votes than the body has.'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'agendaitem_votes_within_seats';\n                    END IF;\n                    RETURN NEW;\n                ",
                    hash="9270314c136a04da6e24304531a1ca9df01a7f69",
                    operation='INSERT OR UPDATE OF "votes_for", "votes_against", "votes_abstained"',
                    pgid="pgtrigger_votes_within_seats_2d121",
                    table="councils_agendaitem",
                    when="BEFORE",
                ),
            ),
        ),
    ]
