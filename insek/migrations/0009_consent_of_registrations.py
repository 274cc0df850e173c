"""With each registration the words that were agreed to."""

from django.db import migrations, models


def consent_version(default: str) -> models.CharField[str, str]:
    return models.CharField(
        default=default,
        editable=False,
        max_length=20,
        verbose_name="version of the consent",
    )


class Migration(migrations.Migration):
    dependencies = [("insek", "0008_suggestions")]

    operations = [
        migrations.AddField(
            model_name="registration",
            name="consent_version",
            field=consent_version("2026-11"),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="registration",
            name="consent_version",
            field=consent_version("2026-11-29"),
        ),
    ]
