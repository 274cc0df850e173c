"""The photos that residents add to a pin, re-encoded and without metadata."""

import secrets
from typing import Self

import pgtrigger
from django.contrib.gis.db import models
from django.core.validators import MaxLengthValidator
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pins.models.pin import Pin
from pins.models.public import PublicPin
from pins.models.queue_triggers import queue_photos
from pins.models.triggers import refresh_public

PHOTO_LIMIT = 3
ALT_LENGTH = 200
_NEW = (
    "SELECT p.id FROM changed JOIN pins_pin p ON p.id = changed.pin_id "
    "WHERE p.visibility = 'published'"
)
_OLD = (
    "SELECT p.id FROM before JOIN pins_pin p ON p.id = before.pin_id "
    "WHERE p.visibility = 'published'"
)


def make_name() -> str:
    """Return a name nobody can guess: 32 hexadecimal characters."""
    return secrets.token_hex(16)


class PhotoQuerySet(models.QuerySet["Photo"]):
    def public(self) -> Self:
        """Keep the photos of published pins that are not hidden themselves."""
        return self.filter(
            Exists(PublicPin.objects.filter(pk=OuterRef("pin_id"))), is_hidden=False
        )

    def waiting(self) -> Self:
        """Keep the photos of all forms that are not sent yet."""
        return self.filter(pin=None)

    def waiting_for(self, form_key: object) -> Self:
        """Keep the photos that came with a form which is not sent yet."""
        return self.waiting().filter(form_key=form_key)


class Photo(models.Model):
    """One photo. Until its form is sent it belongs to the form's key, then to the pin."""

    pin = models.ForeignKey(
        Pin,
        on_delete=models.CASCADE,
        related_name="photos",
        null=True,
        blank=True,
        verbose_name=_("contribution"),
    )
    # The idempotency key of the form it was added in: photos survive a form's errors.
    form_key = models.UUIDField(editable=False)
    name = models.CharField(
        max_length=32, unique=True, default=make_name, editable=False
    )
    position = models.PositiveSmallIntegerField(_("position"))
    width = models.PositiveSmallIntegerField(_("width"))
    height = models.PositiveSmallIntegerField(_("height"))
    alt = models.TextField(
        _("what the photo shows"),
        blank=True,
        validators=[MaxLengthValidator(ALT_LENGTH)],
    )
    is_redacted = models.BooleanField(_("partly blacked out"), default=False)
    # Alone, while its pin is published: after a report (`pins.reporting`).
    is_hidden = models.BooleanField(
        _("hidden"), default=False, db_default=False, editable=False
    )
    created_at = models.DateTimeField(_("added at"), default=timezone.now)

    objects = PhotoQuerySet.as_manager()

    class Meta:
        verbose_name = _("photo")
        verbose_name_plural = _("photos")
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                name="photo_position_once", fields=["form_key", "position"]
            ),
            models.CheckConstraint(
                name="photo_position_in_range",
                condition=Q(position__gte=1, position__lte=PHOTO_LIMIT),
            ),
            models.CheckConstraint(
                name="photo_has_a_size", condition=Q(width__gte=1, height__gte=1)
            ),
            models.CheckConstraint(
                name="photo_alt_length", condition=Q(alt__length__lte=ALT_LENGTH)
            ),
        ]
        indexes = [
            models.Index(
                "created_at", name="photo_waiting", condition=Q(pin__isnull=True)
            ),
        ]
        triggers = [
            refresh_public("show_inserted", pgtrigger.Insert, _NEW, new="changed"),
            refresh_public(
                "show_updated",
                pgtrigger.Update,
                f"{_NEW} UNION {_OLD}",
                old="before",
                new="changed",
            ),
            refresh_public("show_deleted", pgtrigger.Delete, _OLD, old="before"),
            *queue_photos(),
        ]

    def __str__(self) -> str:
        return self.name
