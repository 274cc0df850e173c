"""What came of an event: documents and photos."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from insek.models.event import Event
from layers.languages import in_language
from pins.models.photo import ALT_LENGTH, make_name

EVENT_PHOTOS = 20
EVENT_DOCUMENTS = 20


class EventDocument(models.Model):
    """A PDF with results, programme or slides."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="documents")
    title_de = models.CharField(_("title (German)"), max_length=160)
    title_en = models.CharField(_("title (English)"), max_length=160, blank=True)
    file = models.FileField(upload_to="event-documents/", max_length=200)
    # Bytes.
    size = models.PositiveIntegerField()
    added_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("document of an event")
        verbose_name_plural = _("documents of events")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        return in_language(self.title_de, self.title_en)


class EventPhoto(models.Model):
    """A photo of an event, re-encoded and without metadata."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="photos")
    name = models.CharField(
        max_length=32, unique=True, default=make_name, editable=False
    )
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()
    alt_de = models.CharField(_("what the photo shows (German)"), max_length=ALT_LENGTH)
    alt_en = models.CharField(
        _("what the photo shows (English)"), max_length=ALT_LENGTH, blank=True
    )
    added_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("photo of an event")
        verbose_name_plural = _("photos of events")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="event_photo_says_what_it_shows", condition=~Q(alt_de="")
            ),
            models.CheckConstraint(
                name="event_photo_has_a_size", condition=Q(width__gte=1, height__gte=1)
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def alt(self) -> str:
        return in_language(self.alt_de, self.alt_en)
