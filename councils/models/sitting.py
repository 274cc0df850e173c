"""Sittings and their agendas, in the terms of OParl 1.1 (Meeting, AgendaItem)."""

import datetime
from typing import Self
from uuid import uuid4

import pgtrigger
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from districts.models import Body

models.TextField.register_lookup(Length)

RESOLUTION_LENGTH = 10_000


def paper_path(sitting: "Sitting", filename: str) -> str:
    """Return where an uploaded paper is kept: under a name that tells nothing."""
    return f"sittings/{uuid4().hex}.pdf"


def agenda_published(prefix: str = "") -> Q:
    """Return the condition that everyone reads the agenda of the (related) sitting.

    Since the invitation; also when it was cancelled afterwards, not when before.
    """
    return ~Q(**{f"{prefix}state": Sitting.State.PLANNED}) & ~Q(
        **{f"{prefix}state": Sitting.State.CANCELLED, f"{prefix}invited_at": None}
    )


def start_of_day(day: datetime.date) -> datetime.datetime:
    """Return the moment at which a day begins in the city."""
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time()))


def _is_past(today: datetime.date | None) -> Q:
    begin = start_of_day(today or timezone.localdate())
    return Q(start__lt=begin) | Q(state=Sitting.State.HELD)


class SittingQuerySet(models.QuerySet["Sitting"]):
    def upcoming(self, now: datetime.datetime | None = None) -> Self:
        """Keep what has not begun yet and is not cancelled, the next one first."""
        return (
            self.filter(start__gte=now or timezone.now())
            .exclude(state__in=[Sitting.State.CANCELLED, Sitting.State.HELD])
            .order_by("start", "id")
        )

    def of_body(self, body: Body) -> Self:
        return self.filter(body=body)

    def editable(self) -> Self:
        """Keep those whose agenda can still change: not over, and today or later."""
        open_states = [Sitting.State.PLANNED, Sitting.State.INVITED]
        begin = start_of_day(timezone.localdate())
        return self.filter(start__gte=begin, state__in=open_states).order_by("start")

    def ahead(self, today: datetime.date | None = None) -> Self:
        """Keep what is announced for today or later, cancelled ones too, the next first."""
        return self.exclude(_is_past(today)).order_by("start", "id")

    def past(self, today: datetime.date | None = None) -> Self:
        """Keep what has been held, or was on an earlier day, the latest first."""
        return self.filter(_is_past(today)).order_by("-start", "-id")

    def on_days(self, first: datetime.date, after: datetime.date) -> Self:
        """Keep what begins from one day to the day before another, in the city's time."""
        days = (start_of_day(first), start_of_day(after))
        return self.filter(start__gte=days[0], start__lt=days[1]).order_by(
            "start", "id"
        )


class Sitting(models.Model):
    """A sitting of a body (OParl: Meeting).

    Everyone sees that it takes place. Its agenda is public from the invitation on, its
    results from its end on (`AgendaItem`).
    """

    class State(models.TextChoices):
        PLANNED = "planned", _("Planned")
        INVITED = "invited", _("Invited")
        HELD = "held", _("Held")
        CANCELLED = "cancelled", _("Cancelled")

    body = models.ForeignKey(
        Body, on_delete=models.PROTECT, related_name="sittings", verbose_name=_("body")
    )
    start = models.DateTimeField(pgettext_lazy("of a sitting", "start"))
    end = models.DateTimeField(
        pgettext_lazy("of a sitting", "end"), null=True, blank=True
    )
    place = models.CharField(_("place"), max_length=200)
    state = models.CharField(
        _("state"), max_length=10, choices=State, default=State.PLANNED
    )
    # Why it was cancelled; public.
    cancelled_because = models.CharField(_("reason"), max_length=300, blank=True)
    ris_url = models.URLField(
        _("address in the council information system"), max_length=500, blank=True
    )
    invitation = models.FileField(_("invitation"), upload_to=paper_path, blank=True)
    minutes = models.FileField(_("minutes"), upload_to=paper_path, blank=True)
    # Since when everyone reads the agenda.
    invited_at = models.DateTimeField(
        _("invited at"), null=True, blank=True, editable=False
    )
    # The day and time that had been announced before the sitting was moved.
    moved_from = models.DateTimeField(null=True, blank=True, editable=False)
    # SEQUENCE of RFC 5545: calendars replace an event by one of a higher number.
    sequence = models.PositiveIntegerField(
        _("version in calendars"), default=0, editable=False
    )
    created_at = models.DateTimeField(
        _("added at"), default=timezone.now, editable=False
    )
    modified_at = models.DateTimeField(
        _("changed at"), default=timezone.now, editable=False
    )

    objects = SittingQuerySet.as_manager()

    class Meta:
        verbose_name = _("sitting")
        verbose_name_plural = _("sittings")
        ordering = ["-start", "-id"]
        constraints = [
            models.CheckConstraint(
                name="sitting_state_known",
                condition=Q(state__in=["planned", "invited", "held", "cancelled"]),
            ),
            models.CheckConstraint(
                name="sitting_ends_after_its_start",
                condition=Q(end=None) | Q(end__gt=F("start")),
            ),
            models.CheckConstraint(
                name="sitting_cancelled_with_a_reason",
                condition=Q(state="cancelled", cancelled_because__gt="")
                | (~Q(state="cancelled") & Q(cancelled_because="")),
            ),
            models.CheckConstraint(
                name="sitting_planned_is_not_invited",
                condition=~Q(state="planned") | Q(invited_at=None),
            ),
            models.UniqueConstraint(
                name="sitting_one_at_a_time",
                fields=["body", "start"],
                condition=~Q(state="cancelled"),
            ),
        ]
        indexes = [models.Index("body", "start", name="sitting_body_start")]

    def __str__(self) -> str:
        day = timezone.localtime(self.start)
        return f"{self.body} {day:%Y-%m-%d %H:%M}"

    def get_absolute_url(self) -> str:
        return reverse("sitting", args=[self.pk])

    @property
    def has_public_agenda(self) -> bool:
        """Whether everyone reads the agenda, as `agenda_published` asks the database."""
        if self.state == self.State.CANCELLED:
            return self.invited_at is not None
        return self.state != self.State.PLANNED

    @property
    def has_begun(self) -> bool:
        return self.start <= timezone.now()

    @property
    def is_open(self) -> bool:
        """Whether it has neither been held nor cancelled."""
        return self.state in {self.State.PLANNED, self.State.INVITED}

    @property
    def is_editable(self) -> bool:
        """Whether its agenda can still change, as `editable` asks the database."""
        today = timezone.localdate()
        return self.is_open and timezone.localdate(self.start) >= today


class AgendaItemQuerySet(models.QuerySet["AgendaItem"]):
    def public(self) -> Self:
        """Keep what everyone may read: public items of agendas that have been published."""
        return self.filter(agenda_published("sitting__"), is_public=True)


class AgendaItem(models.Model):
    """One item of a sitting's agenda. A non-public one never leaves the desk.

    `result` is the outcome in words for an item without a matter; with one the
    consultation has it. Votes, result and resolution are typed in while the sitting
    lasts; everyone reads them once it has been closed (`Sitting.State.HELD`).
    """

    sitting = models.ForeignKey(
        Sitting,
        on_delete=models.CASCADE,
        related_name="items",
        verbose_name=_("sitting"),
    )
    # Position on the agenda, from 1 without gaps; OParl: order.
    order = models.PositiveSmallIntegerField(_("order"))
    title = models.CharField(_("title"), max_length=200)
    is_public = models.BooleanField(_("public"), default=True)
    result = models.CharField(_("result"), max_length=200, blank=True)
    resolution_text = models.TextField(
        _("resolution"), blank=True, validators=[MaxLengthValidator(RESOLUTION_LENGTH)]
    )
    votes_for = models.PositiveSmallIntegerField(_("for"), null=True, blank=True)
    votes_against = models.PositiveSmallIntegerField(
        _("against"), null=True, blank=True
    )
    votes_abstained = models.PositiveSmallIntegerField(
        _("abstained"), null=True, blank=True
    )
    # Counts the changes of what is typed in: who saves an older version is told so.
    version = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    modified_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = AgendaItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("agenda item")
        verbose_name_plural = _("agenda items")
        ordering = ["sitting", "order"]
        constraints = [
            # Deferred: an agenda is put into another order in one statement.
            models.UniqueConstraint(
                name="agendaitem_order_once",
                fields=["sitting", "order"],
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(
                name="agendaitem_order_from_one", condition=Q(order__gte=1)
            ),
            models.CheckConstraint(
                name="agendaitem_votes_all_or_none",
                condition=Q(votes_for=None, votes_against=None, votes_abstained=None)
                | Q(
                    votes_for__isnull=False,
                    votes_against__isnull=False,
                    votes_abstained__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="agendaitem_resolution_length",
                condition=Q(resolution_text__length__lte=RESOLUTION_LENGTH),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="votes_within_seats",
                when=pgtrigger.Before,
                # pgtrigger leaves this class without annotations.
                operation=pgtrigger.Insert
                | pgtrigger.UpdateOf("votes_for", "votes_against", "votes_abstained"),
                func="""
                    IF NEW.votes_for + NEW.votes_against + NEW.votes_abstained > (
                        SELECT b.seats FROM councils_sitting s
                        JOIN districts_body b ON b.id = s.body_id
                        WHERE s.id = NEW.sitting_id
                    ) THEN
                        RAISE EXCEPTION 'More votes than the body has.'
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'agendaitem_votes_within_seats';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order} {self.title}"

    @property
    def number(self) -> str:
        """How the item is called, as OParl's `number`."""
        return str(self.order)

    @property
    def has_votes(self) -> bool:
        return self.votes_for is not None
