import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("districts", "0002_functions"),
    ]

    operations = [
        migrations.AddField(
            model_name="body",
            name="next_body",
            field=models.ForeignKey(
                blank=True,
                help_text="The body before which a matter comes after this one.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="districts.body",
                verbose_name="advises",
            ),
        ),
        migrations.AddField(
            model_name="body",
            name="seats",
            field=models.PositiveSmallIntegerField(
                blank=True,
                help_text="How many may vote, the chair included. Empty: unknown.",
                null=True,
                verbose_name="votes",
            ),
        ),
        migrations.AddConstraint(
            model_name="body",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("next_body", None),
                    models.Q(("next_body", models.F("id")), _negated=True),
                    _connector="OR",
                ),
                name="body_not_before_itself",
            ),
        ),
    ]
