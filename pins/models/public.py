"""The public read model: what everyone may see, and nothing else (ADR 0003).

One row per published pin with public columns only, kept by the database function
`pins_refresh_public` in the transaction of every change. Lists, map data, exports and
pages of the public side read this table alone, so that an unpublished pin, a contact or
an author cannot leak, and no request joins or counts more than it shows.
"""

import datetime
import re
import time
from collections import defaultdict
from dataclasses import dataclass
from typing import Any, Self

import pgtrigger
from django.conf import settings
from django.contrib.gis.db import models
from django.contrib.gis.db.models.functions import Transform
from django.contrib.postgres.indexes import GinIndex, GistIndex
from django.contrib.postgres.search import SearchQuery, SearchVectorField
from django.db import connection
from django.db.models import F, Value
from django.db.models.functions import Greatest, Now
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from districts.models import Body
from layers.models import Theme
from pins.models.cells import count_cells
from pins.models.words import count_words
from pins.workflow import Kind, Source, Status


@dataclass(frozen=True)
class Step:
    """One entry of a pin's public timeline: a change of status, or a handover.

    `id` is that of the `StatusChange`; None for a handover, which names `handed_to` and
    has no status.
    """

    at: datetime.datetime
    status: str
    body: str
    note: str
    id: int | None = None
    handed_to: str = ""

    @property
    def label(self) -> str:
        if self.handed_to:
            return gettext("Handed over to %(body)s") % {"body": self.handed_to}
        return str(Status(self.status).label)

    @property
    def group(self) -> str:
        # Handed over, a contribution stands where it stood.
        return "neutral" if self.handed_to else Status(self.status).group


class WebSearchQuery(SearchQuery):
    """What somebody typed, read by the database function `pins_search_query`.

    Read at once, in one query: PostgreSQL then knows from the start what it looks for.
    Otherwise it would read the words again for each row of another index. `read` is what
    the database has made of the words already; then nothing is asked.
    """

    def __init__(self, words: str, *, read: str | None = None) -> None:
        super().__init__(words)
        self.read = read
        if read is None:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT pins_search_query(%s)::text", [self.readable(words)]
                )
                ((self.read,),) = cursor.fetchall()

    @staticmethod
    def readable(words: str) -> str:
        """Leave out each "not" of nothing: PostgreSQL gives up at the 32nd."""
        return re.sub(r'-(?![\w"])', " ", words)

    def as_sql(self, *_args: Any, **_kwargs: Any) -> tuple[str, list[Any]]:
        return "%s::tsquery", [self.read]


# A pin has something new to read when it is published, and when it comes further.
LATEST = Greatest("published_at", "status_changed_at")


class PublicPinQuerySet(models.QuerySet["PublicPin"]):
    def for_body(self, body: Body) -> Self:
        """Keep the pins of the districts a body answers for today."""
        return self.filter(body=body)

    def in_district(self, slug: str) -> Self:
        return self.filter(district_slug=slug)

    def matching(self, search: WebSearchQuery) -> Self:
        """Keep what a full-text search finds."""
        return self.filter(search=search)

    def with_change(self) -> Self:
        """Add `changed_at`: when everybody could last read something new of each."""
        return self.annotate(changed_at=LATEST)

    def for_list(self) -> Self:
        """Leave out what a list does not show, and bring the theme along."""
        return self.defer("search", "feature", "timeline", "mercator").select_related(
            "theme"
        )


class PublicPin(models.Model):
    """A published pin as the public sees it. Written by the database, read by Django."""

    id = models.BigIntegerField(primary_key=True)
    reference = models.CharField(max_length=24)
    kind = models.CharField(max_length=10, choices=Kind)
    theme = models.ForeignKey(Theme, on_delete=models.DO_NOTHING, related_name="+")
    theme_slug = models.CharField(max_length=40)
    status = models.CharField(max_length=12, choices=Status)
    title = models.CharField(max_length=120)
    text = models.TextField()
    language = models.CharField(max_length=2)
    source = models.CharField(
        max_length=10, choices=Source, db_default=Source.ONLINE.value
    )
    # Where somebody asked for it (`is_rough`), the middle of a square of 100 m.
    location = models.PointField(srid=4326)
    # The same as the tiles need it.
    mercator = models.GeneratedField(
        expression=Transform("location", 3857),
        output_field=models.PointField(srid=3857),
        db_persist=True,
    )
    is_approximate = models.BooleanField()
    is_rough = models.BooleanField(db_default=False)
    place_note = models.CharField(max_length=300)
    # Moderation took out some of the words; "[…]" stands for each.
    is_redacted = models.BooleanField(db_default=False)
    district_number = models.PositiveSmallIntegerField()
    district_name = models.CharField(max_length=80)
    district_slug = models.CharField(max_length=80)
    # Two indexes begin with it.
    body = models.ForeignKey(
        Body, on_delete=models.DO_NOTHING, related_name="+", db_index=False
    )
    body_name = models.CharField(max_length=120)
    body_slug = models.CharField(max_length=80)
    # Counted by triggers; a refresh leaves them alone.
    support_count = models.PositiveIntegerField(db_default=0)
    comment_count = models.PositiveIntegerField(db_default=0)
    goal = models.CharField(max_length=200, null=True)
    measure = models.CharField(max_length=200, null=True)
    created_at = models.DateTimeField()
    published_at = models.DateTimeField()
    status_changed_at = models.DateTimeField()
    # Since when its body has had it in this status: deadlines count from here.
    waiting_since = models.DateTimeField(db_default=Now())
    # From publication to the first public answer.
    answered_after = models.DurationField(null=True)
    public_answer = models.TextField()
    # Whose answer it is; empty where the planning office gave it.
    answer_body = models.CharField(max_length=120, db_default="")
    duplicate_of = models.CharField(max_length=24)
    timeline = models.JSONField()
    # What `Photo` keeps of each: name, width, height, alt.
    photos = models.JSONField(db_default=Value([], models.JSONField()))
    search = SearchVectorField()
    # The GeoJSON feature, ready but for its last property: the URL with the site's
    # address, which only the request knows. See `exports/streams.py`.
    feature = models.TextField()

    objects = PublicPinQuerySet.as_manager()

    class Meta:
        verbose_name = _("published contribution")
        verbose_name_plural = _("published contributions")
        ordering = ["-published_at", "-id"]
        constraints = [
            # Unlike `unique=True`, without an index for LIKE beside it.
            models.UniqueConstraint(
                name="publicpin_reference_once", fields=["reference"]
            ),
        ]
        indexes = [
            models.Index(
                F("published_at").desc(), F("id").desc(), name="publicpin_newest"
            ),
            models.Index(
                F("district_slug"),
                F("published_at").desc(),
                F("id").desc(),
                name="publicpin_district_newest",
            ),
            models.Index(
                F("theme_slug"),
                F("published_at").desc(),
                F("id").desc(),
                name="publicpin_theme_newest",
            ),
            models.Index(
                F("body"),
                F("published_at").desc(),
                F("id").desc(),
                name="publicpin_body_newest",
            ),
            # What was sent in between two days (Open311).
            models.Index(
                F("created_at").desc(), F("id").desc(), name="publicpin_created"
            ),
            models.Index(
                "body", "status", "waiting_since", "id", name="publicpin_body_waiting"
            ),
            models.Index(
                "district_slug",
                "answered_after",
                name="publicpin_answered_after",
                condition=models.Q(answered_after__isnull=False),
            ),
            # The latest reasons of a district.
            models.Index(
                F("district_slug"),
                F("status_changed_at").desc(),
                F("id").desc(),
                name="publicpin_refused",
                condition=models.Q(status=Status.NOT_ENDORSED),
            ),
            models.Index(
                F("support_count").desc(), F("id").desc(), name="publicpin_supported"
            ),
            models.Index(LATEST.desc(), F("id").desc(), name="publicpin_latest_change"),
            models.Index(
                "duplicate_of",
                name="publicpin_duplicates",
                condition=~models.Q(duplicate_of=""),
            ),
            GinIndex(fields=["search"], name="publicpin_search"),
            GistIndex(fields=["mercator"], name="publicpin_mercator"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="ready_feature",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func="NEW.feature := pins_open_feature(NEW); RETURN NEW;",
            ),
            # Before the change: its row, locked until the end, lets writers of the
            # counts below pass one at a time, and always in the same order.
            pgtrigger.Trigger(
                name="next_version",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                level=pgtrigger.Statement,
                func="""
                    UPDATE pins_publicversion SET version = version + 1;
                    RETURN NULL;
                """,
            ),
            count_cells("count_inserted", pgtrigger.Insert, new="changed"),
            count_cells("count_updated", pgtrigger.Update, old="before", new="changed"),
            count_cells("count_deleted", pgtrigger.Delete, old="before"),
            *count_words(),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("pin", args=[self.reference])

    @property
    def kind_label(self) -> str:
        # Not by the field, which puts all choices together anew for each pin of a list.
        return str(Kind(self.kind).label)

    @property
    def status_label(self) -> str:
        return str(Status(self.status).label)

    @property
    def status_group(self) -> str:
        return Status(self.status).group

    @property
    def lon(self) -> float:
        return float(self.location.x)

    @property
    def lat(self) -> float:
        return float(self.location.y)

    @property
    def answered_by(self) -> str:
        """Who gave the public answer: a later body may have, or the planning office."""
        return self.answer_body or gettext("City planning office")

    def steps(self) -> list[Step]:
        """Return what happened since publication, the oldest first."""
        steps = [
            Step(
                at=datetime.datetime.fromisoformat(entry["at"]),
                status=entry["status"],
                body=entry["body"] or "",
                note=entry["note"],
                id=entry["id"],
                handed_to=entry["handed_to"] or "",
            )
            for entry in self.timeline
        ]
        # The row lists what was handed over after the changes of status.
        return sorted(steps, key=lambda step: step.at)


class PublicVersion(models.Model):
    """The one row that counts the changes of the public read model.

    It is the ETag of map data, lists and exports: an unchanged version answers 304
    without touching a pin.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, db_default=1)
    version = models.BigIntegerField(db_default=0)

    class Meta:
        verbose_name = _("version of the public data")
        constraints = [
            models.CheckConstraint(
                name="publicversion_one_row", condition=models.Q(id=1)
            ),
        ]

    def __str__(self) -> str:
        return str(self.version)

    @classmethod
    def now(cls) -> int:
        """Return the present version."""
        return cls.objects.get().version

    @classmethod
    def recent(cls) -> int:
        """Return the version as it was at most `PUBLIC_VERSION_AGE` ago.

        Without a query for most tiles: a process remembers it for that long, of each
        server that it asks. A tile that one of them makes must not pass for the state
        that another has come to.
        """
        now, known = time.monotonic(), _remembered[connection.alias]
        if now >= known.until:
            known.version = cls.now()
            known.until = now + settings.PUBLIC_VERSION_AGE.total_seconds()
        return known.version


@dataclass
class _Remembered:
    """What this process knows of the version, and how long it takes that for granted."""

    version: int = 0
    until: float = 0.0


# Of one process; threads that meet here at worst ask the database twice.
_remembered: defaultdict[str, _Remembered] = defaultdict(_Remembered)
