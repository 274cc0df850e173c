"""What nobody has answered has no time to its answer: GREATEST passes over NULL."""

from importlib import import_module

from django.db import migrations

FORMER_REFRESH = import_module("pins.migrations.0005_handovers_and_merges").REFRESH
ZERO_WHERE_UNANSWERED = "GREATEST(steps.answered_at - p.published_at, interval '0')"
REFRESH = FORMER_REFRESH.replace(
    ZERO_WHERE_UNANSWERED,
    f"CASE WHEN steps.answered_at IS NOT NULL THEN {ZERO_WHERE_UNANSWERED} END",
)


class Migration(migrations.Migration):
    dependencies = [("pins", "0005_handovers_and_merges")]

    operations = [
        migrations.RunSQL(REFRESH, FORMER_REFRESH),
    ]
