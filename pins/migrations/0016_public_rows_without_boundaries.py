"""A public row says what its district is called, and not which version of it holds it.

New boundaries then touch only the rows of contributions that come to another district or
body, however many there are in districts with a new version.
"""

from importlib import import_module

from django.db import migrations

FORMER_REFRESH = import_module("pins.migrations.0011_sources_and_outcomes").REFRESH
REFRESH = (
    FORMER_REFRESH.replace("district_id, district_number", "district_number")
    .replace("d.id, d.number", "d.number")
    .replace("        district_id = excluded.district_id,\n", "")
)

FOLLOW_NAMES = """
CREATE OR REPLACE FUNCTION pins_follow_district() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pins_refresh_public(ARRAY(
        SELECT id FROM pins_pin
        WHERE district_id = NEW.id AND visibility = 'published'
    ));
    RETURN NULL;
END;
$$;
CREATE OR REPLACE FUNCTION pins_follow_responsibility() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    duty districts_body;
BEGIN
    -- As `pins_refresh_public` finds it. Of a duty that ends or begins on another day the
    -- public sees nothing, and each change of a public row counts.
    SELECT body.* INTO duty
    FROM districts_responsibility r
    JOIN districts_body body ON body.id = r.body_id
    WHERE r.district_id = NEW.district_id AND r.valid_from <= CURRENT_DATE
    ORDER BY r.valid_from DESC
    LIMIT 1;
    IF EXISTS (
        SELECT FROM pins_publicpin public
        JOIN pins_pin pin ON pin.id = public.id AND pin.handed_to_id IS NULL
        WHERE pin.district_id = NEW.district_id AND public.body_id <> duty.id
    ) THEN
        UPDATE pins_publicpin public
        SET body_id = duty.id, body_name = duty.name, body_slug = duty.slug
        FROM pins_pin pin
        WHERE pin.id = public.id AND pin.handed_to_id IS NULL
          AND pin.district_id = NEW.district_id AND public.body_id <> duty.id;
    END IF;
    RETURN NULL;
END;
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("pins", "0015_latest_changes")]

    operations = [
        migrations.RunSQL(REFRESH, FORMER_REFRESH),
        migrations.RunSQL(FOLLOW_NAMES, migrations.RunSQL.noop),
        # Its work is done by `pins.boundaries`, in steps.
        migrations.RunSQL("DROP FUNCTION pins_follow_boundaries();"),
        migrations.RemoveField(model_name="publicpin", name="district"),
    ]
