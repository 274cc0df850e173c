"""Webhooks: where the city's own systems are told, what of, and how that went."""

import base64
import datetime
from typing import Self
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

SALT = "exports.webhook"
# Both secrets sign for so long after a change: nothing is lost while a system follows.
OVERLAP = datetime.timedelta(days=1)


class Topic(models.TextChoices):
    """What a system can be told of."""

    PIN_PUBLISHED = "pin.published", _("A contribution was published")
    PIN_STATUS_CHANGED = "pin.status_changed", _("A contribution has a new status")
    PIN_REMOVED = "pin.removed", _("A contribution is no longer public")
    MEASURE_PUBLISHED = "measure.published", _("A measure was published")
    MEASURE_STATE_CHANGED = "measure.state_changed", _("A measure has a new state")
    MEASURE_REMOVED = "measure.removed", _("A measure is no longer public")


# A message that tells nothing, to try an address with.
PING = "ping"


class Webhook(models.Model):
    """An address of a system that is told of what happens in public.

    Its secret signs each message. It follows from `key` and the site's secret, so that
    who reads the table cannot sign.
    """

    name = models.CharField(_("name"), max_length=80)
    url = models.URLField(_("address"), max_length=500)
    topics = ArrayField(
        models.CharField(max_length=30, choices=Topic), verbose_name=_("topics")
    )
    key = models.UUIDField(default=uuid4, unique=True, editable=False)
    former_key = models.UUIDField(null=True, editable=False)
    former_until = models.DateTimeField(null=True, editable=False)
    is_active = models.BooleanField(_("switched on"), default=True)
    # After no answer at all, nothing is sent until then, whatever waits.
    not_before = models.DateTimeField(null=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        ordering = ["name", "id"]
        permissions = [
            ("operate_interfaces", "Can manage webhooks and clients of Open311")
        ]
        constraints = [
            models.CheckConstraint(
                name="webhook_topics_known",
                condition=Q(
                    topics__contained_by=[
                        "pin.published",
                        "pin.status_changed",
                        "pin.removed",
                        "measure.published",
                        "measure.state_changed",
                        "measure.removed",
                    ],
                    topics__len__gt=0,
                ),
            ),
            models.CheckConstraint(
                name="webhook_former_secret_ends",
                condition=Q(former_key=None, former_until=None)
                | Q(former_key__isnull=False, former_until__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def topic_labels(self) -> list[str]:
        return [str(Topic(topic).label) for topic in self.topics]

    @property
    def secret(self) -> str:
        """The secret as the system at the other end is given it."""
        return f"whsec_{base64.b64encode(secret_of(self.key)).decode()}"

    def secrets(self) -> list[bytes]:
        """Return what signs now: the secret, and the former one for a day."""
        keys = [self.key]
        until = self.former_until
        if self.former_key is not None and until and until > timezone.now():
            keys.append(self.former_key)
        return [secret_of(key) for key in keys]


def secret_of(key: UUID) -> bytes:
    """Return the bytes that sign for a key."""
    return salted_hmac(SALT, str(key), algorithm="sha256").digest()


class WebhookEvent(models.Model):
    """Something that happened in public: the outbox.

    Written by the database in the transaction of the change, and only where some webhook
    listens. `subject` is the reference of a contribution or the slug of a measure; what
    is sent of it is read when it is sent.
    """

    uid = models.UUIDField(unique=True, db_default=RandomUUID(), editable=False)
    topic = models.CharField(_("topic"), max_length=30)
    subject = models.CharField(_("about"), max_length=80, blank=True)
    before = models.CharField(max_length=12, blank=True, db_default="")
    after = models.CharField(max_length=12, blank=True, db_default="")
    created_at = models.DateTimeField(_("at"), db_default=Now(), editable=False)
    # Since when there is a delivery for each webhook that listens.
    spread_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("event for webhooks")
        verbose_name_plural = _("events for webhooks")
        ordering = ["id"]
        indexes = [
            models.Index(
                "id", name="webhookevent_not_spread", condition=Q(spread_at=None)
            ),
            models.Index("created_at", name="webhookevent_created"),
        ]

    def __str__(self) -> str:
        return f"{self.topic} {self.subject}".strip()

    @property
    def label(self) -> str:
        if self.topic == PING:
            return str(_("Test message"))
        return str(Topic(self.topic).label)


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def due(self) -> Self:
        """Keep what is to be sent now, as far as the deliveries themselves say."""
        return self.filter(
            state=Delivery.State.WAITING, next_try_at__lte=timezone.now()
        )

    def deliverable(self) -> Self:
        """Keep what is due at webhooks that are on and not given a rest."""
        rested = Q(webhook__not_before=None) | Q(
            webhook__not_before__lte=timezone.now()
        )
        return self.due().filter(rested, webhook__is_active=True)


class Delivery(models.Model):
    """That a webhook is told of an event, how often that was tried, and what came of it."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        DELIVERED = "delivered", _("Delivered")
        GIVEN_UP = "given_up", _("Given up")
        # Hidden meanwhile, or public again: to tell it would tell what is not so.
        OUTDATED = "outdated", _("No longer true, not sent")

    class Problem(models.TextChoices):
        NO_ADDRESS = "no_address", _("The name of the server is not known")
        NOT_PUBLIC = "not_public", _("The server has no public address")
        NO_CONNECTION = "no_connection", _("No connection")
        TLS = "tls", _("The certificate is not valid for this server")
        TIMEOUT = "timeout", _("No answer in time")
        NO_ANSWER = "no_answer", _("The answer could not be read")
        REDIRECTED = "redirected", _("It leads on to another address")
        REFUSED = "refused", _("The server refused it")

    webhook = models.ForeignKey(
        Webhook, on_delete=models.CASCADE, related_name="deliveries"
    )
    event = models.ForeignKey(
        WebhookEvent, on_delete=models.CASCADE, related_name="deliveries"
    )
    state = models.CharField(
        max_length=10, choices=State, default=State.WAITING, db_default="waiting"
    )
    attempts = models.PositiveSmallIntegerField(default=0, db_default=0)
    next_try_at = models.DateTimeField(default=timezone.now, db_default=Now())
    tried_at = models.DateTimeField(null=True)
    status_code = models.PositiveSmallIntegerField(null=True)
    problem = models.CharField(
        max_length=16, choices=Problem, blank=True, db_default=""
    )

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ["-id"]
        indexes = [
            models.Index(F("webhook"), F("id").desc(), name="delivery_latest"),
            models.Index(
                "webhook",
                "next_try_at",
                name="delivery_waiting",
                condition=Q(state="waiting"),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                name="delivery_once_per_webhook", fields=["webhook", "event"]
            ),
            models.CheckConstraint(
                name="delivery_state_known",
                condition=Q(state__in=["waiting", "delivered", "given_up", "outdated"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.webhook_id}: {self.event_id} {self.state}"
