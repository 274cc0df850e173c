"""What waits for moderators: one row for each contribution and comment, kept by triggers."""

import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from districts.models import District
from layers.models import Theme
from pins.models.comment import Comment
from pins.models.pin import Pin


class QueueKind(models.TextChoices):
    """What it is that waits."""

    CONTRIBUTION = "contribution", _("Contribution")
    COMMENT = "comment", _("Comment")
    EVENT = "event", _("From an event")


class QueueEntryQuerySet(models.QuerySet["QueueEntry"]):
    def waiting(self) -> Self:
        """Keep what moderators have to decide on: nothing that is with its author."""
        return self.filter(asked_at=None)

    def with_author(self) -> Self:
        """Keep what waits for an answer of its author."""
        return self.filter(asked_at__isnull=False)

    def of(self, subject: Pin | Comment) -> Self:
        """Keep the entry of a contribution or of a comment."""
        if isinstance(subject, Comment):
            return self.filter(comment=subject)
        return self.filter(pin=subject, comment=None)

    def free_for(self, user_id: int, now: datetime.datetime) -> Self:
        """Keep what nobody but this user is reading."""
        return self.filter(
            Q(claimed_by=None)
            | Q(claimed_by=user_id)
            | Q(renewed_at__lte=now - settings.CLAIM_PERIOD)
        )

    def overdue(self, now: datetime.datetime) -> Self:
        """Keep what waits for moderators longer than it should."""
        return self.waiting().filter(waiting_since__lt=now - settings.REVIEW_PERIOD)

    def count_by_kind(self) -> dict[str, int]:
        """Return how many there are of each kind, and with photos as `photos`."""
        counted = self.order_by().values_list("kind")
        rows = counted.annotate(
            number=Count("pk"), photos=Count("pk", filter=Q(has_photos=True))
        )
        numbers = dict.fromkeys(QueueKind.values, 0) | {"photos": 0}
        for kind, number, photos in rows:
            numbers[kind] = number
            numbers["photos"] += photos
        return numbers

    def for_list(self) -> Self:
        """Bring along what a list shows, and nothing large."""
        return self.select_related(
            "pin", "comment", "theme", "district", "claimed_by", "comment__body"
        ).defer("district__geometry")


class QueueEntry(models.Model):
    """Something that waits for a decision, and who is reading it.

    Rows come and go by triggers with the visibility of what they stand for, in the
    transaction of the change; code writes only who reads and what was asked.
    """

    # The contribution itself, or the one that was commented on.
    pin = models.ForeignKey(Pin, on_delete=models.CASCADE, related_name="+")
    comment = models.OneToOneField(
        Comment, on_delete=models.CASCADE, null=True, related_name="+"
    )
    kind = models.CharField(max_length=12, choices=QueueKind)
    has_photos = models.BooleanField(db_default=False)
    # Copied, so that filters are ranges of one index.
    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="+")
    theme = models.ForeignKey(Theme, on_delete=models.PROTECT, related_name="+")
    # When it came, and later by as long as it was with its author.
    waiting_since = models.DateTimeField()
    # Since when a question is with the author.
    asked_at = models.DateTimeField(null=True)
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
    )
    claimed_at = models.DateTimeField(null=True)
    # A claim lasts `CLAIM_PERIOD` from here; this moment is also its stamp.
    renewed_at = models.DateTimeField(null=True)

    objects = QueueEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry of the moderation queue")
        verbose_name_plural = _("entries of the moderation queue")
        ordering = ["waiting_since", "id"]
        constraints = [
            models.UniqueConstraint(
                name="queueentry_pin_once", fields=["pin"], condition=Q(comment=None)
            ),
            models.CheckConstraint(
                name="queueentry_kind_known",
                condition=Q(kind__in=["contribution", "comment", "event"]),
            ),
            models.CheckConstraint(
                name="queueentry_claim_has_its_times",
                condition=Q(claimed_by=None)
                | Q(claimed_at__isnull=False, renewed_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                "waiting_since",
                "id",
                name="queueentry_waiting",
                condition=Q(asked_at=None),
            ),
            models.Index(
                "kind",
                "waiting_since",
                "id",
                name="queueentry_kind",
                condition=Q(asked_at=None),
            ),
            models.Index(
                "district",
                "waiting_since",
                "id",
                name="queueentry_district",
                condition=Q(asked_at=None),
            ),
            models.Index(
                "theme",
                "waiting_since",
                "id",
                name="queueentry_theme",
                condition=Q(asked_at=None),
            ),
            models.Index(
                "waiting_since",
                "id",
                name="queueentry_photos",
                condition=Q(asked_at=None, has_photos=True),
            ),
            models.Index(
                "waiting_since",
                "id",
                name="queueentry_with_author",
                condition=Q(asked_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.comment_id or self.pin_id}"

    def get_absolute_url(self) -> str:
        """Return where moderators decide on it."""
        if self.comment_id is not None:
            return reverse("moderation:comment", args=[self.comment_id])
        return reverse("moderation:pin", args=[self.pin.reference])

    @property
    def subject(self) -> Pin | Comment:
        """What is to be decided on."""
        return self.pin if self.comment is None else self.comment

    @property
    def due_at(self) -> datetime.datetime:
        """Until when it should be decided."""
        return self.waiting_since + settings.REVIEW_PERIOD

    def is_read_by_other(
        self, user_id: int, now: datetime.datetime | None = None
    ) -> bool:
        """Tell whether somebody else has it open at the moment."""
        if self.claimed_by_id in {None, user_id} or self.renewed_at is None:
            return False
        return self.renewed_at > (now or timezone.now()) - settings.CLAIM_PERIOD
