"""Rough places, the grid of counts, and a read model that knows both."""

from importlib import import_module

from django.db import migrations

# A square of 100 m in the UTM zone of the point, and not the point itself, decides:
# who knows the answer knows of no place in the square more than of any other.
ROUGH = """
CREATE FUNCTION pins_rough_location(place geometry, district geometry)
RETURNS geometry
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    zone integer := CASE WHEN ST_Y(place) < 0 THEN 32700 ELSE 32600 END
        + floor((ST_X(place) + 180) / 6)::integer + 1;
    metres geometry := ST_Transform(place, zone);
    middle geometry;
BEGIN
    -- The nearest square whose middle lies in the district, at a border the neighbour.
    SELECT candidate INTO middle
    FROM generate_series(-3, 3) dx, generate_series(-3, 3) dy,
        LATERAL ST_Transform(ST_SetSRID(ST_MakePoint(
            (floor(ST_X(metres) / 100) + dx + 0.5) * 100,
            (floor(ST_Y(metres) / 100) + dy + 0.5) * 100
        ), zone), 4326) candidate
    WHERE ST_Contains(district, candidate)
    ORDER BY dx * dx + dy * dy, dx, dy
    LIMIT 1;
    RETURN COALESCE(middle, ST_PointOnSurface(district));
END;
$$;
COMMENT ON FUNCTION pins_rough_location IS
    'What the public sees of a place shown roughly: a point of the same district.';
"""

CELLS = """
CREATE FUNCTION pins_cells_at(mercator geometry)
RETURNS TABLE (zoom smallint, tile_x integer, tile_y integer, cell smallint)
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT level::smallint, x >> 3, y >> 3, ((y & 7) * 8 + (x & 7))::smallint
    FROM unnest(ARRAY[0, 9, 10, 11, 12, 13, 14, 15, 16]) level,
        LATERAL (SELECT
            floor((ST_X(mercator) / 40075016.68557849 + 0.5) * (8 << level))::integer x,
            floor((0.5 - ST_Y(mercator) / 40075016.68557849) * (8 << level))::integer y
        ) grid
$$;
COMMENT ON FUNCTION pins_cells_at IS
    'The cells that count a point (EPSG:3857): one of the 8 x 8 of its tile per zoom.';
"""

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
        created_at, published_at, status_changed_at, public_answer, duplicate_of,
        timeline, search, support_count, comment_count
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
        COALESCE(steps.last_at, p.published_at), COALESCE(steps.answer, ''),
        COALESCE(survivor.reference, ''), COALESCE(steps.entries, '[]'),
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
        SELECT body.*
        FROM districts_responsibility r
        JOIN districts_body body ON body.id = r.body_id
        WHERE r.district_id = d.id AND r.valid_from <= CURRENT_DATE
        ORDER BY r.valid_from DESC
        LIMIT 1
    ) b ON true
    LEFT JOIN pins_pin survivor
        ON survivor.id = p.duplicate_of_id AND survivor.visibility = 'published'
    LEFT JOIN LATERAL (
        SELECT
            max(s.created_at) AS last_at,
            (array_agg(s.public_note ORDER BY s.created_at DESC, s.id DESC)
                FILTER (WHERE s.public_note <> ''))[1] AS answer,
            jsonb_agg(
                jsonb_build_object(
                    'at', s.created_at, 'status', s.to_status,
                    'body', speaker.name, 'note', s.public_note
                ) ORDER BY s.created_at, s.id
            ) AS entries
        FROM pins_statuschange s
        LEFT JOIN districts_body speaker ON speaker.id = s.body_id
        WHERE s.pin_id = p.id
    ) steps ON true
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
        public_answer = excluded.public_answer, duplicate_of = excluded.duplicate_of,
        timeline = excluded.timeline, search = excluded.search;
END;
$$;
COMMENT ON FUNCTION pins_refresh_public IS
    'Brings the public rows of these pins up to date: writes the published, removes the rest.';
"""

COUNT_WHAT_IS_THERE = """
INSERT INTO pins_publiccell (
    zoom, tile_x, tile_y, cell, theme_slug, kind, status, district_slug,
    n, sum_x, sum_y, sum_id
)
SELECT zoom, tile_x, tile_y, cell, theme_slug, kind, status, district_slug, count(*),
    sum(round(ST_X(mercator))), sum(round(ST_Y(mercator))), sum(id)
FROM pins_publicpin, LATERAL pins_cells_at(mercator) place
GROUP BY zoom, tile_x, tile_y, cell, theme_slug, kind, status, district_slug;
"""

FORMER_REFRESH = import_module(
    "pins.migrations.0002_public_read_model"
).REFRESH.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION", 1)


class Migration(migrations.Migration):
    dependencies = [("pins", "0003_voices_and_counts")]
    operations = [
        migrations.RunSQL(
            ROUGH, "DROP FUNCTION pins_rough_location(geometry, geometry);"
        ),
        migrations.RunSQL(CELLS, "DROP FUNCTION pins_cells_at(geometry);"),
        migrations.RunSQL(REFRESH, FORMER_REFRESH),
        migrations.RunSQL(COUNT_WHAT_IS_THERE, migrations.RunSQL.noop),
    ]
