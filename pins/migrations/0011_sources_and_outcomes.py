"""Each contribution keeps its source, and what the city makes of it."""

from importlib import import_module

from django.db import migrations, models

FORMER_REFRESH = import_module("pins.migrations.0010_whose_answer").REFRESH
REFRESH = (
    FORMER_REFRESH.replace(
        "status, title, text, language,\n", "status, title, text, language, source,\n"
    )
    .replace("        p.language,\n", "        p.language, p.source,\n")
    .replace(
        "timeline, search, support_count, comment_count\n",
        "timeline, search, goal, measure, support_count, comment_count\n",
    )
    .replace(
        "            || setweight(to_tsvector('simple', p.reference), 'A'),\n",
        "            || setweight(to_tsvector('simple', p.reference), 'A'),\n"
        "        p.goal, p.measure,\n",
    )
    .replace(
        "language = excluded.language, location",
        "language = excluded.language, source = excluded.source, location",
    )
    .replace(
        "search = excluded.search;",
        "search = excluded.search,\n"
        "        goal = excluded.goal, measure = excluded.measure;",
    )
)


class Migration(migrations.Migration):
    dependencies = [
        ("districts", "0003_seats_and_chain"),
        ("layers", "0003_overlays"),
        ("pins", "0010_whose_answer"),
    ]

    operations = [
        migrations.CreateModel(
            name="ParticipationPeriod",
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
                ("opens_on", models.DateField(verbose_name="opens on")),
                (
                    "closes_on",
                    models.DateField(blank=True, null=True, verbose_name="closes on"),
                ),
                ("may_pin", models.BooleanField()),
                ("may_comment", models.BooleanField()),
                ("may_support", models.BooleanField()),
            ],
            options={
                "verbose_name": "period of participation",
                "verbose_name_plural": "periods of participation",
            },
        ),
        migrations.RemoveConstraint(
            model_name="news",
            name="news_event_known",
        ),
        migrations.AddField(
            model_name="pin",
            name="goal",
            field=models.CharField(editable=False, max_length=200, null=True),
        ),
        migrations.AddField(
            model_name="pin",
            name="measure",
            field=models.CharField(editable=False, max_length=200, null=True),
        ),
        migrations.AddField(
            model_name="pin",
            name="source",
            field=models.CharField(
                choices=[
                    ("online", "On this website"),
                    ("stand", "Talk at a stand"),
                    ("card", "Paper card"),
                ],
                db_default="online",
                default="online",
                max_length=10,
                verbose_name="source",
            ),
        ),
        migrations.AddField(
            model_name="publicpin",
            name="source",
            field=models.CharField(
                choices=[
                    ("online", "On this website"),
                    ("stand", "Talk at a stand"),
                    ("card", "Paper card"),
                ],
                db_default="online",
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="news",
            name="event",
            field=models.CharField(
                choices=[
                    ("published", "Published"),
                    ("status_changed", "New status"),
                    ("commented", "Commented on"),
                    ("handed_over", "Handed over"),
                    ("sitting", "Sitting"),
                    ("measure", "Measure"),
                ],
                max_length=20,
                verbose_name="event",
            ),
        ),
        migrations.AddConstraint(
            model_name="news",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "event__in",
                        [
                            "published",
                            "status_changed",
                            "commented",
                            "handed_over",
                            "sitting",
                            "measure",
                        ],
                    )
                ),
                name="news_event_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="pin",
            constraint=models.CheckConstraint(
                condition=models.Q(("source__in", ["online", "stand", "card"])),
                name="pin_source_known",
            ),
        ),
        migrations.RunSQL(REFRESH, FORMER_REFRESH),
    ]
