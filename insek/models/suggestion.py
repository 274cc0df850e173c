"""What a machine found among the contributions, and what a planner made of it."""

import json
from typing import Any, Self, TypedDict

from django.conf import settings
from django.contrib.gis.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from layers.models import Theme
from pins.models import Pin, PublicPin
from pins.workflow import Kind

LABEL_WORDS = 3


class SuggestionQuerySet(models.QuerySet["Suggestion"]):
    def public(self) -> Self:
        """Keep what planners confirmed."""
        return self.filter(state=Suggestion.State.CONFIRMED)

    def of(self, kind: "Suggestion.Found") -> Self:
        return self.filter(kind=kind)

    def touching(self, district_slug: str) -> Self:
        """Keep topics of a district, and hot spots with contributions from it."""
        there = PublicPin.objects.in_district(district_slug).values("pk")
        members = SuggestionPin.objects.members().filter(pin__in=there)
        return self.filter(
            Q(district_slug=district_slug)
            | Q(kind=Suggestion.Found.HOTSPOT, pk__in=members.values("suggestion"))
        )

    def counted(self) -> Self:
        """Add to each the numbers of its published contributions and of those offered."""
        return self.annotate(
            n=_number_of(SuggestionPin.State.MEMBER),
            n_offered=_number_of(SuggestionPin.State.OFFERED),
        )


def _number_of(state: "SuggestionPin.State") -> Coalesce:
    rows = SuggestionPin.objects.filter(
        suggestion=models.OuterRef("pk"),
        state=state,
        pin__in=PublicPin.objects.order_by().values("pk"),
    )
    counted = rows.values("suggestion").annotate(n=models.Count("pk")).values("n")
    return Coalesce(models.Subquery(counted), 0)


class Suggestion(models.Model):
    """A topic that several contributions share, or a place where many of them lie.

    A run replaces what is merely suggested; what somebody confirmed or dismissed stays.
    """

    class Found(models.TextChoices):
        TOPIC = "topic", _("topic")
        HOTSPOT = "hotspot", _("hot spot")

    class State(models.TextChoices):
        SUGGESTED = "suggested", _("suggested")
        CONFIRMED = "confirmed", _("confirmed")
        DISMISSED = "dismissed", _("dismissed")

    kind = models.CharField(max_length=8, choices=Found)
    # Among what it was found: empty means all.
    theme = models.ForeignKey(
        Theme, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    pin_kind = models.CharField(max_length=10, choices=Kind, blank=True)
    district_slug = models.CharField(max_length=80, blank=True)
    # The most telling first, as people write them.
    words = models.JSONField(default=list)
    name_de = models.CharField(_("name (German)"), max_length=120, blank=True)
    name_en = models.CharField(_("name (English)"), max_length=120, blank=True)
    state = models.CharField(max_length=9, choices=State, default=State.SUGGESTED)
    # EPSG:4326, around the contributions of a hot spot.
    geometry = models.PolygonField(srid=4326, null=True, blank=True)
    # How far apart neighbours of a hot spot may lie.
    metres = models.PositiveSmallIntegerField(null=True, blank=True)
    made_at = models.DateTimeField(default=timezone.now, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    # Counts the changes: who decides says which one they saw.
    version = models.PositiveIntegerField(default=1)

    # Where they were counted.
    n: int
    n_offered: int

    objects = SuggestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("suggestion")
        verbose_name_plural = _("suggestions")
        ordering = ["-made_at", "pk"]
        indexes = [
            models.Index(
                fields=["kind", "theme", "district_slug", "state"],
                name="suggestion_scope",
            )
        ]
        constraints = [
            models.CheckConstraint(
                name="suggestion_place_of_hot_spots",
                condition=Q(
                    kind="hotspot", geometry__isnull=False, metres__isnull=False
                )
                | Q(kind="topic", geometry=None, metres=None),
            ),
            models.CheckConstraint(
                name="suggestion_decided_by_somebody",
                condition=Q(state="suggested", decided_by=None, decided_at=None)
                | Q(
                    ~Q(state="suggested"),
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="suggestion_confirmed_has_a_name",
                condition=~Q(state="confirmed") | ~Q(name_de=""),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Return the address of its page at the office."""
        return reverse("planning:suggestion", args=[self.pk])

    def get_public_url(self) -> str:
        """Return the address of the page that everyone may read once it is confirmed."""
        return reverse("insek:topic", args=[self.pk])

    @property
    def name(self) -> str:
        """What a planner called it, in the reader's language; empty where nobody did."""
        return (self.name_en if get_language() == "en" else "") or self.name_de

    @property
    def title(self) -> str:
        """Its name, or else its words."""
        return self.name or self.label

    @property
    def label(self) -> str:
        """Its most telling words."""
        return ", ".join(self.words[:LABEL_WORDS]) or f"#{self.pk}"

    @property
    def is_untouched(self) -> bool:
        """Tell whether nobody has decided or changed anything: a run may replace it."""
        return self.state == self.State.SUGGESTED and self.version == 1

    def public_pins(self, *, offered: bool = False) -> models.QuerySet[PublicPin]:
        """Return its published contributions, the likest first; or those offered to it."""
        state = SuggestionPin.State.OFFERED if offered else SuggestionPin.State.MEMBER
        rows = SuggestionPin.objects.filter(suggestion=self, state=state)
        score = rows.filter(pin=models.OuterRef("pk")).values("score")
        return (
            PublicPin.objects.for_list()
            .filter(pk__in=rows.values("pin"))
            .annotate(score=models.Subquery(score))
            .order_by("-score", "-pk")
        )


class SuggestionPinQuerySet(models.QuerySet["SuggestionPin"]):
    def members(self) -> Self:
        """Keep what belongs to its suggestion."""
        return self.filter(state=SuggestionPin.State.MEMBER)


class SuggestionPin(models.Model):
    """A contribution of a suggestion, one offered to it, or one that was taken out."""

    class State(models.TextChoices):
        MEMBER = "member"
        # Found later, for what is confirmed already.
        OFFERED = "offered"
        # Remembered, so that it is never offered again.
        REMOVED = "removed"

    suggestion = models.ForeignKey(
        Suggestion, on_delete=models.CASCADE, related_name="members"
    )
    pin = models.ForeignKey(Pin, on_delete=models.CASCADE, related_name="+")
    # Between 0 and 1: how like the others it is.
    score = models.FloatField(default=0)
    state = models.CharField(max_length=7, choices=State, default=State.MEMBER)

    objects = SuggestionPinQuerySet.as_manager()

    class Meta:
        verbose_name = _("contribution of a suggestion")
        verbose_name_plural = _("contributions of suggestions")
        constraints = [
            models.UniqueConstraint(
                name="suggestionpin_once", fields=["suggestion", "pin"]
            )
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class Area(TypedDict):
    """What a map draws of a hot spot: GeoJSON, and where a press leads."""

    id: int
    name: str
    geometry: Any


def area_of(suggestion: Suggestion) -> Area:
    """Return the area of a hot spot; raises ValueError for a topic, which has none."""
    if suggestion.geometry is None:
        raise ValueError(suggestion.kind)
    return Area(
        id=suggestion.pk,
        name=str(suggestion),
        geometry=json.loads(suggestion.geometry.geojson),
    )
