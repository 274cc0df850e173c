"""Handovers, merges, steps taken back, and a read model that knows of them."""

from importlib import import_module

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

REFRESH = """
CREATE OR REPLACE FUNCTION pins_refresh_public(pin_ids bigint[]) RETURNS void
LANGUAGE plpgsql
SET timezone = 'UTC'
AS $$
BEGIN
    IF cardinality(pin_ids) = 0 THEN
        RETURN;
    END IF;

    DELETE FROM pins_publicpin gone
    WHERE gone.id = ANY (pin_ids)
      AND NOT EXISTS (
          SELECT FROM pins_pin p WHERE p.id = gone.id AND p.visibility = 'published'
      );

    INSERT INTO pins_publicpin (
        id, reference, kind, theme_id, theme_slug, status, title, text, language,
        location, is_approximate, is_rough, place_note, photos,
        district_id, district_number, district_name, district_slug,
        body_id, body_name, body_slug,
        created_at, published_at, status_changed_at, waiting_since, answered_after,
        public_answer, duplicate_of, timeline, search, support_count, comment_count
    )
    SELECT
        p.id, p.reference, p.kind, p.theme_id, t.slug, p.status, p.title, p.text,
        p.language,
        -- The point of a place in words stands for its district already.
        CASE WHEN p.is_rough AND NOT p.is_approximate
            THEN pins_rough_location(p.location, d.geometry) ELSE p.location END,
        p.is_approximate, p.is_rough, p.place_note, COALESCE(album.photos, '[]'),
        d.id, d.number, d.name, d.slug, b.id, b.name, b.slug,
        p.created_at, p.published_at,
        COALESCE(steps.last_at, p.published_at),
        GREATEST(steps.last_at, handed.last_at, p.published_at),
        -- An answer may be older than a publication that came after hiding.
        GREATEST(steps.answered_at - p.published_at, interval '0'),
        COALESCE(steps.answer, ''), COALESCE(survivor.reference, ''),
        COALESCE(steps.entries, '[]') || COALESCE(handed.entries, '[]'),
        setweight(to_tsvector('pins_german', p.title), 'A')
            || setweight(to_tsvector('pins_german', p.text), 'B')
            || setweight(to_tsvector('pins_german', p.place_note), 'C')
            || setweight(to_tsvector('simple', p.reference), 'A'),
        -- Counted for a row that is new here; triggers move the counts from then on.
        (SELECT count(*) FROM pins_support s WHERE s.pin_id = p.id),
        (SELECT count(*) FROM pins_comment c
            WHERE c.pin_id = p.id AND c.visibility = 'published')
    FROM pins_pin p
    JOIN layers_theme t ON t.id = p.theme_id
    JOIN districts_district d ON d.id = p.district_id
    -- The body that answers today; of a district version that has ended, its last one.
    JOIN LATERAL (
        SELECT r.body_id
        FROM districts_responsibility r
        WHERE r.district_id = d.id AND r.valid_from <= CURRENT_DATE
        ORDER BY r.valid_from DESC
        LIMIT 1
    ) duty ON true
    JOIN districts_body b ON b.id = COALESCE(p.handed_to_id, duty.body_id)
    LEFT JOIN pins_pin survivor
        ON survivor.id = p.duplicate_of_id AND survivor.visibility = 'published'
    LEFT JOIN LATERAL (
        SELECT
            max(s.created_at) AS last_at,
            min(s.created_at) FILTER (WHERE s.public_note <> '') AS answered_at,
            (array_agg(s.public_note ORDER BY s.created_at DESC, s.id DESC)
                FILTER (WHERE s.public_note <> ''))[1] AS answer,
            jsonb_agg(
                jsonb_build_object(
                    'id', s.id, 'at', s.created_at, 'status', s.to_status,
                    'body', speaker.name, 'note', s.public_note, 'handed_to', NULL
                ) ORDER BY s.created_at, s.id
            ) AS entries
        FROM pins_statuschange s
        LEFT JOIN districts_body speaker ON speaker.id = s.body_id
        -- A step taken back is nobody's business any more, nor is its taking back.
        WHERE s.pin_id = p.id AND s.undoes_id IS NULL
          AND NOT EXISTS (
              SELECT FROM pins_statuschange undoing WHERE undoing.undoes_id = s.id
          )
    ) steps ON true
    LEFT JOIN LATERAL (
        SELECT
            max(h.created_at) AS last_at,
            jsonb_agg(
                jsonb_build_object(
                    'id', NULL, 'at', h.created_at, 'status', '',
                    'body', giver.name, 'note', h.reason, 'handed_to', taker.name
                ) ORDER BY h.created_at, h.id
            ) AS entries
        FROM pins_handover h
        JOIN districts_body giver ON giver.id = h.from_body_id
        JOIN districts_body taker ON taker.id = h.to_body_id
        WHERE h.pin_id = p.id AND h.undoes_id IS NULL
          AND NOT EXISTS (
              SELECT FROM pins_handover undoing WHERE undoing.undoes_id = h.id
          )
    ) handed ON true
    LEFT JOIN LATERAL (
        SELECT jsonb_agg(
            jsonb_build_object(
                'name', photo.name, 'width', photo.width, 'height', photo.height,
                'alt', photo.alt
            ) ORDER BY photo.position
        ) AS photos
        FROM pins_photo photo
        WHERE photo.pin_id = p.id
    ) album ON true
    WHERE p.id = ANY (pin_ids) AND p.visibility = 'published'
    ON CONFLICT (id) DO UPDATE SET
        reference = excluded.reference, kind = excluded.kind,
        theme_id = excluded.theme_id, theme_slug = excluded.theme_slug,
        status = excluded.status, title = excluded.title, text = excluded.text,
        language = excluded.language, location = excluded.location,
        is_approximate = excluded.is_approximate, is_rough = excluded.is_rough,
        place_note = excluded.place_note, photos = excluded.photos,
        district_id = excluded.district_id,
        district_number = excluded.district_number,
        district_name = excluded.district_name, district_slug = excluded.district_slug,
        body_id = excluded.body_id, body_name = excluded.body_name,
        body_slug = excluded.body_slug, created_at = excluded.created_at,
        published_at = excluded.published_at,
        status_changed_at = excluded.status_changed_at,
        waiting_since = excluded.waiting_since,
        answered_after = excluded.answered_after,
        public_answer = excluded.public_answer, duplicate_of = excluded.duplicate_of,
        timeline = excluded.timeline, search = excluded.search;
END;
$$;
COMMENT ON FUNCTION pins_refresh_public IS
    'Brings the public rows of these pins up to date: writes the published, removes the rest.';
"""


# The body of a contribution that was handed over follows no change of boundaries; its
# giver and taker stand in the timeline by name.
FOLLOW = """
CREATE OR REPLACE FUNCTION pins_follow_body() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- The name also stands in the timelines of pins it once answered.
    PERFORM pins_refresh_public(ARRAY(
        SELECT id FROM pins_publicpin WHERE body_id = NEW.id
        UNION
        SELECT pin_id FROM pins_statuschange WHERE body_id = NEW.id
        UNION
        SELECT pin_id FROM pins_handover
        WHERE from_body_id = NEW.id OR to_body_id = NEW.id
    ));
    RETURN NULL;
END;
$$;
CREATE OR REPLACE FUNCTION pins_follow_boundaries() RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    moved bigint;
BEGIN
    UPDATE pins_pin p
    SET district_id = found.district_id
    FROM (
        SELECT id, districts_at(location, CURRENT_DATE) AS district_id FROM pins_pin
    ) found
    -- A pin that no current district holds keeps the one it had.
    WHERE found.id = p.id AND found.district_id <> p.district_id;
    GET DIAGNOSTICS moved = ROW_COUNT;

    PERFORM pins_refresh_public(ARRAY(
        SELECT public.id
        FROM pins_publicpin public
        JOIN pins_pin p ON p.id = public.id AND p.handed_to_id IS NULL
        JOIN districts_responsibility r
            ON r.district_id = public.district_id
            AND r.valid_from <= CURRENT_DATE
            AND (r.valid_to IS NULL OR r.valid_to > CURRENT_DATE)
        WHERE r.body_id <> public.body_id
    ));
    RETURN moved;
END;
$$;
"""

# Answers are counted as soon as the rows know of them (0010).
COUNT_WHAT_IS_THERE = """
INSERT INTO pins_publiccell (
    zoom, tile_x, tile_y, cell, theme_slug, kind, status, district_slug, body_slug,
    n, answered, sum_x, sum_y, sum_id
)
SELECT zoom, tile_x, tile_y, cell, theme_slug, kind, status, district_slug, body_slug,
    count(*), count(answered_after),
    sum(round(ST_X(mercator))), sum(round(ST_Y(mercator))), sum(id)
FROM pins_publicpin, LATERAL pins_cells_at(mercator) place
GROUP BY zoom, tile_x, tile_y, cell, theme_slug, kind, status, district_slug, body_slug;
"""

FORMER_REFRESH = import_module("pins.migrations.0004_rough_places_and_cells").REFRESH


class Migration(migrations.Migration):
    dependencies = [
        ("districts", "0003_seats_and_chain"),
        ("layers", "0003_overlays"),
        ("pins", "0004_rough_places_and_cells"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Handover",
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
                ("reason", models.TextField(verbose_name="reason")),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, verbose_name="at"
                    ),
                ),
            ],
            options={
                "verbose_name": "handover",
                "verbose_name_plural": "handovers",
                "ordering": ["created_at", "id"],
            },
        ),
        migrations.CreateModel(
            name="Merge",
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
                    "support_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                (
                    "comment_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
            ],
            options={
                "verbose_name": "merging of duplicates",
                "verbose_name_plural": "mergings of duplicates",
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="publicpin",
            name="count_inserted",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="publicpin",
            name="count_updated",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="publicpin",
            name="count_deleted",
        ),
        migrations.RemoveConstraint(
            model_name="statuschange",
            name="statuschange_reason_for_refusal",
        ),
        migrations.AddField(
            model_name="pin",
            name="handed_to",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="districts.body",
                verbose_name="handed over to",
            ),
        ),
        migrations.AddField(
            model_name="publicpin",
            name="answered_after",
            field=models.DurationField(null=True),
        ),
        migrations.AddField(
            model_name="publicpin",
            name="waiting_since",
            field=models.DateTimeField(
                db_default=django.db.models.functions.datetime.Now()
            ),
        ),
        migrations.AddField(
            model_name="statuschange",
            name="undoes",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="undone_by",
                to="pins.statuschange",
                verbose_name="takes back",
            ),
        ),
        migrations.AddIndex(
            model_name="publicpin",
            index=models.Index(
                models.F("body"),
                models.F("status"),
                models.F("waiting_since"),
                models.F("id"),
                name="publicpin_body_waiting",
            ),
        ),
        migrations.AddIndex(
            model_name="publicpin",
            index=models.Index(
                models.F("district_slug"),
                models.F("answered_after"),
                condition=models.Q(("answered_after__isnull", False)),
                name="publicpin_answered_after",
            ),
        ),
        # A key of other columns is another table; its content is counted anew below.
        migrations.DeleteModel(name="PublicCell"),
        migrations.CreateModel(
            name="PublicCell",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "zoom",
                        "tile_x",
                        "tile_y",
                        "cell",
                        "theme_slug",
                        "kind",
                        "status",
                        "district_slug",
                        "body_slug",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("zoom", models.SmallIntegerField()),
                ("tile_x", models.IntegerField()),
                ("tile_y", models.IntegerField()),
                ("cell", models.SmallIntegerField()),
                ("theme_slug", models.CharField(max_length=40)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("idea", "Idea"),
                            ("problem", "Problem"),
                            ("keep", "Worth keeping"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("received", "Received"),
                            ("in_review", "In review"),
                            ("scheduled", "On the agenda"),
                            ("endorsed", "Endorsed"),
                            ("not_endorsed", "Heard, not supported"),
                            ("referred", "Referred"),
                            ("adopted", "Adopted"),
                            ("in_progress", "Being carried out"),
                            ("done", "Done"),
                            ("duplicate", "Duplicate"),
                        ],
                        max_length=12,
                    ),
                ),
                ("district_slug", models.CharField(max_length=80)),
                ("body_slug", models.CharField(max_length=80)),
                ("n", models.IntegerField()),
                ("answered", models.IntegerField()),
                ("sum_x", models.BigIntegerField()),
                ("sum_y", models.BigIntegerField()),
                ("sum_id", models.BigIntegerField()),
            ],
            options={
                "verbose_name": "count of published contributions",
                "verbose_name_plural": "counts of published contributions",
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="support",
            trigger=pgtrigger.compiler.Trigger(
                name="count_moved",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n            -- An UPDATE of no row would count as a change of what the public sees.\n            IF EXISTS (\n                SELECT FROM (SELECT pin_id, 1 AS step FROM changed UNION ALL SELECT pin_id, -1 FROM before) step GROUP BY pin_id HAVING sum(step) <> 0\n            ) THEN\n                UPDATE pins_publicpin\n                SET support_count = support_count + moved.steps\n                FROM (\n                    SELECT pin_id, sum(step) AS steps FROM (SELECT pin_id, 1 AS step FROM changed UNION ALL SELECT pin_id, -1 FROM before) step\n                    GROUP BY pin_id HAVING sum(step) <> 0\n                ) moved\n                WHERE pins_publicpin.id = moved.pin_id;\n            END IF;\n            RETURN NULL;\n        ",
                    hash="030004db65e888bce72c3a3bc182cc38c405ff79",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_count_moved_69b7b",
                    referencing="REFERENCING OLD TABLE AS before  NEW TABLE AS changed ",
                    table="pins_support",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="statuschange",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("to_status", "not_endorsed"), _negated=True),
                    models.Q(("public_note", ""), _negated=True),
                    ("undoes__isnull", False),
                    _connector="OR",
                ),
                name="statuschange_reason_for_refusal",
            ),
        ),
        migrations.AddField(
            model_name="handover",
            name="actor",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                to=settings.AUTH_USER_MODEL,
                verbose_name="actor",
            ),
        ),
        migrations.AddField(
            model_name="handover",
            name="from_body",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="districts.body",
                verbose_name="from",
            ),
        ),
        migrations.AddField(
            model_name="handover",
            name="pin",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="handovers",
                to="pins.pin",
            ),
        ),
        migrations.AddField(
            model_name="handover",
            name="to_body",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="districts.body",
                verbose_name="to",
            ),
        ),
        migrations.AddField(
            model_name="handover",
            name="undoes",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="undone_by",
                to="pins.handover",
                verbose_name="takes back",
            ),
        ),
        migrations.AddField(
            model_name="merge",
            name="step",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, to="pins.statuschange"
            ),
        ),
        migrations.AddField(
            model_name="merge",
            name="survivor",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="merges",
                to="pins.pin",
            ),
        ),
        migrations.AddConstraint(
            model_name="handover",
            constraint=models.CheckConstraint(
                condition=models.Q(("from_body", models.F("to_body")), _negated=True),
                name="handover_moves",
            ),
        ),
        migrations.AddConstraint(
            model_name="handover",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("reason", ""), _negated=True),
                    ("undoes__isnull", False),
                    _connector="OR",
                ),
                name="handover_has_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="handover",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason__length__lte", 4000)),
                name="handover_reason_length",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="handover",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="34e6673b1ebc632d26042e5fde3edd6fad785dc7",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_23c86",
                    table="pins_handover",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="handover",
            trigger=pgtrigger.compiler.Trigger(
                name="show_handed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="PERFORM pins_refresh_public(ARRAY(SELECT DISTINCT pin_id FROM changed)); RETURN NULL;",
                    hash="d965ce5d225bce6200104381b3425cd3558bdbe7",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_show_handed_7dbb1",
                    referencing="REFERENCING NEW TABLE AS changed ",
                    table="pins_handover",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="merge",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="239c75645a5694fb1ff1dbd3bbcabc068d9c80a2",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_5dc0b",
                    table="pins_merge",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.RunSQL(REFRESH, FORMER_REFRESH),
        migrations.RunSQL(FOLLOW, migrations.RunSQL.noop),
        migrations.RunSQL(COUNT_WHAT_IS_THERE, migrations.RunSQL.noop),
        pgtrigger.migrations.AddTrigger(
            model_name="publicpin",
            trigger=pgtrigger.compiler.Trigger(
                name="count_inserted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n            MERGE INTO pins_publiccell known\n            USING (\n                SELECT zoom, tile_x, tile_y, cell, theme_slug, kind, status, district_slug, body_slug, sum(sign) AS n,\n                    sum(sign * round(ST_X(mercator))::bigint) AS sum_x,\n                    sum(sign * round(ST_Y(mercator))::bigint) AS sum_y,\n                    sum(sign * id) AS sum_id, sum(sign * answered) AS answered\n                FROM (SELECT 1 AS sign, id, theme_slug, kind, status, district_slug, body_slug, (answered_after IS NOT NULL)::integer AS answered, mercator FROM changed) moved, LATERAL pins_cells_at(mercator) place\n                GROUP BY zoom, tile_x, tile_y, cell, theme_slug, kind, status, district_slug, body_slug\n                HAVING sum(sign) <> 0 OR sum(sign * id) <> 0\n                    OR sum(sign * answered) <> 0\n                    OR sum(sign * round(ST_X(mercator))::bigint) <> 0\n                    OR sum(sign * round(ST_Y(mercator))::bigint) <> 0\n            ) step\n            ON known.zoom = step.zoom AND known.tile_x = step.tile_x AND known.tile_y = step.tile_y AND known.cell = step.cell AND known.theme_slug = step.theme_slug AND known.kind = step.kind AND known.status = step.status AND known.district_slug = step.district_slug AND known.body_slug = step.body_slug\n            WHEN MATCHED AND known.n + step.n = 0 THEN DELETE\n            WHEN MATCHED THEN UPDATE SET\n                n = known.n + step.n, answered = known.answered + step.answered,\n                sum_x = known.sum_x + step.sum_x, sum_y = known.sum_y + step.sum_y,\n                sum_id = known.sum_id + step.sum_id\n            WHEN NOT MATCHED THEN\n                INSERT (zoom, tile_x, tile_y, cell, theme_slug, kind, status, district_slug, body_slug, n, answered, sum_x, sum_y, sum_id)\n                VALUES (\n                    step.zoom, step.tile_x, step.tile_y, step.cell, step.theme_slug, step.kind, step.status, step.district_slug, step.body_slug,\n                    step.n, step.answered, step.sum_x, step.sum_y, step.sum_id\n                );\n            RETURN NULL;\n        ",
                    hash="20ef83707664a1016d042e52c788836459e3975c",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_count_inserted_79590",
                    referencing="REFERENCING NEW TABLE AS changed ",
                    table="pins_publicpin",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="publicpin",
            trigger=pgtrigger.compiler.Trigger(
                name="count_updated",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n            MERGE INTO pins_publiccell known\n            USING (\n                SELECT zoom, tile_x, tile_y, cell, theme_slug, kind, status, district_slug, body_slug, sum(sign) AS n,\n                    sum(sign * round(ST_X(mercator))::bigint) AS sum_x,\n                    sum(sign * round(ST_Y(mercator))::bigint) AS sum_y,\n                    sum(sign * id) AS sum_id, sum(sign * answered) AS answered\n                FROM (SELECT -1 AS sign, id, theme_slug, kind, status, district_slug, body_slug, (answered_after IS NOT NULL)::integer AS answered, mercator FROM before UNION ALL SELECT 1 AS sign, id, theme_slug, kind, status, district_slug, body_slug, (answered_after IS NOT NULL)::integer AS answered, mercator FROM changed) moved, LATERAL pins_cells_at(mercator) place\n                GROUP BY zoom, tile_x, tile_y, cell, theme_slug, kind, status, district_slug, body_slug\n                HAVING sum(sign) <> 0 OR sum(sign * id) <> 0\n                    OR sum(sign * answered) <> 0\n                    OR sum(sign * round(ST_X(mercator))::bigint) <> 0\n                    OR sum(sign * round(ST_Y(mercator))::bigint) <> 0\n            ) step\n            ON known.zoom = step.zoom AND known.tile_x = step.tile_x AND known.tile_y = step.tile_y AND known.cell = step.cell AND known.theme_slug = step.theme_slug AND known.kind = step.kind AND known.status = step.status AND known.district_slug = step.district_slug AND known.body_slug = step.body_slug\n            WHEN MATCHED AND known.n + step.n = 0 THEN DELETE\n            WHEN MATCHED THEN UPDATE SET\n                n = known.n + step.n, answered = known.answered + step.answered,\n                sum_x = known.sum_x + step.sum_x, sum_y = known.sum_y + step.sum_y,\n                sum_id = known.sum_id + step.sum_id\n            WHEN NOT MATCHED THEN\n                INSERT (zoom, tile_x, tile_y, cell, theme_slug, kind, status, district_slug, body_slug, n, answered, sum_x, sum_y, sum_id)\n                VALUES (\n                    step.zoom, step.tile_x, step.tile_y, step.cell, step.theme_slug, step.kind, step.status, step.district_slug, step.body_slug,\n                    step.n, step.answered, step.sum_x, step.sum_y, step.sum_id\n                );\n            RETURN NULL;\n        ",
                    hash="9849db3887ce50316ead8a0f4d1d080b93674c9f",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_count_updated_4c30e",
                    referencing="REFERENCING OLD TABLE AS before  NEW TABLE AS changed ",
                    table="pins_publicpin",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="publicpin",
            trigger=pgtrigger.compiler.Trigger(
                name="count_deleted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n            MERGE INTO pins_publiccell known\n            USING (\n                SELECT zoom, tile_x, tile_y, cell, theme_slug, kind, status, district_slug, body_slug, sum(sign) AS n,\n                    sum(sign * round(ST_X(mercator))::bigint) AS sum_x,\n                    sum(sign * round(ST_Y(mercator))::bigint) AS sum_y,\n                    sum(sign * id) AS sum_id, sum(sign * answered) AS answered\n                FROM (SELECT -1 AS sign, id, theme_slug, kind, status, district_slug, body_slug, (answered_after IS NOT NULL)::integer AS answered, mercator FROM before) moved, LATERAL pins_cells_at(mercator) place\n                GROUP BY zoom, tile_x, tile_y, cell, theme_slug, kind, status, district_slug, body_slug\n                HAVING sum(sign) <> 0 OR sum(sign * id) <> 0\n                    OR sum(sign * answered) <> 0\n                    OR sum(sign * round(ST_X(mercator))::bigint) <> 0\n                    OR sum(sign * round(ST_Y(mercator))::bigint) <> 0\n            ) step\n            ON known.zoom = step.zoom AND known.tile_x = step.tile_x AND known.tile_y = step.tile_y AND known.cell = step.cell AND known.theme_slug = step.theme_slug AND known.kind = step.kind AND known.status = step.status AND known.district_slug = step.district_slug AND known.body_slug = step.body_slug\n            WHEN MATCHED AND known.n + step.n = 0 THEN DELETE\n            WHEN MATCHED THEN UPDATE SET\n                n = known.n + step.n, answered = known.answered + step.answered,\n                sum_x = known.sum_x + step.sum_x, sum_y = known.sum_y + step.sum_y,\n                sum_id = known.sum_id + step.sum_id\n            WHEN NOT MATCHED THEN\n                INSERT (zoom, tile_x, tile_y, cell, theme_slug, kind, status, district_slug, body_slug, n, answered, sum_x, sum_y, sum_id)\n                VALUES (\n                    step.zoom, step.tile_x, step.tile_y, step.cell, step.theme_slug, step.kind, step.status, step.district_slug, step.body_slug,\n                    step.n, step.answered, step.sum_x, step.sum_y, step.sum_id\n                );\n            RETURN NULL;\n        ",
                    hash="30d6260834fcc0e46114d3d902c85b53de5cf513",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_count_deleted_28060",
                    referencing="REFERENCING OLD TABLE AS before ",
                    table="pins_publicpin",
                    when="AFTER",
                ),
            ),
        ),
    ]
