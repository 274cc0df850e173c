"""A duty that ends, or begins on another day, looks at no pin while its body goes on.

New boundaries end and begin the duties of every district, and almost never change who
answers. For each of them all pins of the district were compared with their public rows.
"""

from importlib import import_module

from django.db import migrations

FORMER = import_module("pins.migrations.0016_public_rows_without_boundaries")
FOLLOW_DUTY = FORMER.FOLLOW_NAMES[FORMER.FOLLOW_NAMES.rindex("CREATE OR REPLACE") :]
STAYS = """
    -- The same body answers today as before, as long as no other duty lies between.
    IF TG_OP = 'UPDATE'
        AND (NEW.district_id, NEW.body_id) = (OLD.district_id, OLD.body_id)
        AND (NEW.valid_from <= CURRENT_DATE) = (OLD.valid_from <= CURRENT_DATE)
        AND NOT EXISTS (
            SELECT FROM districts_responsibility other
            WHERE other.district_id = NEW.district_id AND other.id <> NEW.id
              AND other.valid_from BETWEEN LEAST(NEW.valid_from, OLD.valid_from)
                  AND GREATEST(NEW.valid_from, OLD.valid_from)
        )
    THEN
        RETURN NULL;
    END IF;
"""
FOLLOW_CHANGED_DUTY = FOLLOW_DUTY.replace("BEGIN\n", f"BEGIN{STAYS}", 1)


class Migration(migrations.Migration):
    dependencies = [("pins", "0024_refresh_only_what_is_there")]

    operations = [migrations.RunSQL(FOLLOW_CHANGED_DUTY, FOLLOW_DUTY)]
