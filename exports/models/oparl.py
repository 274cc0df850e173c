"""What was given out in the terms of OParl, and since when (ADR 35).

A harvester asks for what changed since its last visit. So there is one row for each
object that was ever given out: with the moment at which it last changed, and for good.
"""

import datetime
from typing import Self

from django.db import models
from django.db.models import Max, Q
from django.utils.translation import gettext_lazy as _


class OparlObjectQuerySet(models.QuerySet["OparlObject"]):
    def of_kind(self, kind: str) -> Self:
        """Keep the objects of a type, in the order in which they were first given out."""
        return self.filter(kind=kind).order_by("pk")

    def changed(
        self,
        since: datetime.datetime | None = None,
        until: datetime.datetime | None = None,
    ) -> Self:
        """Keep what last changed in this time; both ends belong to it."""
        return self._between("modified", since, until)

    def added(
        self,
        since: datetime.datetime | None = None,
        until: datetime.datetime | None = None,
    ) -> Self:
        """Keep what was first given out in this time; both ends belong to it."""
        return self._between("created", since, until)

    def _between(
        self,
        name: str,
        since: datetime.datetime | None,
        until: datetime.datetime | None,
    ) -> Self:
        bounds = {f"{name}__gte": since, f"{name}__lte": until}
        return self.filter(**{k: v for k, v in bounds.items() if v is not None})

    def latest_version(self) -> int:
        """Return the number of the last change of all objects; 0 before the first."""
        return self.aggregate(latest=Max("version"))["latest"] or 0


class OparlObject(models.Model):
    """An object as everyone gets it, or the mark that it was taken away.

    `content` lacks what the row itself knows: id, type, times. Addresses within are
    paths, since the address of the site is a setting. What was taken away has none.
    """

    class Kind(models.TextChoices):
        SYSTEM = "System"
        BODY = "Body"
        ORGANIZATION = "Organization"
        MEETING = "Meeting"
        AGENDA_ITEM = "AgendaItem"
        PAPER = "Paper"
        CONSULTATION = "Consultation"
        FILE = "File"
        LOCATION = "Location"

    kind = models.CharField(max_length=12, choices=Kind)
    # Its name among those of its type, as in its address.
    key = models.CharField(max_length=60)
    # What it is made anew with: "sitting-7", "matter-3", "body-2" or "site".
    unit = models.CharField(max_length=30)
    # The body whose lists name it.
    organization = models.BigIntegerField(null=True)
    content = models.JSONField(default=dict)
    # Of a file: which one is kept, so that another one is a change.
    stamp = models.CharField(max_length=200, blank=True)
    # Whole seconds, as they are given out.
    created = models.DateTimeField()
    modified = models.DateTimeField()
    is_deleted = models.BooleanField(default=False)
    # Grows with every change of any object.
    version = models.BigIntegerField()

    objects = OparlObjectQuerySet.as_manager()

    class Meta:
        verbose_name = _("object given out in OParl")
        verbose_name_plural = _("objects given out in OParl")
        constraints = [
            models.UniqueConstraint(name="oparlobject_once", fields=["kind", "key"]),
            models.CheckConstraint(
                name="oparlobject_kind_known",
                condition=Q(
                    kind__in=[
                        "System",
                        "Body",
                        "Organization",
                        "Meeting",
                        "AgendaItem",
                        "Paper",
                        "Consultation",
                        "File",
                        "Location",
                    ]
                ),
            ),
            models.CheckConstraint(
                name="oparlobject_keeps_nothing_of_what_was_taken_away",
                condition=Q(is_deleted=False) | Q(content={}, stamp=""),
            ),
        ]
        indexes = [
            models.Index(fields=["kind", "id"], name="oparlobject_list"),
            models.Index(fields=["kind", "modified"], name="oparlobject_modified"),
            models.Index(
                fields=["kind", "organization", "id"], name="oparlobject_of_body"
            ),
            models.Index(fields=["unit"], name="oparlobject_unit"),
            models.Index(fields=["version"], name="oparlobject_version"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class OparlMark(models.Model):
    """Something that changed: what is given out of it must be made anew.

    Written by the triggers of the tables that OParl tells of, in the transaction of the
    change; `unit` as in `OparlObject`, or "all".
    """

    unit = models.CharField(max_length=30)

    class Meta:
        verbose_name = _("change to give out in OParl")
        verbose_name_plural = _("changes to give out in OParl")

    def __str__(self) -> str:
        return self.unit
