"""Stands: where the office asks people for their contributions on a tablet."""

import datetime
from typing import Self
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from insek.models.event import Event
from pins.own_link import hash_token

SALT = "insek.stand"
# What was written without a network may arrive so long after the end.
GRACE = datetime.timedelta(days=1)


class StandQuerySet(models.QuerySet["Stand"]):
    def with_token(self, token: str) -> Self:
        """Keep the stand that a link opens."""
        return self.filter(token_hash=hash_token(token))


class Stand(models.Model):
    """A stand of an event, with a link that opens its form without an account.

    Only the hash of the link's token is kept. The token follows from `key` and the
    site's secret, so that the office can show the link again; with a new key the old
    link opens nothing any more.
    """

    event = models.ForeignKey(
        Event, on_delete=models.PROTECT, related_name="stands", verbose_name=_("event")
    )
    label = models.CharField(_("name of the stand"), max_length=80)
    key = models.UUIDField(default=uuid4, editable=False)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    valid_from = models.DateTimeField(_("open from"))
    valid_until = models.DateTimeField(_("open until"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    revoked_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    objects = StandQuerySet.as_manager()

    class Meta:
        verbose_name = _("stand")
        verbose_name_plural = _("stands")
        ordering = ["-valid_until", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="stand_closes_after_its_opening",
                condition=Q(valid_until__gt=F("valid_from")),
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def token(self) -> str:
        return salted_hmac(SALT, str(self.key), algorithm="sha256").hexdigest()

    @property
    def is_closed(self) -> bool:
        """Whether it was closed by hand, or with its event."""
        return self.revoked_at is not None or (
            self.event.state == Event.State.CANCELLED
        )

    @property
    def is_early(self) -> bool:
        return timezone.now() < self.valid_from

    @property
    def is_over(self) -> bool:
        return timezone.now() >= self.valid_until

    @property
    def is_open(self) -> bool:
        """Whether its form can be written in now."""
        return not (self.is_closed or self.is_early or self.is_over)

    @property
    def takes_what_was_written(self) -> bool:
        """Whether it takes what arrives now: also what waited for a network."""
        is_late = timezone.now() >= self.valid_until + GRACE
        return not (self.is_closed or self.is_early or is_late)
