"""All pins of a cell are counted once more, without regard to what they are.

A tile without filters reads these few rows instead of adding up hundreds.
"""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

# After the triggers: whoever waited for them counts by the new ones.
FILL = """
INSERT INTO pins_publiccluster (zoom, tile_x, tile_y, cell, n, sum_x, sum_y, sum_id)
SELECT zoom, tile_x, tile_y, cell, sum(n), sum(sum_x), sum(sum_y), sum(sum_id)
FROM pins_publiccell GROUP BY zoom, tile_x, tile_y, cell;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("pins", "0026_counts_from_the_finest_cells"),
    ]

    operations = [
        migrations.CreateModel(
            name="PublicCluster",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "zoom",
                        "tile_x",
                        "tile_y",
                        "cell",
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
                ("n", models.IntegerField()),
                ("sum_x", models.BigIntegerField()),
                ("sum_y", models.BigIntegerField()),
                ("sum_id", models.BigIntegerField()),
            ],
            options={
                "verbose_name": "count of all published contributions of a place",
                "verbose_name_plural": "counts of all published contributions of a place",
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
        pgtrigger.migrations.AddTrigger(
            model_name="publicpin",
            trigger=pgtrigger.compiler.Trigger(
                name="count_inserted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n            MERGE INTO pins_publiccell known\n            USING (\n                SELECT zoom, tile_x, tile_y, cell, theme_slug, kind, status, district_slug, body_slug, sum(n) AS n, sum(answered) AS answered, sum(sum_x) AS sum_x, sum(sum_y) AS sum_y, sum(sum_id) AS sum_id\n                FROM (\n                    SELECT * FROM (\n                        SELECT finest_x, finest_y, theme_slug, kind, status, district_slug, body_slug,\n                            sum(sign) AS n, sum(sign * answered) AS answered, sum(sign * x)::bigint AS sum_x, sum(sign * y)::bigint AS sum_y, sum(sign * id)::bigint AS sum_id\n                        FROM (SELECT 1 AS sign, id, theme_slug, kind, status, district_slug, body_slug, (answered_after IS NOT NULL)::integer AS answered, round(ST_X(mercator))::bigint AS x, round(ST_Y(mercator))::bigint AS y, mercator FROM changed) changed, LATERAL pins_finest_cell(mercator)\n                        GROUP BY finest_x, finest_y, theme_slug, kind, status, district_slug, body_slug\n                    ) summed\n                    -- What came and went in the same cell is no change of it.\n                    WHERE (n, answered, sum_x, sum_y, sum_id) <> (0, 0, 0, 0, 0)\n                ) finest, LATERAL pins_cells_over(finest_x, finest_y)\n                GROUP BY zoom, tile_x, tile_y, cell, theme_slug, kind, status, district_slug, body_slug\n                HAVING sum(n) <> 0 OR sum(answered) <> 0 OR sum(sum_x) <> 0 OR sum(sum_y) <> 0 OR sum(sum_id) <> 0\n            ) step\n            ON known.zoom = step.zoom AND known.tile_x = step.tile_x AND known.tile_y = step.tile_y AND known.cell = step.cell AND known.theme_slug = step.theme_slug AND known.kind = step.kind AND known.status = step.status AND known.district_slug = step.district_slug AND known.body_slug = step.body_slug\n            WHEN MATCHED AND known.n + step.n = 0 THEN DELETE\n            WHEN MATCHED THEN UPDATE SET\n                n = known.n + step.n, answered = known.answered + step.answered, sum_x = known.sum_x + step.sum_x, sum_y = known.sum_y + step.sum_y, sum_id = known.sum_id + step.sum_id\n            WHEN NOT MATCHED THEN\n                INSERT (zoom, tile_x, tile_y, cell, theme_slug, kind, status, district_slug, body_slug, n, answered, sum_x, sum_y, sum_id)\n                VALUES (step.zoom, step.tile_x, step.tile_y, step.cell, step.theme_slug, step.kind, step.status, step.district_slug, step.body_slug, step.n, step.answered, step.sum_x, step.sum_y, step.sum_id);\n    \n            MERGE INTO pins_publiccluster known\n            USING (\n                SELECT zoom, tile_x, tile_y, cell, sum(n) AS n, sum(sum_x) AS sum_x, sum(sum_y) AS sum_y, sum(sum_id) AS sum_id\n                FROM (\n                    SELECT * FROM (\n                        SELECT finest_x, finest_y,\n                            sum(sign) AS n, sum(sign * x)::bigint AS sum_x, sum(sign * y)::bigint AS sum_y, sum(sign * id)::bigint AS sum_id\n                        FROM (SELECT 1 AS sign, id, theme_slug, kind, status, district_slug, body_slug, (answered_after IS NOT NULL)::integer AS answered, round(ST_X(mercator))::bigint AS x, round(ST_Y(mercator))::bigint AS y, mercator FROM changed) changed, LATERAL pins_finest_cell(mercator)\n                        GROUP BY finest_x, finest_y\n                    ) summed\n                    -- What came and went in the same cell is no change of it.\n                    WHERE (n, sum_x, sum_y, sum_id) <> (0, 0, 0, 0)\n                ) finest, LATERAL pins_cells_over(finest_x, finest_y)\n                GROUP BY zoom, tile_x, tile_y, cell\n                HAVING sum(n) <> 0 OR sum(sum_x) <> 0 OR sum(sum_y) <> 0 OR sum(sum_id) <> 0\n            ) step\n            ON known.zoom = step.zoom AND known.tile_x = step.tile_x AND known.tile_y = step.tile_y AND known.cell = step.cell\n            WHEN MATCHED AND known.n + step.n = 0 THEN DELETE\n            WHEN MATCHED THEN UPDATE SET\n                n = known.n + step.n, sum_x = known.sum_x + step.sum_x, sum_y = known.sum_y + step.sum_y, sum_id = known.sum_id + step.sum_id\n            WHEN NOT MATCHED THEN\n                INSERT (zoom, tile_x, tile_y, cell, n, sum_x, sum_y, sum_id)\n                VALUES (step.zoom, step.tile_x, step.tile_y, step.cell, step.n, step.sum_x, step.sum_y, step.sum_id);\n     RETURN NULL;",
                    hash="944650e9a202205902bbb30661f97d0e15e31f28",
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
                    func="\n            MERGE INTO pins_publiccell known\n            USING (\n                SELECT zoom, tile_x, tile_y, cell, theme_slug, kind, status, district_slug, body_slug, sum(n) AS n, sum(answered) AS answered, sum(sum_x) AS sum_x, sum(sum_y) AS sum_y, sum(sum_id) AS sum_id\n                FROM (\n                    SELECT * FROM (\n                        SELECT finest_x, finest_y, theme_slug, kind, status, district_slug, body_slug,\n                            sum(sign) AS n, sum(sign * answered) AS answered, sum(sign * x)::bigint AS sum_x, sum(sign * y)::bigint AS sum_y, sum(sign * id)::bigint AS sum_id\n                        FROM (SELECT -1 AS sign, id, theme_slug, kind, status, district_slug, body_slug, (answered_after IS NOT NULL)::integer AS answered, round(ST_X(mercator))::bigint AS x, round(ST_Y(mercator))::bigint AS y, mercator FROM before UNION ALL SELECT 1 AS sign, id, theme_slug, kind, status, district_slug, body_slug, (answered_after IS NOT NULL)::integer AS answered, round(ST_X(mercator))::bigint AS x, round(ST_Y(mercator))::bigint AS y, mercator FROM changed) changed, LATERAL pins_finest_cell(mercator)\n                        GROUP BY finest_x, finest_y, theme_slug, kind, status, district_slug, body_slug\n                    ) summed\n                    -- What came and went in the same cell is no change of it.\n                    WHERE (n, answered, sum_x, sum_y, sum_id) <> (0, 0, 0, 0, 0)\n                ) finest, LATERAL pins_cells_over(finest_x, finest_y)\n                GROUP BY zoom, tile_x, tile_y, cell, theme_slug, kind, status, district_slug, body_slug\n                HAVING sum(n) <> 0 OR sum(answered) <> 0 OR sum(sum_x) <> 0 OR sum(sum_y) <> 0 OR sum(sum_id) <> 0\n            ) step\n            ON known.zoom = step.zoom AND known.tile_x = step.tile_x AND known.tile_y = step.tile_y AND known.cell = step.cell AND known.theme_slug = step.theme_slug AND known.kind = step.kind AND known.status = step.status AND known.district_slug = step.district_slug AND known.body_slug = step.body_slug\n            WHEN MATCHED AND known.n + step.n = 0 THEN DELETE\n            WHEN MATCHED THEN UPDATE SET\n                n = known.n + step.n, answered = known.answered + step.answered, sum_x = known.sum_x + step.sum_x, sum_y = known.sum_y + step.sum_y, sum_id = known.sum_id + step.sum_id\n            WHEN NOT MATCHED THEN\n                INSERT (zoom, tile_x, tile_y, cell, theme_slug, kind, status, district_slug, body_slug, n, answered, sum_x, sum_y, sum_id)\n                VALUES (step.zoom, step.tile_x, step.tile_y, step.cell, step.theme_slug, step.kind, step.status, step.district_slug, step.body_slug, step.n, step.answered, step.sum_x, step.sum_y, step.sum_id);\n    \n            MERGE INTO pins_publiccluster known\n            USING (\n                SELECT zoom, tile_x, tile_y, cell, sum(n) AS n, sum(sum_x) AS sum_x, sum(sum_y) AS sum_y, sum(sum_id) AS sum_id\n                FROM (\n                    SELECT * FROM (\n                        SELECT finest_x, finest_y,\n                            sum(sign) AS n, sum(sign * x)::bigint AS sum_x, sum(sign * y)::bigint AS sum_y, sum(sign * id)::bigint AS sum_id\n                        FROM (SELECT -1 AS sign, id, theme_slug, kind, status, district_slug, body_slug, (answered_after IS NOT NULL)::integer AS answered, round(ST_X(mercator))::bigint AS x, round(ST_Y(mercator))::bigint AS y, mercator FROM before UNION ALL SELECT 1 AS sign, id, theme_slug, kind, status, district_slug, body_slug, (answered_after IS NOT NULL)::integer AS answered, round(ST_X(mercator))::bigint AS x, round(ST_Y(mercator))::bigint AS y, mercator FROM changed) changed, LATERAL pins_finest_cell(mercator)\n                        GROUP BY finest_x, finest_y\n                    ) summed\n                    -- What came and went in the same cell is no change of it.\n                    WHERE (n, sum_x, sum_y, sum_id) <> (0, 0, 0, 0)\n                ) finest, LATERAL pins_cells_over(finest_x, finest_y)\n                GROUP BY zoom, tile_x, tile_y, cell\n                HAVING sum(n) <> 0 OR sum(sum_x) <> 0 OR sum(sum_y) <> 0 OR sum(sum_id) <> 0\n            ) step\n            ON known.zoom = step.zoom AND known.tile_x = step.tile_x AND known.tile_y = step.tile_y AND known.cell = step.cell\n            WHEN MATCHED AND known.n + step.n = 0 THEN DELETE\n            WHEN MATCHED THEN UPDATE SET\n                n = known.n + step.n, sum_x = known.sum_x + step.sum_x, sum_y = known.sum_y + step.sum_y, sum_id = known.sum_id + step.sum_id\n            WHEN NOT MATCHED THEN\n                INSERT (zoom, tile_x, tile_y, cell, n, sum_x, sum_y, sum_id)\n                VALUES (step.zoom, step.tile_x, step.tile_y, step.cell, step.n, step.sum_x, step.sum_y, step.sum_id);\n     RETURN NULL;",
                    hash="e744c0e939285fb31872fc36175afef44c747273",
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
                    func="\n            MERGE INTO pins_publiccell known\n            USING (\n                SELECT zoom, tile_x, tile_y, cell, theme_slug, kind, status, district_slug, body_slug, sum(n) AS n, sum(answered) AS answered, sum(sum_x) AS sum_x, sum(sum_y) AS sum_y, sum(sum_id) AS sum_id\n                FROM (\n                    SELECT * FROM (\n                        SELECT finest_x, finest_y, theme_slug, kind, status, district_slug, body_slug,\n                            sum(sign) AS n, sum(sign * answered) AS answered, sum(sign * x)::bigint AS sum_x, sum(sign * y)::bigint AS sum_y, sum(sign * id)::bigint AS sum_id\n                        FROM (SELECT -1 AS sign, id, theme_slug, kind, status, district_slug, body_slug, (answered_after IS NOT NULL)::integer AS answered, round(ST_X(mercator))::bigint AS x, round(ST_Y(mercator))::bigint AS y, mercator FROM before) changed, LATERAL pins_finest_cell(mercator)\n                        GROUP BY finest_x, finest_y, theme_slug, kind, status, district_slug, body_slug\n                    ) summed\n                    -- What came and went in the same cell is no change of it.\n                    WHERE (n, answered, sum_x, sum_y, sum_id) <> (0, 0, 0, 0, 0)\n                ) finest, LATERAL pins_cells_over(finest_x, finest_y)\n                GROUP BY zoom, tile_x, tile_y, cell, theme_slug, kind, status, district_slug, body_slug\n                HAVING sum(n) <> 0 OR sum(answered) <> 0 OR sum(sum_x) <> 0 OR sum(sum_y) <> 0 OR sum(sum_id) <> 0\n            ) step\n            ON known.zoom = step.zoom AND known.tile_x = step.tile_x AND known.tile_y = step.tile_y AND known.cell = step.cell AND known.theme_slug = step.theme_slug AND known.kind = step.kind AND known.status = step.status AND known.district_slug = step.district_slug AND known.body_slug = step.body_slug\n            WHEN MATCHED AND known.n + step.n = 0 THEN DELETE\n            WHEN MATCHED THEN UPDATE SET\n                n = known.n + step.n, answered = known.answered + step.answered, sum_x = known.sum_x + step.sum_x, sum_y = known.sum_y + step.sum_y, sum_id = known.sum_id + step.sum_id\n            WHEN NOT MATCHED THEN\n                INSERT (zoom, tile_x, tile_y, cell, theme_slug, kind, status, district_slug, body_slug, n, answered, sum_x, sum_y, sum_id)\n                VALUES (step.zoom, step.tile_x, step.tile_y, step.cell, step.theme_slug, step.kind, step.status, step.district_slug, step.body_slug, step.n, step.answered, step.sum_x, step.sum_y, step.sum_id);\n    \n            MERGE INTO pins_publiccluster known\n            USING (\n                SELECT zoom, tile_x, tile_y, cell, sum(n) AS n, sum(sum_x) AS sum_x, sum(sum_y) AS sum_y, sum(sum_id) AS sum_id\n                FROM (\n                    SELECT * FROM (\n                        SELECT finest_x, finest_y,\n                            sum(sign) AS n, sum(sign * x)::bigint AS sum_x, sum(sign * y)::bigint AS sum_y, sum(sign * id)::bigint AS sum_id\n                        FROM (SELECT -1 AS sign, id, theme_slug, kind, status, district_slug, body_slug, (answered_after IS NOT NULL)::integer AS answered, round(ST_X(mercator))::bigint AS x, round(ST_Y(mercator))::bigint AS y, mercator FROM before) changed, LATERAL pins_finest_cell(mercator)\n                        GROUP BY finest_x, finest_y\n                    ) summed\n                    -- What came and went in the same cell is no change of it.\n                    WHERE (n, sum_x, sum_y, sum_id) <> (0, 0, 0, 0)\n                ) finest, LATERAL pins_cells_over(finest_x, finest_y)\n                GROUP BY zoom, tile_x, tile_y, cell\n                HAVING sum(n) <> 0 OR sum(sum_x) <> 0 OR sum(sum_y) <> 0 OR sum(sum_id) <> 0\n            ) step\n            ON known.zoom = step.zoom AND known.tile_x = step.tile_x AND known.tile_y = step.tile_y AND known.cell = step.cell\n            WHEN MATCHED AND known.n + step.n = 0 THEN DELETE\n            WHEN MATCHED THEN UPDATE SET\n                n = known.n + step.n, sum_x = known.sum_x + step.sum_x, sum_y = known.sum_y + step.sum_y, sum_id = known.sum_id + step.sum_id\n            WHEN NOT MATCHED THEN\n                INSERT (zoom, tile_x, tile_y, cell, n, sum_x, sum_y, sum_id)\n                VALUES (step.zoom, step.tile_x, step.tile_y, step.cell, step.n, step.sum_x, step.sum_y, step.sum_id);\n     RETURN NULL;",
                    hash="df39d4ae7d807823a3bfb20badbf124c687a554d",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_count_deleted_28060",
                    referencing="REFERENCING OLD TABLE AS before ",
                    table="pins_publicpin",
                    when="AFTER",
                ),
            ),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
