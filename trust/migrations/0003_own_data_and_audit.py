"""The log keeps its entries for three years; links to all that is stored of an address."""

import django.db.models.functions.text
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

# Runs with the rights of whoever owns the tables: the role of the site has none to
# delete here. `docs/operation.md` says how the two are set up.
ERASE = """
CREATE FUNCTION trust_erase_old_audit(dry_run boolean) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    counted bigint;
BEGIN
    IF dry_run THEN
        SELECT count(*) INTO counted FROM trust_auditentry
        WHERE at <= CURRENT_TIMESTAMP - INTERVAL '1096 days';
    ELSE
        DELETE FROM trust_auditentry
        WHERE at <= CURRENT_TIMESTAMP - INTERVAL '1096 days';
        GET DIAGNOSTICS counted = ROW_COUNT;
    END IF;
    RETURN counted;
END
$$;
COMMENT ON FUNCTION trust_erase_old_audit IS
    'Erases entries of the audit log that are older than three years; nothing else can.';
"""


class Migration(migrations.Migration):
    dependencies = [
        ("trust", "0002_against_spam"),
    ]

    operations = [
        migrations.CreateModel(
            name="AddressLink",
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
                ("email", models.EmailField(max_length=254, verbose_name="e-mail")),
                (
                    "language",
                    models.CharField(
                        choices=[("de", "German"), ("en", "English")],
                        max_length=5,
                        verbose_name="language",
                    ),
                ),
                (
                    "asked_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, verbose_name="asked at"
                    ),
                ),
            ],
            options={
                "verbose_name": "link to stored data",
                "verbose_name_plural": "links to stored data",
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="auditentry",
            name="append_only",
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="auditentry",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="09f39870bbdf542da575a6bc3898f653133ff4aa",
                    operation="UPDATE",
                    pgid="pgtrigger_append_only_e291c",
                    table="trust_auditentry",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="auditentry",
            trigger=pgtrigger.compiler.Trigger(
                name="kept_three_years",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.at > CURRENT_TIMESTAMP - INTERVAL '1096 days')",
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="d17f3be231e60640f1c8b2ba2f3c83790e3d460a",
                    operation="DELETE",
                    pgid="pgtrigger_kept_three_years_e5b4b",
                    table="trust_auditentry",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="auditentry",
            trigger=pgtrigger.compiler.Trigger(
                name="never_emptied",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'Cannot truncate table %', TG_TABLE_NAME;",
                    hash="ff98b2a2997c463a2e81c720c11063ecd3b43333",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_never_emptied_b67e6",
                    table="trust_auditentry",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="addresslink",
            index=models.Index(
                django.db.models.functions.text.Lower("email"),
                models.F("asked_at"),
                name="addresslink_address",
            ),
        ),
        migrations.AddIndex(
            model_name="addresslink",
            index=models.Index(models.F("asked_at"), name="addresslink_asked"),
        ),
        migrations.RunSQL(ERASE, "DROP FUNCTION trust_erase_old_audit(boolean);"),
    ]
