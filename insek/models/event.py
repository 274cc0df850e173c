"""Formats of participation: where and when people meet."""

import datetime
from typing import Self

from django.contrib.gis.db import models
from django.core.validators import MaxLengthValidator
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from insek.models.group import InterestGroup
from insek.models.named import TEXT_LENGTH, Named
from insek.models.phase import Phase
from layers.languages import in_language
from layers.models import Theme


class EventQuerySet(models.QuerySet["Event"]):
    def public(self) -> Self:
        """Keep what everyone may read: also what was cancelled after it was public."""
        return self.exclude(state=Event.State.DRAFT)

    def upcoming(self, now: datetime.datetime | None = None) -> Self:
        """Keep what is not over yet, the next one first."""
        return self.filter(ends_at__gte=now or timezone.now()).order_by(
            "starts_at", "pk"
        )

    def past(self, now: datetime.datetime | None = None) -> Self:
        """Keep what is over, the latest one first."""
        return self.filter(ends_at__lt=now or timezone.now()).order_by(
            "-starts_at", "-pk"
        )


class Event(Named):
    """An event of the process: a workshop, a stand at the market, a dialogue."""

    class Format(models.TextChoices):
        KICK_OFF = "kick_off", _("Kick-off")
        INFORMATION = "information", _("Information event")
        WORKSHOP = "workshop", _("Workshop")
        ONLINE = "online", _("Online event")
        OUTREACH = "outreach", _("Out and about")
        EXPERT_DIALOGUE = "expert_dialogue", _("Expert dialogue")

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLIC = "public", _("Public")
        CANCELLED = "cancelled", _("Cancelled")

    format = models.CharField(_("format"), max_length=16, choices=Format)
    state = models.CharField(
        _("state"), max_length=10, choices=State, default=State.DRAFT
    )
    theme = models.ForeignKey(
        Theme,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("theme"),
    )
    phase = models.ForeignKey(
        Phase,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="events",
        verbose_name=_("phase"),
    )
    starts_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"))
    place = models.CharField(_("place"), max_length=200, blank=True)
    location = models.PointField(
        _("place on the map"), srid=4326, null=True, blank=True
    )
    online_url = models.URLField(
        _("address of the online event"), blank=True, max_length=300
    )
    # Without it, only those who have registered are told the address.
    online_url_is_public = models.BooleanField(
        _("everybody sees the address"), default=False
    )
    accessibility_de = models.CharField(
        _("accessibility (German)"), max_length=500, blank=True
    )
    accessibility_en = models.CharField(
        _("accessibility (English)"), max_length=500, blank=True
    )
    # Who comes must have been invited; everyone reads that it takes place, and of which
    # groups they come.
    is_by_invitation = models.BooleanField(_("by invitation"), default=False)
    groups = models.ManyToManyField(
        InterestGroup,
        blank=True,
        related_name="events",
        verbose_name=_("who is invited"),
    )
    takes_registrations = models.BooleanField(_("with registration"), default=False)
    # None: as many as come.
    capacity = models.PositiveIntegerField(_("places"), null=True, blank=True)
    registration_ends_at = models.DateTimeField(
        _("registration until"), null=True, blank=True
    )
    # Everyone reads it.
    cancelled_because = models.CharField(_("reason"), max_length=300, blank=True)
    result_de = models.TextField(
        _("result (German)"), blank=True, validators=[MaxLengthValidator(TEXT_LENGTH)]
    )
    result_en = models.TextField(
        _("result (English)"), blank=True, validators=[MaxLengthValidator(TEXT_LENGTH)]
    )
    # For calendars: grows with every change of time, place or state (RFC 5545).
    sequence = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    modified_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["starts_at", "pk"]
        indexes = [models.Index("ends_at", name="event_ends_at")]
        constraints = [
            models.CheckConstraint(
                name="event_format_known",
                condition=Q(
                    format__in=[
                        "kick_off",
                        "information",
                        "workshop",
                        "online",
                        "outreach",
                        "expert_dialogue",
                    ]
                ),
            ),
            models.CheckConstraint(
                name="event_state_known",
                condition=Q(state__in=["draft", "public", "cancelled"]),
            ),
            models.CheckConstraint(
                name="event_ends_after_its_start",
                condition=Q(ends_at__gt=F("starts_at")),
            ),
            models.CheckConstraint(
                name="event_cancelled_with_a_reason",
                condition=~Q(state="cancelled") | ~Q(cancelled_because=""),
            ),
            models.CheckConstraint(
                name="event_capacity_of_someone",
                condition=Q(capacity=None) | Q(capacity__gt=0),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("insek:event", args=[self.pk])

    @property
    def result(self) -> str:
        return in_language(self.result_de, self.result_en)

    @property
    def accessibility(self) -> str:
        return in_language(self.accessibility_de, self.accessibility_en)

    @property
    def is_cancelled(self) -> bool:
        return self.state == self.State.CANCELLED

    @property
    def public_url_online(self) -> str:
        """The address of the online event, where everybody may know it."""
        return self.online_url if self.online_url_is_public else ""

    @property
    def closes_at(self) -> datetime.datetime:
        """When the last registration is taken."""
        return min(self.registration_ends_at or self.starts_at, self.starts_at)

    def takes_registrations_at(self, now: datetime.datetime) -> bool:
        """Tell whether somebody may register at that moment, were there a place."""
        return (
            self.takes_registrations
            and self.state == self.State.PUBLIC
            and now < self.closes_at
        )

    @property
    def is_over(self) -> bool:
        return self.ends_at < timezone.now()
