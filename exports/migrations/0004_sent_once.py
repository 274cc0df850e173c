"""What tells a repeated request of Open311 from another one under the same key."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("exports", "0003_open311")]

    operations = [
        migrations.AddField(
            model_name="sentpin",
            name="fingerprint",
            field=models.CharField(
                db_default="", default="", editable=False, max_length=64
            ),
        ),
    ]
