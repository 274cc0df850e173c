"""What was given out in OParl, and the triggers that tell what changed of it."""

from django.db import migrations, models

MARKS = """
CREATE FUNCTION exports_oparl_mark_sitting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO exports_oparlmark (unit)
    VALUES ('sitting-' || COALESCE(NEW.id, OLD.id));
    RETURN NULL;
END $$;

CREATE FUNCTION exports_oparl_mark_item() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO exports_oparlmark (unit)
    SELECT DISTINCT 'sitting-' || id
    FROM unnest(ARRAY[OLD.sitting_id, NEW.sitting_id]) AS id WHERE id IS NOT NULL;
    RETURN NULL;
END $$;

CREATE FUNCTION exports_oparl_mark_consultation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO exports_oparlmark (unit)
    SELECT DISTINCT 'matter-' || id
    FROM unnest(ARRAY[OLD.matter_id, NEW.matter_id]) AS id WHERE id IS NOT NULL
    UNION ALL
    SELECT DISTINCT 'sitting-' || sitting_id FROM councils_agendaitem
    WHERE id IN (OLD.item_id, NEW.item_id);
    RETURN NULL;
END $$;

CREATE FUNCTION exports_oparl_mark_matter() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO exports_oparlmark (unit)
    VALUES ('matter-' || COALESCE(NEW.id, OLD.id));
    RETURN NULL;
END $$;

-- Of tables whose rows say to which matter they belong.
CREATE FUNCTION exports_oparl_mark_matter_of() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO exports_oparlmark (unit)
    SELECT DISTINCT 'matter-' || id
    FROM unnest(ARRAY[OLD.matter_id, NEW.matter_id]) AS id WHERE id IS NOT NULL;
    RETURN NULL;
END $$;

CREATE FUNCTION exports_oparl_mark_body() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO exports_oparlmark (unit)
    SELECT 'body-' || COALESCE(NEW.id, OLD.id)
    UNION ALL
    SELECT 'sitting-' || id FROM councils_sitting
    WHERE body_id = COALESCE(NEW.id, OLD.id);
    RETURN NULL;
END $$;

CREATE FUNCTION exports_oparl_mark_theme() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO exports_oparlmark (unit)
    SELECT DISTINCT 'matter-' || part.matter_id
    FROM councils_matterpin part JOIN pins_publicpin pin ON pin.id = part.pin_id
    WHERE pin.theme_id = NEW.id;
    RETURN NULL;
END $$;

CREATE FUNCTION exports_oparl_mark_pins() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO exports_oparlmark (unit)
    SELECT DISTINCT 'matter-' || part.matter_id
    FROM changed JOIN councils_matterpin part ON part.pin_id = changed.id;
    RETURN NULL;
END $$;

-- Supports and comments are counted in the same rows, and are nothing to tell here. A
-- difference of sets, not a join: one plan serves a row and a million of them.
CREATE FUNCTION exports_oparl_mark_changed_pins() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO exports_oparlmark (unit)
    SELECT DISTINCT 'matter-' || matter_id
    FROM (
        SELECT part.matter_id, pin.id, pin.reference, pin.title, pin.theme_id,
            pin.place_note, pin.district_name, ST_AsBinary(pin.location)
        FROM changed pin JOIN councils_matterpin part ON part.pin_id = pin.id
        EXCEPT
        SELECT part.matter_id, pin.id, pin.reference, pin.title, pin.theme_id,
            pin.place_note, pin.district_name, ST_AsBinary(pin.location)
        FROM before pin JOIN councils_matterpin part ON part.pin_id = pin.id
    ) AS other;
    RETURN NULL;
END $$;

CREATE TRIGGER exports_oparl_sitting AFTER INSERT OR UPDATE OR DELETE
    ON councils_sitting FOR EACH ROW EXECUTE FUNCTION exports_oparl_mark_sitting();
CREATE TRIGGER exports_oparl_item AFTER INSERT OR UPDATE OR DELETE
    ON councils_agendaitem FOR EACH ROW EXECUTE FUNCTION exports_oparl_mark_item();
CREATE TRIGGER exports_oparl_consultation AFTER INSERT OR UPDATE OR DELETE
    ON councils_consultation FOR EACH ROW
    EXECUTE FUNCTION exports_oparl_mark_consultation();
CREATE TRIGGER exports_oparl_matter AFTER INSERT OR UPDATE OR DELETE
    ON councils_matter FOR EACH ROW EXECUTE FUNCTION exports_oparl_mark_matter();
CREATE TRIGGER exports_oparl_matterpin AFTER INSERT OR UPDATE OR DELETE
    ON councils_matterpin FOR EACH ROW EXECUTE FUNCTION exports_oparl_mark_matter_of();
CREATE TRIGGER exports_oparl_submission AFTER INSERT OR UPDATE OR DELETE
    ON insek_submission FOR EACH ROW EXECUTE FUNCTION exports_oparl_mark_matter_of();
CREATE TRIGGER exports_oparl_body AFTER INSERT OR UPDATE OR DELETE
    ON districts_body FOR EACH ROW EXECUTE FUNCTION exports_oparl_mark_body();
CREATE TRIGGER exports_oparl_theme AFTER UPDATE OF title_de
    ON layers_theme FOR EACH ROW EXECUTE FUNCTION exports_oparl_mark_theme();
CREATE TRIGGER exports_oparl_pins_added AFTER INSERT ON pins_publicpin
    REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION exports_oparl_mark_pins();
CREATE TRIGGER exports_oparl_pins_removed AFTER DELETE ON pins_publicpin
    REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION exports_oparl_mark_pins();
CREATE TRIGGER exports_oparl_pins_changed AFTER UPDATE ON pins_publicpin
    REFERENCING OLD TABLE AS before NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION exports_oparl_mark_changed_pins();

-- What is there already is given out with the first request.
INSERT INTO exports_oparlmark (unit) VALUES ('all');
"""

NO_MARKS = """
DROP TRIGGER exports_oparl_pins_changed ON pins_publicpin;
DROP TRIGGER exports_oparl_pins_removed ON pins_publicpin;
DROP TRIGGER exports_oparl_pins_added ON pins_publicpin;
DROP TRIGGER exports_oparl_theme ON layers_theme;
DROP TRIGGER exports_oparl_body ON districts_body;
DROP TRIGGER exports_oparl_submission ON insek_submission;
DROP TRIGGER exports_oparl_matterpin ON councils_matterpin;
DROP TRIGGER exports_oparl_matter ON councils_matter;
DROP TRIGGER exports_oparl_consultation ON councils_consultation;
DROP TRIGGER exports_oparl_item ON councils_agendaitem;
DROP TRIGGER exports_oparl_sitting ON councils_sitting;
DROP FUNCTION exports_oparl_mark_changed_pins();
DROP FUNCTION exports_oparl_mark_pins();
DROP FUNCTION exports_oparl_mark_theme();
DROP FUNCTION exports_oparl_mark_body();
DROP FUNCTION exports_oparl_mark_matter_of();
DROP FUNCTION exports_oparl_mark_matter();
DROP FUNCTION exports_oparl_mark_consultation();
DROP FUNCTION exports_oparl_mark_item();
DROP FUNCTION exports_oparl_mark_sitting();
"""

KINDS = [
    ("System", "System"),
    ("Body", "Body"),
    ("Organization", "Organization"),
    ("Meeting", "Meeting"),
    ("AgendaItem", "Agenda Item"),
    ("Paper", "Paper"),
    ("Consultation", "Consultation"),
    ("File", "File"),
    ("Location", "Location"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("exports", "0001_jobs"),
        ("councils", "0005_matter_text"),
        ("districts", "0004_population"),
        ("insek", "0008_suggestions"),
        ("layers", "0003_overlays"),
        ("pins", "0014_open311"),
    ]

    operations = [
        migrations.CreateModel(
            name="OparlObject",
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
                ("kind", models.CharField(choices=KINDS, max_length=12)),
                ("key", models.CharField(max_length=60)),
                ("unit", models.CharField(max_length=30)),
                ("organization", models.BigIntegerField(null=True)),
                ("content", models.JSONField(default=dict)),
                ("stamp", models.CharField(blank=True, max_length=200)),
                ("created", models.DateTimeField()),
                ("modified", models.DateTimeField()),
                ("is_deleted", models.BooleanField(default=False)),
                ("version", models.BigIntegerField()),
            ],
            options={
                "verbose_name": "object given out in OParl",
                "verbose_name_plural": "objects given out in OParl",
                "indexes": [
                    models.Index(fields=["kind", "id"], name="oparlobject_list"),
                    models.Index(
                        fields=["kind", "modified"], name="oparlobject_modified"
                    ),
                    models.Index(
                        fields=["kind", "organization", "id"],
                        name="oparlobject_of_body",
                    ),
                    models.Index(fields=["unit"], name="oparlobject_unit"),
                    models.Index(fields=["version"], name="oparlobject_version"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("kind", "key"), name="oparlobject_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(kind__in=[kind for kind, _name in KINDS]),
                        name="oparlobject_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(is_deleted=False)
                        | models.Q(content={}, stamp=""),
                        name="oparlobject_keeps_nothing_of_what_was_taken_away",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OparlMark",
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
                ("unit", models.CharField(max_length=30)),
            ],
            options={
                "verbose_name": "change to give out in OParl",
                "verbose_name_plural": "changes to give out in OParl",
            },
        ),
        migrations.RunSQL(MARKS, NO_MARKS),
    ]
