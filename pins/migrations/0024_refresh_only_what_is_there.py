"""Refreshing public rows leaves out a DELETE and an INSERT that would touch none.

Each runs half a dozen triggers, whether it changes a row or not.
"""

from importlib import import_module

from django.db import migrations

FORMER_REFRESH = import_module("pins.migrations.0022_reports").REFRESH
FORMER_DELETE = """
    DELETE FROM pins_publicpin gone
    WHERE gone.id = ANY (pin_ids)
      AND NOT EXISTS (
          SELECT FROM pins_pin p WHERE p.id = gone.id AND p.visibility = 'published'
      );
"""
DELETE = """
    -- Whoever refreshes waits for whoever did before, and sees what they have written.
    PERFORM FROM pins_publicversion FOR NO KEY UPDATE;

    no_longer := ARRAY(
        SELECT gone.id FROM pins_publicpin gone
        WHERE gone.id = ANY (pin_ids)
          AND NOT EXISTS (
              SELECT FROM pins_pin p
              WHERE p.id = gone.id AND p.visibility = 'published'
          )
    );
    IF cardinality(no_longer) > 0 THEN
        DELETE FROM pins_publicpin WHERE id = ANY (no_longer);
    END IF;
    IF NOT EXISTS (
        SELECT FROM pins_pin p WHERE p.id = ANY (pin_ids) AND p.visibility = 'published'
    ) THEN
        RETURN;
    END IF;
"""
REFRESH = FORMER_REFRESH.replace(
    "\nBEGIN\n", "\nDECLARE no_longer bigint[];\nBEGIN\n", 1
)
REFRESH = REFRESH.replace(FORMER_DELETE, DELETE)


class Migration(migrations.Migration):
    dependencies = [
        ("pins", "0023_four_eyes_for_erasing"),
    ]

    operations = [
        migrations.RunSQL(REFRESH, FORMER_REFRESH),
    ]
