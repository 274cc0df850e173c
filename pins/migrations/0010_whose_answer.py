"""A public answer names the body that gave it, which need not be the responsible one."""

from importlib import import_module

from django.db import migrations, models

FORMER_REFRESH = import_module("pins.migrations.0006_unanswered_is_unknown").REFRESH
REFRESH = (
    FORMER_REFRESH.replace(
        "public_answer, duplicate_of, timeline, search",
        "public_answer, answer_body, duplicate_of, timeline, search",
    )
    .replace(
        "COALESCE(steps.answer, ''),",
        "COALESCE(steps.answer, ''), COALESCE(steps.answer_body, ''),",
    )
    .replace(
        "FILTER (WHERE s.public_note <> ''))[1] AS answer,",
        """FILTER (WHERE s.public_note <> ''))[1] AS answer,
            (array_agg(speaker.name ORDER BY s.created_at DESC, s.id DESC)
                FILTER (WHERE s.public_note <> ''))[1] AS answer_body,""",
    )
    .replace(
        "public_answer = excluded.public_answer,",
        """public_answer = excluded.public_answer,
        answer_body = excluded.answer_body,""",
    )
)

# All rows learn what this and the migrations since 0005 have added. With many of them
# it takes longer than a request may.
REFRESH_ALL = """
SET LOCAL statement_timeout = 0;
SELECT pins_refresh_public(ARRAY(SELECT id FROM pins_publicpin));
"""


class Migration(migrations.Migration):
    dependencies = [("pins", "0009_reasons_of_districts")]

    operations = [
        migrations.AddField(
            model_name="publicpin",
            name="answer_body",
            field=models.CharField(db_default="", max_length=120),
        ),
        migrations.RunSQL(REFRESH, FORMER_REFRESH),
        # The counts of the map follow by the triggers.
        migrations.RunSQL(REFRESH_ALL, migrations.RunSQL.noop),
    ]
