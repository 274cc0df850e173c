"""Who comes to an event: personal invitations, and registrations confirmed by mail."""

import datetime
from typing import Self
from uuid import uuid4

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q, Sum
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from insek.models.event import Event
from insek.models.group import InterestGroup
from pins.models.contact import CONSENT_VERSION, EMAIL_LENGTH
from pins.own_link import make_token

PERSONS = 5
NAME_LENGTH = 100


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def due_for_erasure(self, now: datetime.datetime) -> Self:
        """Keep those to events that are long over."""
        return self.filter(event__ends_at__lt=now - settings.REGISTRATION_LIFETIME)


class Invitation(models.Model):
    """A personal link to register for an event that takes place by invitation.

    The token of the link follows from `key` and the site's secret; only its hash is
    looked for. Erased with the registrations of the event.
    """

    event = models.ForeignKey(
        Event, on_delete=models.CASCADE, related_name="invitations"
    )
    group = models.ForeignKey(
        InterestGroup,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("group"),
    )
    email = models.EmailField(_("e-mail"), max_length=EMAIL_LENGTH)
    language = models.CharField(max_length=5, choices=settings.LANGUAGES)
    key = models.UUIDField(default=uuid4, unique=True, editable=False)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    invited_at = models.DateTimeField(default=timezone.now, editable=False)
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["email", "pk"]
        constraints = [
            models.UniqueConstraint(
                F("event"), Lower("email"), name="invited_once_to_an_event"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event_id}: {self.pk}"

    @property
    def token(self) -> str:
        return make_token(self.key)


class RegistrationQuerySet(models.QuerySet["Registration"]):
    def coming(self) -> Self:
        """Keep those who have a place."""
        return self.filter(state=Registration.State.CONFIRMED)

    def in_line(self) -> Self:
        """Keep those who wait for a place, the longest waiting first."""
        return self.filter(state=Registration.State.WAITING).order_by(
            "confirmed_at", "pk"
        )

    def persons(self) -> int:
        """Return how many persons these are."""
        return self.aggregate(n=Sum("persons"))["n"] or 0

    def due_for_erasure(self, now: datetime.datetime) -> Self:
        """Keep what nobody needs any more.

        Those of events that are long over, and earlier what was never confirmed and what
        was cancelled.
        """
        unconfirmed = Q(
            state=Registration.State.PENDING,
            asked_at__lt=now - settings.CONFIRM_PERIOD,
        )
        cancelled = Q(
            state=Registration.State.CANCELLED,
            cancelled_at__lt=now - settings.CONFIRM_PERIOD,
        )
        over = Q(event__ends_at__lt=now - settings.REGISTRATION_LIFETIME)
        return self.filter(unconfirmed | cancelled | over)


class Registration(models.Model):
    """Somebody who wants to come to an event, with up to four others.

    Takes a place only when the address is confirmed; whoever finds none waits. Its link
    follows from `key`, as that of an invitation does.
    """

    class State(models.TextChoices):
        PENDING = "pending", _("Not confirmed yet")
        CONFIRMED = "confirmed", _("Registered")
        WAITING = "waiting", _("On the waiting list")
        CANCELLED = "cancelled", _("Cancelled")

    event = models.ForeignKey(
        Event, on_delete=models.CASCADE, related_name="registrations"
    )
    invitation = models.OneToOneField(
        Invitation,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="registration",
    )
    email = models.EmailField(_("e-mail"), max_length=EMAIL_LENGTH)
    name = models.CharField(_("name"), max_length=NAME_LENGTH, blank=True)
    persons = models.PositiveSmallIntegerField(
        _("number of persons"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(PERSONS)],
    )
    language = models.CharField(max_length=5, choices=settings.LANGUAGES)
    state = models.CharField(
        _("state"), max_length=10, choices=State, default=State.PENDING
    )
    key = models.UUIDField(default=uuid4, unique=True, editable=False)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    consent_version = models.CharField(
        _("version of the consent"),
        max_length=20,
        default=CONSENT_VERSION,
        editable=False,
    )
    asked_at = models.DateTimeField(default=timezone.now, editable=False)
    # Mails to an address that nobody has confirmed yet.
    asked_times = models.PositiveSmallIntegerField(default=1, editable=False)
    confirmed_at = models.DateTimeField(null=True, blank=True, editable=False)
    cancelled_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        verbose_name = _("registration")
        verbose_name_plural = _("registrations")
        ordering = ["asked_at", "pk"]
        indexes = [models.Index("event", "state", name="registration_of_event")]
        constraints = [
            models.UniqueConstraint(
                F("event"), Lower("email"), name="registered_once_for_an_event"
            ),
            models.CheckConstraint(
                name="registration_state_known",
                condition=Q(state__in=["pending", "confirmed", "waiting", "cancelled"]),
            ),
            models.CheckConstraint(
                name="registration_of_a_few_persons",
                condition=Q(persons__gte=1, persons__lte=PERSONS),
            ),
            models.CheckConstraint(
                name="registration_place_only_when_confirmed",
                condition=~Q(state__in=["confirmed", "waiting"])
                | Q(confirmed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="registration_cancelled_at_a_moment",
                condition=~Q(state="cancelled") | Q(cancelled_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event_id}: {self.pk}"

    @property
    def token(self) -> str:
        return make_token(self.key)

    @property
    def is_coming(self) -> bool:
        return self.state == self.State.CONFIRMED

    @property
    def is_waiting(self) -> bool:
        return self.state == self.State.WAITING
