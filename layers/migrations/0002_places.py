"""Streets and addresses, found by what all spellings of a place have in common."""

import django.contrib.gis.db.models.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.contrib.postgres.operations import TrigramExtension, UnaccentExtension
from django.db import migrations, models

# Immutable, so that a column and an index can hold it; `unaccent` is only stable, since
# its dictionary may be exchanged, which nobody does here.
PLACE_KEY = r"""
CREATE FUNCTION layers_place_key(words text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN btrim(
    -- "11 a" is 11a,
    regexp_replace(
        -- Mühl- and Muehl-, Str. and Straße are the same,
        regexp_replace(
            regexp_replace(
                -- and so are all signs between words.
                regexp_replace(
                    lower(unaccent('unaccent', normalize(words, NFKC)) COLLATE "C"),
                    '[^a-z0-9]+', ' ', 'g'
                ),
                'str\M', 'strasse', 'g'
            ),
            '([aou])e', '\1', 'g'
        ),
        '(\d) ([a-z])\M', '\1\2', 'g'
    )
);
COMMENT ON FUNCTION layers_place_key IS
    'What all spellings of a street, house number or district have in common.';
"""


class Migration(migrations.Migration):
    dependencies = [
        ("layers", "0001_initial"),
    ]

    operations = [
        UnaccentExtension(),
        TrigramExtension(),
        migrations.RunSQL(PLACE_KEY, "DROP FUNCTION layers_place_key(text);"),
        migrations.CreateModel(
            name="Street",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        db_collation="de-x-icu", max_length=200, verbose_name="name"
                    ),
                ),
                (
                    "key",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Func("name", function="layers_place_key"),
                        output_field=models.CharField(db_collation="C", max_length=400),
                    ),
                ),
                (
                    "location",
                    django.contrib.gis.db.models.fields.PointField(
                        spatial_index=False, srid=4326, verbose_name="location"
                    ),
                ),
            ],
            options={
                "verbose_name": "street",
                "verbose_name_plural": "streets",
                "ordering": ["name", "id"],
                "indexes": [
                    models.Index(fields=["key"], name="street_key"),
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["key"],
                        name="street_key_alike",
                        opclasses=["gin_trgm_ops"],
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("key", ""), _negated=True),
                        name="street_can_be_found",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Address",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "housenumber",
                    models.CharField(max_length=40, verbose_name="house number"),
                ),
                (
                    "postcode",
                    models.CharField(
                        blank=True, max_length=10, verbose_name="postcode"
                    ),
                ),
                (
                    "key",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Func(
                            "housenumber", function="layers_place_key"
                        ),
                        output_field=models.CharField(db_collation="C", max_length=80),
                    ),
                ),
                (
                    "location",
                    django.contrib.gis.db.models.fields.PointField(
                        geography=True, srid=4326, verbose_name="location"
                    ),
                ),
                (
                    "street",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="addresses",
                        to="layers.street",
                        verbose_name="street",
                    ),
                ),
            ],
            options={
                "verbose_name": "address",
                "verbose_name_plural": "addresses",
                "ordering": ["street", "key"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("street", "key"), name="address_once_in_its_street"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("key", ""), _negated=True),
                        name="address_can_be_found",
                    ),
                ],
            },
        ),
    ]
