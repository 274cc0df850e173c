"""The pin itself, with everything only staff and its author may see."""

from hashlib import sha256
from typing import Any

import pgtrigger
from django.conf import settings
from django.contrib.gis.db import models
from django.core.validators import MaxLengthValidator, MinLengthValidator
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Length
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from districts.models import Body, District
from layers.models import Theme
from pins.models.queue_triggers import queue_pins
from pins.models.triggers import refresh_public
from pins.workflow import Kind, Source, Status, Visibility

models.CharField.register_lookup(Length)
models.TextField.register_lookup(Length)

TITLE_LENGTH = (5, 120)
TEXT_LENGTH = (20, 4_000)
NOTE_LENGTH = 300


class ReferenceField(models.CharField[str, str]):
    """A text the database makes; Django reads it back from the INSERT."""

    db_returning = True


class DerivedDistrict(models.ForeignKey[District, District]):
    """The district a trigger derives from the location; read back from the INSERT."""

    db_returning = True


def next_reference() -> Func:
    """Return the expression that makes a new reference such as AB-2026-00042."""
    return Func(
        Value(settings.REFERENCE_PREFIX),
        function="pins_next_reference",
        output_field=models.CharField(),
    )


class Pin(models.Model):
    """A contribution of a resident: an idea, a problem or something worth keeping.

    All pins of every visibility: for staff and for the author with the own link.
    The public side reads `PublicPin` and nothing else.
    """

    reference = ReferenceField(
        _("reference"),
        max_length=24,
        editable=False,
        default=next_reference,
    )
    # The form's own key: sent twice, it still makes one pin.
    idempotency_key = models.UUIDField(editable=False)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    theme = models.ForeignKey(Theme, on_delete=models.PROTECT, verbose_name=_("theme"))
    title = models.CharField(
        _("title"),
        max_length=TITLE_LENGTH[1],
        validators=[MinLengthValidator(TITLE_LENGTH[0])],
    )
    text = models.TextField(
        _("text"),
        validators=[
            MinLengthValidator(TEXT_LENGTH[0]),
            MaxLengthValidator(TEXT_LENGTH[1]),
        ],
    )
    language = models.CharField(
        _("language"), max_length=2, choices=[("de", _("German")), ("en", _("English"))]
    )
    source = models.CharField(
        _("source"),
        max_length=10,
        choices=Source,
        default=Source.ONLINE,
        db_default=Source.ONLINE.value,
    )
    # Places are looked for among the public rows.
    location = models.PointField(_("location"), srid=4326, spatial_index=False)
    is_approximate = models.BooleanField(
        _("approximate"),
        default=False,
        help_text=_(
            "The place was described in words; the point stands for a district."
        ),
    )
    is_rough = models.BooleanField(
        _("shown roughly"),
        default=False,
        help_text=_("The public sees a square of 100 m; the exact place is for staff."),
    )
    place_note = models.CharField(
        _("place in words"), max_length=NOTE_LENGTH, blank=True
    )
    # Moderation took out words (`pins.moderation.redacting`); the public is told so.
    is_redacted = models.BooleanField(
        _("words taken out"), default=False, db_default=False, editable=False
    )
    district = DerivedDistrict(
        District,
        on_delete=models.PROTECT,
        editable=False,
        verbose_name=_("district"),
    )
    # Handed over by the body of its district (`Handover`); empty: that body answers.
    handed_to = models.ForeignKey(
        Body,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        db_index=False,
        verbose_name=_("handed over to"),
    )
    visibility = models.CharField(
        _("visibility"),
        max_length=10,
        choices=Visibility,
        default=Visibility.SUBMITTED,
    )
    status = models.CharField(
        _("status"), max_length=12, choices=Status, default=Status.RECEIVED
    )
    # What the city makes of it, in a few words for lists and exports: the goals and
    # measures linked to it (`pins.outcomes`).
    goal = models.CharField(max_length=200, null=True, editable=False)
    measure = models.CharField(max_length=200, null=True, editable=False)
    duplicate_of = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        verbose_name=_("duplicate of"),
    )
    # Only the hash of the author's own link is kept: who reads the table cannot use it.
    # Compared with, never looked for.
    token_hash = models.CharField(max_length=64, editable=False)
    token_expires_at = models.DateTimeField(editable=False)
    created_at = models.DateTimeField(_("submitted at"), default=timezone.now)
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)
    # Since when nothing is left of what its author wrote (`pins.erasing`).
    erased_at = models.DateTimeField(
        _("erased at"), null=True, blank=True, editable=False
    )

    class Meta:
        verbose_name = _("contribution")
        verbose_name_plural = _("contributions")
        ordering = ["-created_at", "-id"]
        permissions = [
            ("moderate_pin", "Can decide what is published"),
            ("plan_pin", "Can act for every body and carry matters out"),
        ]
        indexes = [
            models.Index(
                "created_at",
                "id",
                name="pin_waiting",
                condition=Q(visibility="submitted"),
            ),
            models.Index(
                "duplicate_of",
                name="pin_duplicates",
                condition=Q(duplicate_of__isnull=False),
            ),
            models.Index(
                "handed_to",
                name="pin_handed_over",
                condition=Q(handed_to__isnull=False),
            ),
        ]
        constraints = [
            # Unlike `unique=True`, without an index for LIKE beside it.
            models.UniqueConstraint(name="pin_reference_once", fields=["reference"]),
            models.UniqueConstraint(
                name="pin_idempotency_key_once", fields=["idempotency_key"]
            ),
            models.CheckConstraint(
                name="pin_kind_known", condition=Q(kind__in=["idea", "problem", "keep"])
            ),
            models.CheckConstraint(
                name="pin_title_length",
                condition=Q(title__length__gte=5) & Q(title__length__lte=120),
            ),
            models.CheckConstraint(
                name="pin_text_length",
                condition=Q(text__length__gte=20) & Q(text__length__lte=4000),
            ),
            models.CheckConstraint(
                name="pin_language_known", condition=Q(language__in=["de", "en"])
            ),
            models.CheckConstraint(
                name="pin_source_known",
                condition=Q(source__in=["online", "stand", "card", "open311"]),
            ),
            models.CheckConstraint(
                name="pin_visibility_known",
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
                name="pin_status_known",
                condition=Q(
                    status__in=[
                        "received",
                        "in_review",
                        "scheduled",
                        "endorsed",
                        "not_endorsed",
                        "referred",
                        "adopted",
                        "in_progress",
                        "done",
                        "duplicate",
                    ]
                ),
            ),
            models.CheckConstraint(
                name="pin_published_has_a_date",
                condition=~Q(visibility="published") | Q(published_at__isnull=False),
            ),
            models.CheckConstraint(
                name="pin_erased_is_not_published",
                condition=~Q(visibility="published") | Q(erased_at=None),
            ),
            models.CheckConstraint(
                name="pin_moves_only_when_published_once",
                condition=Q(status="received") | Q(published_at__isnull=False),
            ),
            models.CheckConstraint(
                name="pin_duplicate_names_its_survivor",
                condition=(
                    Q(status="duplicate", duplicate_of__isnull=False)
                    | (~Q(status="duplicate") & Q(duplicate_of__isnull=True))
                ),
            ),
            models.CheckConstraint(
                name="pin_not_its_own_duplicate",
                condition=Q(duplicate_of=None) | ~Q(duplicate_of=F("id")),
            ),
            models.CheckConstraint(
                name="pin_approximate_place_in_words",
                condition=Q(is_approximate=False) | ~Q(place_note=""),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="district_from_location",
                when=pgtrigger.Before,
                # pgtrigger leaves this class without annotations.
                operation=pgtrigger.Insert
                | pgtrigger.UpdateOf("location", "district_id"),
                declare=[("found", "bigint")],
                func="""
                    found := districts_at(NEW.location, CURRENT_DATE);
                    IF found IS NULL THEN
                        RAISE EXCEPTION 'The point lies in no district.'
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'pin_inside_the_city';
                    END IF;
                    NEW.district_id := found;
                    RETURN NEW;
                """,
            ),
            refresh_public(
                "show_inserted",
                pgtrigger.Insert,
                "SELECT id FROM changed WHERE visibility = 'published'",
                new="changed",
            ),
            refresh_public(
                "show_updated",
                pgtrigger.Update,
                "SELECT id FROM changed WHERE visibility = 'published' "
                "UNION SELECT id FROM before WHERE visibility = 'published' "
                # The public reads of a survivor only while it is published itself.
                "UNION SELECT d.id FROM pins_pin d "
                "JOIN changed ON changed.id = d.duplicate_of_id "
                "JOIN before ON before.id = changed.id "
                "AND before.visibility <> changed.visibility "
                "WHERE d.visibility = 'published'",
                old="before",
                new="changed",
            ),
            refresh_public(
                "show_deleted",
                pgtrigger.Delete,
                "SELECT id FROM gone WHERE visibility = 'published'",
                old="gone",
            ),
            *queue_pins(),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("pin", args=[self.reference])

    @property
    def is_published(self) -> bool:
        return self.visibility == Visibility.PUBLISHED

    @property
    def words_digest(self) -> str:
        """A digest of what everyone would see, words and photos: who decides on a pin
        says by it what they decided on.
        """
        photos = [(photo.name, photo.alt) for photo in self.photos.all()]
        seen = [self.title, self.text, *(part for photo in photos for part in photo)]
        return sha256("\0".join(seen).encode()).hexdigest()

    @property
    def may_be_edited(self) -> bool:
        """The author may change the words until a moderator has seen them."""
        return self.visibility == Visibility.SUBMITTED

    @property
    def may_be_withdrawn(self) -> bool:
        return self.visibility in {
            Visibility.SUBMITTED,
            Visibility.PUBLISHED,
            Visibility.HIDDEN,
        }

    def own_link_expired(self, now: Any = None) -> bool:
        return self.token_expires_at <= (now or timezone.now())
