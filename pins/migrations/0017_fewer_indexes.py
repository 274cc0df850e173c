"""Indexes that nobody asked: each costs every contribution, and every new boundary."""

import django.contrib.gis.db.models.fields
import django.db.models.deletion
from django.db import migrations, models

import pins.models.pin


class Migration(migrations.Migration):
    dependencies = [
        ("districts", "0004_population"),
        ("layers", "0003_overlays"),
        ("pins", "0016_public_rows_without_boundaries"),
    ]

    operations = [
        migrations.AlterField(
            model_name="pin",
            name="duplicate_of",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to="pins.pin",
                verbose_name="duplicate of",
            ),
        ),
        migrations.AlterField(
            model_name="pin",
            name="handed_to",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="districts.body",
                verbose_name="handed over to",
            ),
        ),
        migrations.AlterField(
            model_name="pin",
            name="location",
            field=django.contrib.gis.db.models.fields.PointField(
                spatial_index=False, srid=4326, verbose_name="location"
            ),
        ),
        migrations.AlterField(
            model_name="pin",
            name="reference",
            field=pins.models.pin.ReferenceField(
                default=pins.models.pin.next_reference,
                editable=False,
                max_length=24,
                verbose_name="reference",
            ),
        ),
        migrations.AlterField(
            model_name="pin",
            name="token_hash",
            field=models.CharField(editable=False, max_length=64),
        ),
        migrations.AlterField(
            model_name="publicpin",
            name="body",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="districts.body",
            ),
        ),
        migrations.AlterField(
            model_name="publicpin",
            name="reference",
            field=models.CharField(max_length=24),
        ),
        migrations.AddIndex(
            model_name="pin",
            index=models.Index(
                models.F("duplicate_of"),
                condition=models.Q(("duplicate_of__isnull", False)),
                name="pin_duplicates",
            ),
        ),
        migrations.AddIndex(
            model_name="pin",
            index=models.Index(
                models.F("handed_to"),
                condition=models.Q(("handed_to__isnull", False)),
                name="pin_handed_over",
            ),
        ),
        migrations.AddConstraint(
            model_name="pin",
            constraint=models.UniqueConstraint(
                fields=("reference",), name="pin_reference_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="publicpin",
            constraint=models.UniqueConstraint(
                fields=("reference",), name="publicpin_reference_once"
            ),
        ),
    ]
