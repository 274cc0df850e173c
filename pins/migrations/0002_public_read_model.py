"""References, German full-text search, and what keeps the public read model."""

from django.contrib.postgres.operations import UnaccentExtension
from django.db import migrations

REFERENCE = """
CREATE SEQUENCE pins_reference_number;
CREATE FUNCTION pins_next_reference(prefix text) RETURNS text
LANGUAGE sql VOLATILE
RETURN prefix || '-' || to_char(now(), 'YYYY') || '-'
    || to_char(nextval('pins_reference_number'), 'FM9999999900000');
COMMENT ON FUNCTION pins_next_reference IS
    'A new reference such as AB-2026-00042; the number is never used again.';
"""
NO_REFERENCE = """
DROP FUNCTION pins_next_reference(text);
DROP SEQUENCE pins_reference_number;
"""

# Two configurations of one stemmer. Texts are indexed whole; a query drops the stop words,
# among which German counts "weg" (away): whoever looks for "Weg" (path) alone means it.
SEARCH = """
CREATE TEXT SEARCH DICTIONARY pins_german_stem (
    TEMPLATE = snowball, LANGUAGE = german
);
CREATE TEXT SEARCH CONFIGURATION pins_german (COPY = german);
ALTER TEXT SEARCH CONFIGURATION pins_german
    ALTER MAPPING FOR
        asciiword, asciihword, hword_asciipart, word, hword, hword_part
    WITH unaccent, pins_german_stem;
CREATE TEXT SEARCH CONFIGURATION pins_german_query (COPY = german);
ALTER TEXT SEARCH CONFIGURATION pins_german_query
    ALTER MAPPING FOR hword, hword_part, word WITH unaccent, german_stem;
CREATE FUNCTION pins_search_query(words text) RETURNS tsquery
LANGUAGE sql STABLE PARALLEL SAFE
RETURN (
    SELECT CASE WHEN numnode(q) > 0 THEN q
        ELSE websearch_to_tsquery('pins_german', words) END
    FROM (SELECT websearch_to_tsquery('pins_german_query', words) AS q) query
);
COMMENT ON FUNCTION pins_search_query IS
    'The query for what somebody typed, in the words of a web search.';
"""
NO_SEARCH = """
DROP FUNCTION pins_search_query(text);
DROP TEXT SEARCH CONFIGURATION pins_german_query;
DROP TEXT SEARCH CONFIGURATION pins_german;
DROP TEXT SEARCH DICTIONARY pins_german_stem;
"""

FEATURE = """
CREATE FUNCTION pins_open_feature(pin pins_publicpin) RETURNS text
LANGUAGE sql STABLE
SET timezone = 'UTC'
RETURN (
    SELECT
        '{"type":"Feature","id":' || to_json(pin.reference)
        || ',"geometry":' || ST_AsGeoJSON(pin.location, 6)
        || ',"properties":' || rtrim(row_to_json(properties)::text, '}')
        || ',"url":"'
    FROM (
        SELECT
            pin.reference, pin.kind, pin.theme_slug AS theme, pin.status, pin.title,
            pin.text AS body, pin.district_number, pin.district_name AS district,
            pin.body_slug, pin.support_count, pin.comment_count,
            date_trunc('second', pin.created_at) AS created_at,
            date_trunc('second', pin.published_at) AS published_at,
            date_trunc('second', pin.status_changed_at) AS status_changed_at,
            NULLIF(pin.public_answer, '') AS public_answer, pin.goal, pin.measure
    ) properties
);
COMMENT ON FUNCTION pins_open_feature IS
    'The GeoJSON feature (RFC 7946) of a public pin up to the opening quote of its URL.';
"""

REFRESH = """
CREATE FUNCTION pins_refresh_public(pin_ids bigint[]) RETURNS void
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
        location, is_approximate, place_note,
        district_id, district_number, district_name, district_slug,
        body_id, body_name, body_slug,
        created_at, published_at, status_changed_at, public_answer, duplicate_of,
        timeline, search
    )
    SELECT
        p.id, p.reference, p.kind, p.theme_id, t.slug, p.status, p.title, p.text,
        p.language, p.location, p.is_approximate, p.place_note,
        d.id, d.number, d.name, d.slug, b.id, b.name, b.slug,
        p.created_at, p.published_at,
        COALESCE(steps.last_at, p.published_at), COALESCE(steps.answer, ''),
        COALESCE(survivor.reference, ''), COALESCE(steps.entries, '[]'),
        setweight(to_tsvector('pins_german', p.title), 'A')
            || setweight(to_tsvector('pins_german', p.text), 'B')
            || setweight(to_tsvector('pins_german', p.place_note), 'C')
            || setweight(to_tsvector('simple', p.reference), 'A')
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
    WHERE p.id = ANY (pin_ids) AND p.visibility = 'published'
    ON CONFLICT (id) DO UPDATE SET
        reference = excluded.reference, kind = excluded.kind,
        theme_id = excluded.theme_id, theme_slug = excluded.theme_slug,
        status = excluded.status, title = excluded.title, text = excluded.text,
        language = excluded.language, location = excluded.location,
        is_approximate = excluded.is_approximate, place_note = excluded.place_note,
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

# Names and responsibilities live below this package; what the public sees of them
# must follow in the same transaction, whoever changes them.
FOLLOW_NAMES = """
CREATE FUNCTION pins_follow_district() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pins_refresh_public(
        ARRAY(SELECT id FROM pins_publicpin WHERE district_id = NEW.id)
    );
    RETURN NULL;
END;
$$;
CREATE FUNCTION pins_follow_body() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- The name also stands in the timelines of pins it once answered.
    PERFORM pins_refresh_public(ARRAY(
        SELECT id FROM pins_publicpin WHERE body_id = NEW.id
        UNION
        SELECT pin_id FROM pins_statuschange WHERE body_id = NEW.id
    ));
    RETURN NULL;
END;
$$;
CREATE FUNCTION pins_follow_responsibility() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pins_refresh_public(ARRAY(
        SELECT id FROM pins_publicpin WHERE district_id = NEW.district_id
    ));
    RETURN NULL;
END;
$$;
CREATE FUNCTION pins_follow_theme() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pins_refresh_public(
        ARRAY(SELECT id FROM pins_publicpin WHERE theme_id = NEW.id)
    );
    RETURN NULL;
END;
$$;
CREATE TRIGGER pins_follow_district
    AFTER UPDATE OF number, name, slug ON districts_district
    FOR EACH ROW EXECUTE FUNCTION pins_follow_district();
CREATE TRIGGER pins_follow_body
    AFTER UPDATE OF name, slug ON districts_body
    FOR EACH ROW EXECUTE FUNCTION pins_follow_body();
CREATE TRIGGER pins_follow_responsibility
    AFTER INSERT OR UPDATE ON districts_responsibility
    FOR EACH ROW EXECUTE FUNCTION pins_follow_responsibility();
CREATE TRIGGER pins_follow_theme
    AFTER UPDATE OF slug ON layers_theme
    FOR EACH ROW EXECUTE FUNCTION pins_follow_theme();
"""
NO_FOLLOW_NAMES = """
DROP TRIGGER pins_follow_district ON districts_district;
DROP TRIGGER pins_follow_body ON districts_body;
DROP TRIGGER pins_follow_responsibility ON districts_responsibility;
DROP TRIGGER pins_follow_theme ON layers_theme;
DROP FUNCTION pins_follow_district();
DROP FUNCTION pins_follow_body();
DROP FUNCTION pins_follow_responsibility();
DROP FUNCTION pins_follow_theme();
"""

FOLLOW_BOUNDARIES = """
CREATE FUNCTION pins_follow_boundaries() RETURNS bigint
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
        JOIN districts_responsibility r
            ON r.district_id = public.district_id
            AND r.valid_from <= CURRENT_DATE
            AND (r.valid_to IS NULL OR r.valid_to > CURRENT_DATE)
        WHERE r.body_id <> public.body_id
    ));
    RETURN moved;
END;
$$;
COMMENT ON FUNCTION pins_follow_boundaries IS
    'Derives district and body of all pins anew; returns how many changed district.';
"""


class Migration(migrations.Migration):
    dependencies = [("pins", "0001_initial"), ("districts", "0002_functions")]
    operations = [
        UnaccentExtension(),
        migrations.RunSQL(REFERENCE, NO_REFERENCE),
        migrations.RunSQL(SEARCH, NO_SEARCH),
        migrations.RunSQL(FEATURE, "DROP FUNCTION pins_open_feature(pins_publicpin);"),
        migrations.RunSQL(REFRESH, "DROP FUNCTION pins_refresh_public(bigint[]);"),
        migrations.RunSQL(FOLLOW_NAMES, NO_FOLLOW_NAMES),
        migrations.RunSQL(FOLLOW_BOUNDARIES, "DROP FUNCTION pins_follow_boundaries();"),
        migrations.RunSQL(
            "INSERT INTO pins_publicversion (id, version) VALUES (1, 0);",
            migrations.RunSQL.noop,
        ),
    ]
