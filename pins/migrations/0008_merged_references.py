import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("districts", "0003_seats_and_chain"),
        ("layers", "0003_overlays"),
        ("pins", "0007_following"),
    ]

    operations = [
        migrations.AddField(
            model_name="merge",
            name="references",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=24), default=list, size=None
            ),
        ),
        migrations.AddIndex(
            model_name="publicpin",
            index=models.Index(
                models.F("duplicate_of"),
                condition=models.Q(("duplicate_of", ""), _negated=True),
                name="publicpin_duplicates",
            ),
        ),
    ]
