"""Systems that may send contributions by Open311, and what each has sent."""

import datetime
from typing import Self
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from pins.models import Pin
from pins.own_link import hash_token
from trust.clock import lately

SALT = "exports.open311-client"
DAY = datetime.timedelta(days=1)


class ApiClientQuerySet(models.QuerySet["ApiClient"]):
    def with_key(self, api_key: str) -> Self:
        """Keep the client that a key opens the door for; a revoked one opens none."""
        return self.filter(key_hash=hash_token(api_key), revoked_at=None)


class ApiClient(models.Model):
    """A system of somebody else that hands contributions on, such as a city's app.

    Only the hash of its key is kept. The key follows from `key` and the site's secret:
    it is shown once, after it was made, and kept nowhere meanwhile.
    """

    name = models.CharField(_("name"), max_length=80, unique=True)
    key = models.UUIDField(default=uuid4, unique=True, editable=False)
    key_hash = models.CharField(max_length=64, unique=True, editable=False)
    daily_limit = models.PositiveIntegerField(_("contributions a day"), default=200)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    objects = ApiClientQuerySet.as_manager()

    class Meta:
        verbose_name = _("client of Open311")
        verbose_name_plural = _("clients of Open311")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                name="apiclient_may_send_something",
                condition=models.Q(daily_limit__gte=1),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def api_key(self) -> str:
        return salted_hmac(SALT, str(self.key), algorithm="sha256").hexdigest()

    @property
    def has_reached_its_limit(self) -> bool:
        """Whether it has sent as much within a day as it may; one query."""
        return self.sent.filter(sent_at__range=lately(DAY)).count() >= self.daily_limit


class SentPin(models.Model):
    """Which system handed a contribution on."""

    pin = models.OneToOneField(Pin, on_delete=models.CASCADE, related_name="+")
    client = models.ForeignKey(ApiClient, on_delete=models.PROTECT, related_name="sent")
    sent_at = models.DateTimeField(default=timezone.now, editable=False)
    # Salted hash of all that was sent, which tells a repetition from something else under
    # the same Idempotency-Key, whatever became of the words since.
    fingerprint = models.CharField(
        max_length=64, default="", db_default="", editable=False
    )

    class Meta:
        verbose_name = _("contribution by Open311")
        verbose_name_plural = _("contributions by Open311")
        indexes = [models.Index("client", "sent_at", name="sentpin_client_sent_at")]

    def __str__(self) -> str:
        return f"{self.client_id}: {self.pin_id}"
