"""When something was last erased by the clock (ADR 59)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("trust", "0003_own_data_and_audit")]

    operations = [
        migrations.CreateModel(
            name="ClockMark",
            fields=[
                (
                    "id",
                    models.PositiveSmallIntegerField(
                        default=1, primary_key=True, serialize=False
                    ),
                ),
                ("seen_at", models.DateTimeField(verbose_name="last looked at")),
                (
                    "held_until",
                    models.DateTimeField(
                        null=True, verbose_name="nothing is erased until"
                    ),
                ),
            ],
            options={
                "verbose_name": "mark of the clock",
                "verbose_name_plural": "marks of the clock",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("pk", 1)), name="clockmark_is_one"
                    )
                ],
            },
        ),
    ]
