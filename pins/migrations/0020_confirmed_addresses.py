"""Addresses of authors are confirmed by mail; texts and links are forgotten in time."""

import django.utils.timezone
from django.db import migrations, models

# What was left before stays as it was agreed: with these words, and without a link.
KEEP_AGREED = """
    UPDATE pins_contact SET confirmed_at = created_at, asked_at = created_at
"""
REFUSED_FROM_NOW = """
    UPDATE pins_comment SET refused_at = now()
    WHERE visibility IN ('rejected', 'withdrawn', 'hidden')
"""


class Migration(migrations.Migration):
    dependencies = [("pins", "0019_fill_queue")]

    operations = [
        migrations.AddField(
            model_name="comment",
            name="refused_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="contact",
            name="asked_at",
            field=models.DateTimeField(
                default=django.utils.timezone.now, editable=False
            ),
        ),
        migrations.AddField(
            model_name="contact",
            name="asked_times",
            field=models.PositiveSmallIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name="contact",
            name="confirmed_at",
            field=models.DateTimeField(
                blank=True, editable=False, null=True, verbose_name="confirmed at"
            ),
        ),
        migrations.AlterField(
            model_name="contact",
            name="consent_version",
            field=models.CharField(
                default="2026-11-29",
                max_length=20,
                verbose_name="version of the consent",
            ),
        ),
        migrations.AddField(
            model_name="follow",
            name="consent_version",
            field=models.CharField(
                default="2026-11",
                editable=False,
                max_length=20,
                verbose_name="version of the consent",
            ),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="follow",
            name="consent_version",
            field=models.CharField(
                default="2026-11-29",
                editable=False,
                max_length=20,
                verbose_name="version of the consent",
            ),
        ),
        migrations.AddField(
            model_name="pin",
            name="erased_at",
            field=models.DateTimeField(
                blank=True, editable=False, null=True, verbose_name="erased at"
            ),
        ),
        migrations.RunSQL(KEEP_AGREED, migrations.RunSQL.noop),
        migrations.RunSQL(REFUSED_FROM_NOW, migrations.RunSQL.noop),
    ]
