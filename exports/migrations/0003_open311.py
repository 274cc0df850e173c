"""Clients of Open311; webhooks, what they are told of, and how that went."""

import uuid

import django.contrib.postgres.fields
import django.contrib.postgres.functions
import django.db.models.deletion
import django.db.models.functions.datetime
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

# In the transaction of the change, and only where somebody listens. Contributions come in
# thousands at once: whole statements are noted, and a count that moves is no change.
OUTBOX = """
CREATE FUNCTION exports_is_heard(wanted text) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM exports_webhook WHERE is_active AND wanted = ANY (topics)
    )
$$;

CREATE FUNCTION exports_note_published_pins() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF exports_is_heard('pin.published') THEN
        INSERT INTO exports_webhookevent (topic, subject, after)
        SELECT 'pin.published', reference, status FROM changed ORDER BY id;
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION exports_note_removed_pins() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF exports_is_heard('pin.removed') THEN
        INSERT INTO exports_webhookevent (topic, subject, before)
        SELECT 'pin.removed', reference, status FROM changed ORDER BY id;
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION exports_note_status_of_pin() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF exports_is_heard('pin.status_changed') THEN
        INSERT INTO exports_webhookevent (topic, subject, before, after)
        VALUES ('pin.status_changed', NEW.reference, OLD.status, NEW.status);
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION exports_note_measure() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    was boolean := TG_OP <> 'INSERT' AND OLD.is_public;
    is_now boolean := TG_OP <> 'DELETE' AND NEW.is_public;
    happened text := CASE
        WHEN is_now AND NOT was THEN 'measure.published'
        WHEN was AND NOT is_now THEN 'measure.removed'
        WHEN was AND is_now AND OLD.state <> NEW.state THEN 'measure.state_changed'
    END;
BEGIN
    IF happened IS NOT NULL AND exports_is_heard(happened) THEN
        INSERT INTO exports_webhookevent (topic, subject, before, after)
        VALUES (
            happened,
            CASE WHEN TG_OP = 'DELETE' THEN OLD.slug ELSE NEW.slug END,
            CASE WHEN was THEN OLD.state ELSE '' END,
            CASE WHEN is_now THEN NEW.state ELSE '' END
        );
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER webhooks_published AFTER INSERT ON pins_publicpin
    REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION exports_note_published_pins();
CREATE TRIGGER webhooks_removed AFTER DELETE ON pins_publicpin
    REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION exports_note_removed_pins();
CREATE TRIGGER webhooks_status AFTER UPDATE OF status ON pins_publicpin
    FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status)
    EXECUTE FUNCTION exports_note_status_of_pin();
CREATE TRIGGER webhooks_measure
    AFTER INSERT OR DELETE OR UPDATE OF is_public, state ON insek_measure
    FOR EACH ROW EXECUTE FUNCTION exports_note_measure();
"""
NO_OUTBOX = """
DROP TRIGGER webhooks_published ON pins_publicpin;
DROP TRIGGER webhooks_removed ON pins_publicpin;
DROP TRIGGER webhooks_status ON pins_publicpin;
DROP TRIGGER webhooks_measure ON insek_measure;
DROP FUNCTION exports_note_published_pins, exports_note_removed_pins,
    exports_note_status_of_pin, exports_note_measure, exports_is_heard;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("insek", "0008_suggestions"),
        ("exports", "0002_oparl"),
        ("pins", "0015_latest_changes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ApiClient",
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
                    models.CharField(max_length=80, unique=True, verbose_name="name"),
                ),
                (
                    "key",
                    models.UUIDField(default=uuid.uuid4, editable=False, unique=True),
                ),
                (
                    "key_hash",
                    models.CharField(editable=False, max_length=64, unique=True),
                ),
                (
                    "daily_limit",
                    models.PositiveIntegerField(
                        default=200, verbose_name="contributions a day"
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False
                    ),
                ),
                (
                    "revoked_at",
                    models.DateTimeField(
                        blank=True, null=True, verbose_name="revoked at"
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "client of Open311",
                "verbose_name_plural": "clients of Open311",
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="SentPin",
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
                    "sent_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False
                    ),
                ),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sent",
                        to="exports.apiclient",
                    ),
                ),
                (
                    "pin",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="pins.pin",
                    ),
                ),
            ],
            options={
                "verbose_name": "contribution by Open311",
                "verbose_name_plural": "contributions by Open311",
            },
        ),
        migrations.CreateModel(
            name="Webhook",
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
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("url", models.URLField(max_length=500, verbose_name="address")),
                (
                    "topics",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("pin.published", "A contribution was published"),
                                (
                                    "pin.status_changed",
                                    "A contribution has a new status",
                                ),
                                ("pin.removed", "A contribution is no longer public"),
                                ("measure.published", "A measure was published"),
                                ("measure.state_changed", "A measure has a new state"),
                                ("measure.removed", "A measure is no longer public"),
                            ],
                            max_length=30,
                        ),
                        size=None,
                        verbose_name="topics",
                    ),
                ),
                (
                    "key",
                    models.UUIDField(default=uuid.uuid4, editable=False, unique=True),
                ),
                ("former_key", models.UUIDField(editable=False, null=True)),
                ("former_until", models.DateTimeField(editable=False, null=True)),
                (
                    "is_active",
                    models.BooleanField(default=True, verbose_name="switched on"),
                ),
                ("not_before", models.DateTimeField(editable=False, null=True)),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "webhook",
                "verbose_name_plural": "webhooks",
                "ordering": ["name", "id"],
                "permissions": [
                    ("operate_interfaces", "Can manage webhooks and clients of Open311")
                ],
            },
        ),
        migrations.CreateModel(
            name="WebhookEvent",
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
                    "uid",
                    models.UUIDField(
                        db_default=django.contrib.postgres.functions.RandomUUID(),
                        editable=False,
                        unique=True,
                    ),
                ),
                ("topic", models.CharField(max_length=30, verbose_name="topic")),
                (
                    "subject",
                    models.CharField(blank=True, max_length=80, verbose_name="about"),
                ),
                ("before", models.CharField(blank=True, db_default="", max_length=12)),
                ("after", models.CharField(blank=True, db_default="", max_length=12)),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        editable=False,
                        verbose_name="at",
                    ),
                ),
                ("spread_at", models.DateTimeField(editable=False, null=True)),
            ],
            options={
                "verbose_name": "event for webhooks",
                "verbose_name_plural": "events for webhooks",
                "ordering": ["id"],
                "indexes": [
                    models.Index(
                        models.F("id"),
                        condition=models.Q(("spread_at", None)),
                        name="webhookevent_not_spread",
                    ),
                    models.Index(models.F("created_at"), name="webhookevent_created"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Delivery",
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
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("delivered", "Delivered"),
                            ("given_up", "Given up"),
                            ("outdated", "No longer true, not sent"),
                        ],
                        db_default="waiting",
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(db_default=0, default=0)),
                (
                    "next_try_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        default=django.utils.timezone.now,
                    ),
                ),
                ("tried_at", models.DateTimeField(null=True)),
                ("status_code", models.PositiveSmallIntegerField(null=True)),
                (
                    "problem",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("no_address", "The name of the server is not known"),
                            ("not_public", "The server has no public address"),
                            ("no_connection", "No connection"),
                            ("tls", "The certificate is not valid for this server"),
                            ("timeout", "No answer in time"),
                            ("no_answer", "The answer could not be read"),
                            ("redirected", "It leads on to another address"),
                            ("refused", "The server refused it"),
                        ],
                        db_default="",
                        max_length=16,
                    ),
                ),
                (
                    "webhook",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deliveries",
                        to="exports.webhook",
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deliveries",
                        to="exports.webhookevent",
                    ),
                ),
            ],
            options={
                "verbose_name": "delivery",
                "verbose_name_plural": "deliveries",
                "ordering": ["-id"],
            },
        ),
        migrations.AddConstraint(
            model_name="apiclient",
            constraint=models.CheckConstraint(
                condition=models.Q(("daily_limit__gte", 1)),
                name="apiclient_may_send_something",
            ),
        ),
        migrations.AddIndex(
            model_name="sentpin",
            index=models.Index(
                models.F("client"), models.F("sent_at"), name="sentpin_client_sent_at"
            ),
        ),
        migrations.AddConstraint(
            model_name="webhook",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "topics__contained_by",
                        [
                            "pin.published",
                            "pin.status_changed",
                            "pin.removed",
                            "measure.published",
                            "measure.state_changed",
                            "measure.removed",
                        ],
                    ),
                    ("topics__len__gt", 0),
                ),
                name="webhook_topics_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="webhook",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("former_key", None), ("former_until", None)),
                    models.Q(
                        ("former_key__isnull", False), ("former_until__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="webhook_former_secret_ends",
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                models.F("webhook"),
                models.OrderBy(models.F("id"), descending=True),
                name="delivery_latest",
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                models.F("webhook"),
                models.F("next_try_at"),
                condition=models.Q(("state", "waiting")),
                name="delivery_waiting",
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.UniqueConstraint(
                fields=("webhook", "event"), name="delivery_once_per_webhook"
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["waiting", "delivered", "given_up", "outdated"])
                ),
                name="delivery_state_known",
            ),
        ),
        migrations.RunSQL(OUTBOX, NO_OUTBOX),
    ]
