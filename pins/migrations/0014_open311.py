"""Contributions that other systems send in by Open311, and an index of when they came."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("districts", "0004_population"),
        ("layers", "0003_overlays"),
        ("pins", "0013_search_words"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="pin",
            name="pin_source_known",
        ),
        migrations.AlterField(
            model_name="pin",
            name="source",
            field=models.CharField(
                choices=[
                    ("online", "On this website"),
                    ("stand", "Talk at a stand"),
                    ("card", "Paper card"),
                    ("open311", "Another app (Open311)"),
                ],
                db_default="online",
                default="online",
                max_length=10,
                verbose_name="source",
            ),
        ),
        migrations.AlterField(
            model_name="publicpin",
            name="source",
            field=models.CharField(
                choices=[
                    ("online", "On this website"),
                    ("stand", "Talk at a stand"),
                    ("card", "Paper card"),
                    ("open311", "Another app (Open311)"),
                ],
                db_default="online",
                max_length=10,
            ),
        ),
        migrations.AddIndex(
            model_name="publicpin",
            index=models.Index(
                models.OrderBy(models.F("created_at"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                name="publicpin_created",
            ),
        ),
        migrations.AddConstraint(
            model_name="pin",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("source__in", ["online", "stand", "card", "open311"])
                ),
                name="pin_source_known",
            ),
        ),
    ]
