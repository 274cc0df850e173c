"""What others say to a pin; read by a moderator before everyone can."""

import datetime
from hashlib import sha256
from typing import Self

import pgtrigger
from django.conf import settings
from django.core.validators import MaxLengthValidator, MinLengthValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from districts.models import Body
from pins.models.pin import Pin
from pins.models.public import PublicPin
from pins.models.queue_triggers import queue_comments
from pins.models.triggers import count_public
from pins.workflow import VISIBILITY_MOVES, Role, Visibility, targets

COMMENT_LENGTH = (3, 2_000)


def speaker_name(body: Body | None) -> str:
    """Return for whom an official comment speaks: without a body for the planners."""
    return body.name if body else gettext("City planning office")


class CommentQuerySet(models.QuerySet["Comment"]):
    def public(self) -> Self:
        """Keep the published comments of published pins."""
        return self.filter(
            Exists(PublicPin.objects.filter(pk=OuterRef("pin_id"))),
            visibility=Visibility.PUBLISHED,
        )

    def to(self, pin: PublicPin) -> Self:
        """Keep the public comments of one pin; its own count saves a query."""
        return self.public().filter(pin=pin.pk) if pin.comment_count else self.none()

    def for_page(self) -> Self:
        """Leave out what no page shows, and bring along for whom each speaks."""
        return self.select_related("body").only(
            "pin",
            "text",
            "language",
            "is_redacted",
            "created_at",
            "actor_id",
            "body__name",
        )


class Comment(models.Model):
    """A comment of a resident, or of a body: then it is official and says so."""

    pin = models.ForeignKey(
        Pin,
        on_delete=models.CASCADE,
        related_name="comments",
        verbose_name=_("contribution"),
    )
    # The form's own key: sent twice, it still makes one comment.
    idempotency_key = models.UUIDField(editable=False)
    text = models.TextField(
        _("comment"),
        validators=[
            MinLengthValidator(COMMENT_LENGTH[0]),
            MaxLengthValidator(COMMENT_LENGTH[1]),
        ],
    )
    language = models.CharField(
        _("language"), max_length=2, choices=[("de", _("German")), ("en", _("English"))]
    )
    visibility = models.CharField(
        _("visibility"),
        max_length=10,
        choices=Visibility,
        default=Visibility.SUBMITTED,
    )
    # Moderation took out words (`pins.moderation.redacting`); the public is told so.
    is_redacted = models.BooleanField(
        _("words taken out"), default=False, db_default=False, editable=False
    )
    # For which body it speaks; the public sees the body, never the person.
    body = models.ForeignKey(
        Body, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("body")
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("actor"),
    )
    # As with pins: only the hash of the author's own link is kept.
    token_hash = models.CharField(max_length=64, editable=False, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    reason = models.TextField(_("reason"), blank=True)
    created_at = models.DateTimeField(_("written at"), default=timezone.now)
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)
    # Since when nobody but moderators and its author can read it.
    refused_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = CommentQuerySet.as_manager()

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering = ["created_at", "id"]
        constraints = [
            models.UniqueConstraint(
                name="comment_idempotency_key_once", fields=["idempotency_key"]
            ),
            models.CheckConstraint(
                name="comment_text_length",
                condition=Q(text__length__gte=3) & Q(text__length__lte=2000),
            ),
            models.CheckConstraint(
                name="comment_language_known", condition=Q(language__in=["de", "en"])
            ),
            models.CheckConstraint(
                name="comment_visibility_known",
                condition=Q(
                    visibility__in=[
                        "submitted",
                        "published",
                        "rejected",
                        "hidden",
                        "withdrawn",
                    ]
                ),
            ),
            models.CheckConstraint(
                name="comment_published_has_a_date",
                condition=~Q(visibility="published") | Q(published_at__isnull=False),
            ),
            models.CheckConstraint(
                name="comment_reason_to_refuse",
                condition=~Q(visibility__in=["rejected", "hidden"]) | ~Q(reason=""),
            ),
            models.CheckConstraint(
                name="comment_official_has_an_actor",
                condition=Q(body__isnull=True) | Q(actor__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                "created_at",
                "id",
                name="comment_waiting",
                condition=Q(visibility="submitted"),
            ),
        ]
        triggers = [
            count_public(
                "count_inserted",
                pgtrigger.Insert,
                "comment_count",
                "SELECT pin_id, 1 AS step FROM changed WHERE visibility = 'published'",
                new="changed",
            ),
            count_public(
                "count_updated",
                pgtrigger.Update,
                "comment_count",
                "SELECT pin_id, 1 AS step FROM changed WHERE visibility = 'published' "
                "UNION ALL "
                "SELECT pin_id, -1 FROM before WHERE visibility = 'published'",
                old="before",
                new="changed",
            ),
            count_public(
                "count_deleted",
                pgtrigger.Delete,
                "comment_count",
                "SELECT pin_id, -1 AS step FROM before WHERE visibility = 'published'",
                old="before",
            ),
            *queue_comments(),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"

    def get_absolute_url(self) -> str:
        """Return where it stands, on whichever page of the comments."""
        path = reverse("pin", args=[self.pin.reference])
        return f"{path}?after={self.pk - 1}#comment-{self.pk}"

    @property
    def is_official(self) -> bool:
        """Whether somebody wrote it in office: for a body, or for the planning office."""
        return self.actor_id is not None

    @property
    def speaker(self) -> str:
        """For whom an official comment speaks."""
        return speaker_name(self.body)

    @property
    def is_published(self) -> bool:
        return self.visibility == Visibility.PUBLISHED

    @property
    def words_digest(self) -> str:
        """A digest of what everyone would read; see `Pin.words_digest`."""
        return sha256(self.text.encode()).hexdigest()

    @property
    def may_be_edited(self) -> bool:
        """The author may change the words until a moderator has seen them."""
        return self.visibility == Visibility.SUBMITTED

    @property
    def may_be_withdrawn(self) -> bool:
        return bool(targets(VISIBILITY_MOVES, self.visibility, {Role.AUTHOR}))

    def own_link_expired(self, now: datetime.datetime | None = None) -> bool:
        """Tell whether the time of the author's own link is over."""
        end = self.created_at + settings.OWN_LINK_LIFETIME
        return end <= (now or timezone.now())
