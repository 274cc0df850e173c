"""Who wants to be told: addresses, and what each of them follows."""

import datetime
from typing import Self

from django.conf import settings
from django.contrib.gis.db import models
from django.contrib.postgres.indexes import GistIndex
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Exists, OuterRef, Q, Value
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from layers.models import Theme
from pins.models.contact import (
    CONSENT_VERSION,
    EMAIL_LENGTH,
    Contact,
    ended_before,
)
from pins.models.pin import Pin

# Metres around a place.
RADIUS = (500, 3_000)


class MailboxQuerySet(models.QuerySet["Mailbox"]):
    def of_address(self, email: str) -> Self:
        """Keep that of an address, however its letters are written."""
        # Lower case is what the database takes for it: its index is unique by that.
        return self.annotate(lower=Lower("email")).filter(lower=Lower(Value(email)))

    def without_purpose(self) -> Self:
        """Keep those that nobody needs any more: nothing followed, nothing written."""
        written = Contact.objects.annotate(lower=Lower("email")).filter(
            lower=Lower(OuterRef("email"))
        )
        followed = Follow.objects.filter(mailbox=OuterRef("pk"))
        return self.exclude(Exists(written)).exclude(Exists(followed))


class Mailbox(models.Model):
    """One person's address, whatever they follow or wrote; who sends to it, holds it.

    Personal data, kept only as long as a `Follow` or a `Contact` needs it. Never exported.
    """

    email = models.EmailField(_("e-mail"), max_length=EMAIL_LENGTH)
    # Nothing is sent before: the pause after a mail, or after one that was refused.
    not_before = models.DateTimeField(
        _("next mail not before"), default=timezone.now, editable=False
    )
    refusals = models.PositiveSmallIntegerField(default=0, editable=False)

    objects = MailboxQuerySet.as_manager()

    class Meta:
        verbose_name = _("mailbox")
        verbose_name_plural = _("mailboxes")
        constraints = [
            models.UniqueConstraint(Lower("email"), name="mailbox_address_once"),
        ]
        indexes = [models.Index("not_before", "id", name="mailbox_not_before")]

    def __str__(self) -> str:
        # Never the address: this text ends up in logs and in the admin's history.
        return f"#{self.pk}"


class FollowQuerySet(models.QuerySet["Follow"]):
    def confirmed(self) -> Self:
        return self.filter(confirmed_at__isnull=False)

    def never_confirmed(self, before: datetime.datetime) -> Self:
        """Keep those whose link nobody used in time."""
        return self.filter(confirmed_at=None, asked_at__lt=before)

    def due_for_erasure(self, before: datetime.datetime) -> Self:
        """Keep those of a pin that came to its end before the given moment."""
        return self.filter(pin__in=ended_before(before))


class Follow(models.Model):
    """What somebody wants to be told of: a pin, a district, a theme or around a place.

    Personal data (GDPR Art. 6(1)(a), consent): nothing is sent before the link in the
    confirming mail was used; erased unless that happens, on request, and for a pin a set
    time after its end. Never exported.
    """

    mailbox = models.ForeignKey(
        Mailbox, on_delete=models.CASCADE, related_name="follows"
    )
    language = models.CharField(_("language"), max_length=2)
    pin = models.ForeignKey(
        Pin,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="follows",
        verbose_name=_("contribution"),
    )
    # By its slug: a district outlives its boundaries.
    district_slug = models.CharField(_("district"), max_length=80, blank=True)
    theme = models.ForeignKey(
        Theme,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("theme"),
    )
    # WGS 84, rounded to about ten metres: more need not be known of anybody.
    place = models.PointField(
        _("place"),
        srid=4326,
        geography=True,
        null=True,
        blank=True,
        spatial_index=False,
    )
    place_name = models.CharField(_("name of the place"), max_length=200, blank=True)
    # Metres.
    radius = models.PositiveSmallIntegerField(
        _("radius"),
        null=True,
        blank=True,
        validators=[MinValueValidator(RADIUS[0]), MaxValueValidator(RADIUS[1])],
    )
    consent_version = models.CharField(
        _("version of the consent"),
        max_length=20,
        default=CONSENT_VERSION,
        editable=False,
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    # When the last mail with the confirming link was asked for.
    asked_at = models.DateTimeField(default=timezone.now, editable=False)
    confirmed_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = FollowQuerySet.as_manager()

    class Meta:
        verbose_name = _("follower")
        verbose_name_plural = _("followers")
        constraints = [
            models.CheckConstraint(
                name="follow_exactly_one_target",
                condition=(
                    Q(pin__isnull=False, district_slug="", theme=None, place=None)
                    | Q(pin=None, theme=None, place=None) & ~Q(district_slug="")
                    | Q(pin=None, district_slug="", theme__isnull=False, place=None)
                    | Q(pin=None, district_slug="", theme=None, place__isnull=False)
                ),
            ),
            models.CheckConstraint(
                name="follow_place_with_a_radius",
                condition=Q(place=None, radius=None, place_name="")
                | Q(
                    place__isnull=False,
                    radius__isnull=False,
                    radius__gte=500,
                    radius__lte=3000,
                ),
            ),
            models.CheckConstraint(
                name="follow_language_known", condition=Q(language__in=["de", "en"])
            ),
            models.UniqueConstraint(
                name="follow_pin_once",
                fields=["mailbox", "pin"],
                condition=Q(pin__isnull=False),
            ),
            models.UniqueConstraint(
                name="follow_district_once",
                fields=["mailbox", "district_slug"],
                condition=~Q(district_slug=""),
            ),
            models.UniqueConstraint(
                name="follow_theme_once",
                fields=["mailbox", "theme"],
                condition=Q(theme__isnull=False),
            ),
            models.UniqueConstraint(
                name="follow_place_once",
                fields=["mailbox", "place", "radius"],
                condition=Q(place__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                "district_slug", name="follow_district", condition=~Q(district_slug="")
            ),
            GistIndex(
                fields=["place"], name="follow_place", condition=Q(place__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        # Never the address, as with the mailbox.
        return f"#{self.pk}"

    @property
    def is_confirmed(self) -> bool:
        return self.confirmed_at is not None

    def link_expired(self, now: datetime.datetime | None = None) -> bool:
        """Tell whether the time of the confirming link is over."""
        return self.asked_at + settings.CONFIRM_PERIOD <= (now or timezone.now())
