"""An index of what changed last, for feeds."""

from django.db import migrations, models
from django.db.models.functions import Greatest


class Migration(migrations.Migration):
    dependencies = [("pins", "0014_open311")]

    operations = [
        migrations.AddIndex(
            model_name="publicpin",
            index=models.Index(
                models.OrderBy(
                    Greatest("published_at", "status_changed_at"), descending=True
                ),
                models.OrderBy(models.F("id"), descending=True),
                name="publicpin_latest_change",
            ),
        ),
    ]
