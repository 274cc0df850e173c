"""Counts of the map are made of those of its finest cells, and duties know their pins.

A change is grouped once by the finest cells, mostly a few, and not at nine zooms by each pin.
"""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations

# As wide as those of the finest zoom that is counted: 8 of them a tile of zoom 16.
FINEST = """
CREATE FUNCTION pins_finest_cell(mercator geometry)
RETURNS TABLE (finest_x integer, finest_y integer)
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT
        floor((ST_X(mercator) / 40075016.68557849 + 0.5) * (8 << 16))::integer,
        floor((0.5 - ST_Y(mercator) / 40075016.68557849) * (8 << 16))::integer
$$;
COMMENT ON FUNCTION pins_finest_cell IS
    'Column and row, from the north-west of the map, of the finest cell with a point.';

CREATE FUNCTION pins_cells_over(finest_x integer, finest_y integer)
RETURNS TABLE (zoom smallint, tile_x integer, tile_y integer, cell smallint)
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT level::smallint, x >> 3, y >> 3, ((y & 7) * 8 + (x & 7))::smallint
    FROM unnest(ARRAY[0, 9, 10, 11, 12, 13, 14, 15, 16]) level,
        LATERAL (SELECT finest_x >> (16 - level) x, finest_y >> (16 - level) y) grid
$$;
COMMENT ON FUNCTION pins_cells_over IS
    'The cells in which a finest cell lies: one of the 8 x 8 of its tile per zoom.';
"""
NO_FINEST = """
DROP FUNCTION pins_cells_over(integer, integer);
DROP FUNCTION pins_finest_cell(geometry);
"""
# A plan for any district expects many pins, and looks at all of them for a version that has
# none: once for each past boundary that is kept.
PLANNED = """
ALTER FUNCTION pins_follow_responsibility() SET plan_cache_mode = 'force_custom_plan';
"""
NOT_PLANNED = "ALTER FUNCTION pins_follow_responsibility() RESET plan_cache_mode;"


class Migration(migrations.Migration):
    dependencies = [("pins", "0025_duties_that_go_on")]

    operations = [
        migrations.RunSQL(FINEST, NO_FINEST),
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
                    func="\n            MERGE INTO pins_publiccell known\n            USING (\n                SELECT zoom, tile_x, tile_y, cell, theme_slug, kind, status, district_slug, body_slug, sum(n) AS n, sum(answered) AS answered, sum(sum_x) AS sum_x, sum(sum_y) AS sum_y, sum(sum_id) AS sum_id\n                FROM (\n    SELECT * FROM (\n        SELECT finest_x, finest_y, theme_slug, kind, status, district_slug, body_slug, sum(sign) AS n,\n            sum(sign * answered) AS answered, sum(sign * x)::bigint AS sum_x,\n            sum(sign * y)::bigint AS sum_y, sum(sign * id)::bigint AS sum_id\n        FROM (SELECT 1 AS sign, id, theme_slug, kind, status, district_slug, body_slug, (answered_after IS NOT NULL)::integer AS answered, round(ST_X(mercator))::bigint AS x, round(ST_Y(mercator))::bigint AS y, mercator FROM changed) moved, LATERAL pins_finest_cell(mercator)\n        GROUP BY finest_x, finest_y, theme_slug, kind, status, district_slug, body_slug\n    ) summed\n    WHERE (n, answered, sum_x, sum_y, sum_id) <> (0, 0, 0, 0, 0)\n) finest,\n                    LATERAL pins_cells_over(finest_x, finest_y)\n                GROUP BY zoom, tile_x, tile_y, cell, theme_slug, kind, status, district_slug, body_slug\n                HAVING sum(n) <> 0 OR sum(answered) <> 0 OR sum(sum_x) <> 0 OR sum(sum_y) <> 0 OR sum(sum_id) <> 0\n            ) step\n            ON known.zoom = step.zoom AND known.tile_x = step.tile_x AND known.tile_y = step.tile_y AND known.cell = step.cell AND known.theme_slug = step.theme_slug AND known.kind = step.kind AND known.status = step.status AND known.district_slug = step.district_slug AND known.body_slug = step.body_slug\n            WHEN MATCHED AND known.n + step.n = 0 THEN DELETE\n            WHEN MATCHED THEN UPDATE SET\n                n = known.n + step.n, answered = known.answered + step.answered, sum_x = known.sum_x + step.sum_x, sum_y = known.sum_y + step.sum_y, sum_id = known.sum_id + step.sum_id\n            WHEN NOT MATCHED THEN\n                INSERT (zoom, tile_x, tile_y, cell, theme_slug, kind, status, district_slug, body_slug, n, answered, sum_x, sum_y, sum_id)\n                VALUES (step.zoom, step.tile_x, step.tile_y, step.cell, step.theme_slug, step.kind, step.status, step.district_slug, step.body_slug, step.n, step.answered, step.sum_x, step.sum_y, step.sum_id);\n            RETURN NULL;\n        ",
                    hash="dc2d42c97e5f6d82e0797da191e960761df6ea62",
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
                    func="\n            MERGE INTO pins_publiccell known\n            USING (\n                SELECT zoom, tile_x, tile_y, cell, theme_slug, kind, status, district_slug, body_slug, sum(n) AS n, sum(answered) AS answered, sum(sum_x) AS sum_x, sum(sum_y) AS sum_y, sum(sum_id) AS sum_id\n                FROM (\n    SELECT * FROM (\n        SELECT finest_x, finest_y, theme_slug, kind, status, district_slug, body_slug, sum(sign) AS n,\n            sum(sign * answered) AS answered, sum(sign * x)::bigint AS sum_x,\n            sum(sign * y)::bigint AS sum_y, sum(sign * id)::bigint AS sum_id\n        FROM (SELECT -1 AS sign, id, theme_slug, kind, status, district_slug, body_slug, (answered_after IS NOT NULL)::integer AS answered, round(ST_X(mercator))::bigint AS x, round(ST_Y(mercator))::bigint AS y, mercator FROM before UNION ALL SELECT 1 AS sign, id, theme_slug, kind, status, district_slug, body_slug, (answered_after IS NOT NULL)::integer AS answered, round(ST_X(mercator))::bigint AS x, round(ST_Y(mercator))::bigint AS y, mercator FROM changed) moved, LATERAL pins_finest_cell(mercator)\n        GROUP BY finest_x, finest_y, theme_slug, kind, status, district_slug, body_slug\n    ) summed\n    WHERE (n, answered, sum_x, sum_y, sum_id) <> (0, 0, 0, 0, 0)\n) finest,\n                    LATERAL pins_cells_over(finest_x, finest_y)\n                GROUP BY zoom, tile_x, tile_y, cell, theme_slug, kind, status, district_slug, body_slug\n                HAVING sum(n) <> 0 OR sum(answered) <> 0 OR sum(sum_x) <> 0 OR sum(sum_y) <> 0 OR sum(sum_id) <> 0\n            ) step\n            ON known.zoom = step.zoom AND known.tile_x = step.tile_x AND known.tile_y = step.tile_y AND known.cell = step.cell AND known.theme_slug = step.theme_slug AND known.kind = step.kind AND known.status = step.status AND known.district_slug = step.district_slug AND known.body_slug = step.body_slug\n            WHEN MATCHED AND known.n + step.n = 0 THEN DELETE\n            WHEN MATCHED THEN UPDATE SET\n                n = known.n + step.n, answered = known.answered + step.answered, sum_x = known.sum_x + step.sum_x, sum_y = known.sum_y + step.sum_y, sum_id = known.sum_id + step.sum_id\n            WHEN NOT MATCHED THEN\n                INSERT (zoom, tile_x, tile_y, cell, theme_slug, kind, status, district_slug, body_slug, n, answered, sum_x, sum_y, sum_id)\n                VALUES (step.zoom, step.tile_x, step.tile_y, step.cell, step.theme_slug, step.kind, step.status, step.district_slug, step.body_slug, step.n, step.answered, step.sum_x, step.sum_y, step.sum_id);\n            RETURN NULL;\n        ",
                    hash="a21d626ed1d1da23d034935fc4205f4dfb14f438",
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
                    func="\n            MERGE INTO pins_publiccell known\n            USING (\n                SELECT zoom, tile_x, tile_y, cell, theme_slug, kind, status, district_slug, body_slug, sum(n) AS n, sum(answered) AS answered, sum(sum_x) AS sum_x, sum(sum_y) AS sum_y, sum(sum_id) AS sum_id\n                FROM (\n    SELECT * FROM (\n        SELECT finest_x, finest_y, theme_slug, kind, status, district_slug, body_slug, sum(sign) AS n,\n            sum(sign * answered) AS answered, sum(sign * x)::bigint AS sum_x,\n            sum(sign * y)::bigint AS sum_y, sum(sign * id)::bigint AS sum_id\n        FROM (SELECT -1 AS sign, id, theme_slug, kind, status, district_slug, body_slug, (answered_after IS NOT NULL)::integer AS answered, round(ST_X(mercator))::bigint AS x, round(ST_Y(mercator))::bigint AS y, mercator FROM before) moved, LATERAL pins_finest_cell(mercator)\n        GROUP BY finest_x, finest_y, theme_slug, kind, status, district_slug, body_slug\n    ) summed\n    WHERE (n, answered, sum_x, sum_y, sum_id) <> (0, 0, 0, 0, 0)\n) finest,\n                    LATERAL pins_cells_over(finest_x, finest_y)\n                GROUP BY zoom, tile_x, tile_y, cell, theme_slug, kind, status, district_slug, body_slug\n                HAVING sum(n) <> 0 OR sum(answered) <> 0 OR sum(sum_x) <> 0 OR sum(sum_y) <> 0 OR sum(sum_id) <> 0\n            ) step\n            ON known.zoom = step.zoom AND known.tile_x = step.tile_x AND known.tile_y = step.tile_y AND known.cell = step.cell AND known.theme_slug = step.theme_slug AND known.kind = step.kind AND known.status = step.status AND known.district_slug = step.district_slug AND known.body_slug = step.body_slug\n            WHEN MATCHED AND known.n + step.n = 0 THEN DELETE\n            WHEN MATCHED THEN UPDATE SET\n                n = known.n + step.n, answered = known.answered + step.answered, sum_x = known.sum_x + step.sum_x, sum_y = known.sum_y + step.sum_y, sum_id = known.sum_id + step.sum_id\n            WHEN NOT MATCHED THEN\n                INSERT (zoom, tile_x, tile_y, cell, theme_slug, kind, status, district_slug, body_slug, n, answered, sum_x, sum_y, sum_id)\n                VALUES (step.zoom, step.tile_x, step.tile_y, step.cell, step.theme_slug, step.kind, step.status, step.district_slug, step.body_slug, step.n, step.answered, step.sum_x, step.sum_y, step.sum_id);\n            RETURN NULL;\n        ",
                    hash="f2965ed659113ef3d576e26dbb45a3e97283f18e",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_count_deleted_28060",
                    referencing="REFERENCING OLD TABLE AS before ",
                    table="pins_publicpin",
                    when="AFTER",
                ),
            ),
        ),
        migrations.RunSQL(PLANNED, NOT_PLANNED),
    ]
