"""The two questions about districts that the database itself must be able to answer."""

from django.db import migrations

DISTRICT_AT = """
CREATE FUNCTION districts_at(place geometry, day date) RETURNS bigint
LANGUAGE sql STABLE PARALLEL SAFE
RETURN (
    SELECT id
    FROM districts_district
    WHERE ST_Covers(geometry, place)
      AND valid_from <= day
      AND (valid_to IS NULL OR valid_to > day)
    -- On a shared edge two districts cover the point: the lower number has it.
    ORDER BY number
    LIMIT 1
);
COMMENT ON FUNCTION districts_at IS
    'The district that holds a point (EPSG:4326) on a day, or null outside the city.';
"""

REQUIRE_BODY = """
CREATE FUNCTION districts_require_body(wanted bigint) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    bare text;
BEGIN
    SELECT d.number || ' ' || d.name INTO bare
    FROM districts_district d
    WHERE d.id = wanted
      AND NOT COALESCE(
          (
              SELECT range_agg(daterange(r.valid_from, r.valid_to))
              FROM districts_responsibility r
              WHERE r.district_id = d.id
          ) @> daterange(d.valid_from, d.valid_to),
          false
      );
    IF FOUND THEN
        RAISE EXCEPTION 'District % has days without a responsible body.', bare
            USING ERRCODE = 'check_violation', CONSTRAINT = 'district_has_a_body';
    END IF;
END;
$$;
COMMENT ON FUNCTION districts_require_body IS
    'Raises unless bodies answer for the district on each of its days.';
"""


class Migration(migrations.Migration):
    dependencies = [("districts", "0001_initial")]
    operations = [
        migrations.RunSQL(DISTRICT_AT, "DROP FUNCTION districts_at(geometry, date);"),
        migrations.RunSQL(
            REQUIRE_BODY, "DROP FUNCTION districts_require_body(bigint);"
        ),
    ]
