"""Paper cards: those that were printed, and the sheets they were typed into."""

from typing import Any, Self
from uuid import uuid4

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from districts.models import District
from insek.models.event import Event
from pins.models import Pin


class CardPrint(models.Model):
    """Numbered cards that were printed: no number is ever given twice."""

    class Size(models.TextChoices):
        A6 = "a6", _("A6, four on a page")
        A5 = "a5", _("A5, two on a page")

    event = models.ForeignKey(
        Event,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="card_prints",
        verbose_name=_("event"),
    )
    district = models.ForeignKey(
        District,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("district"),
    )
    # Such as E12: what the numbers of all cards of an event begin with.
    prefix = models.CharField(max_length=20)
    first = models.PositiveIntegerField()
    count = models.PositiveIntegerField(_("number of cards"))
    size = models.CharField(_("size"), max_length=2, choices=Size, default=Size.A6)
    language = models.CharField(
        _("language"),
        max_length=2,
        choices=[("de", _("German")), ("en", _("English"))],
        default="de",
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("printed cards")
        verbose_name_plural = _("printed cards")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="card_print_begins_once", fields=["prefix", "first"]
            ),
            models.CheckConstraint(
                name="card_print_of_something",
                condition=~Q(event=None) | ~Q(district=None),
            ),
            models.CheckConstraint(
                name="card_print_counts_from_one",
                condition=Q(first__gte=1) & Q(count__gte=1),
            ),
            models.CheckConstraint(
                name="card_print_size_known", condition=Q(size__in=["a6", "a5"])
            ),
            models.CheckConstraint(
                name="card_print_language_known", condition=Q(language__in=["de", "en"])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number(0)} – {self.number(self.count - 1)}"

    def number(self, index: int) -> str:
        """Return the number on a card, such as E12-0042; the first has index 0."""
        return f"{self.prefix}-{self.first + index:04d}"


class CardSheet(models.Model):
    """A table of typed cards: read, checked, and imported when the office says so.

    Until then nothing of it is a contribution.
    """

    class State(models.TextChoices):
        CHECKED = "checked", _("Checked, not imported yet")
        WAITING = "waiting", _("Being imported")
        IMPORTED = "imported", _("Imported")
        FAILED = "failed", _("Failed")
        UNDONE = "undone", _("Taken back")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    event = models.ForeignKey(
        Event,
        on_delete=models.PROTECT,
        related_name="card_sheets",
        verbose_name=_("event"),
    )
    file_name = models.CharField(_("file"), max_length=200)
    state = models.CharField(max_length=10, choices=State, default=State.CHECKED)
    # Columns of the file that are not read.
    ignored = models.JSONField(default=list)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    started_at = models.DateTimeField(null=True, editable=False)
    imported_at = models.DateTimeField(null=True, editable=False)
    # Since when the typed words are no longer here, but in the contributions alone.
    emptied_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("sheet of cards")
        verbose_name_plural = _("sheets of cards")
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                name="card_sheet_state_known",
                condition=Q(
                    state__in=["checked", "waiting", "imported", "failed", "undone"]
                ),
            ),
            models.CheckConstraint(
                name="card_sheet_imported_has_a_date",
                condition=~Q(state="imported") | Q(imported_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.file_name


class CardRowQuerySet(models.QuerySet["CardRow"]):
    def in_state(self, *states: str) -> Self:
        return self.filter(state__in=states)


class CardRow(models.Model):
    """A row of a sheet: what it says, what is wrong with it, and what it became."""

    class State(models.TextChoices):
        NEW = "new", _("New")
        KNOWN = "known", _("Here already")
        DIFFERS = "differs", _("Here already, with other words")
        WRONG = "wrong", _("Cannot be imported")
        IMPORTED = "imported", _("Imported")

    sheet = models.ForeignKey(CardSheet, on_delete=models.CASCADE, related_name="rows")
    # As a spreadsheet counts: the heads are row 1.
    number = models.PositiveIntegerField()
    card_number = models.CharField(max_length=40, blank=True)
    state = models.CharField(max_length=10, choices=State)
    # What the contribution is made of; emptied once it is one.
    content: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField(
        default=dict, encoder=DjangoJSONEncoder
    )
    # [column, value, reason] of each thing that is wrong.
    problems: "models.JSONField[list[list[str]], list[list[str]]]" = models.JSONField(
        default=list
    )
    key = models.UUIDField(null=True, editable=False)
    pin = models.ForeignKey(
        Pin,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="card_rows",
    )

    objects = CardRowQuerySet.as_manager()

    class Meta:
        verbose_name = _("row of a sheet")
        verbose_name_plural = _("rows of sheets")
        ordering = ["sheet", "number"]
        constraints = [
            models.UniqueConstraint(name="card_row_once", fields=["sheet", "number"]),
            models.CheckConstraint(
                name="card_row_state_known",
                condition=Q(state__in=["new", "known", "differs", "wrong", "imported"]),
            ),
            models.CheckConstraint(
                name="card_row_number_below_the_heads", condition=Q(number__gte=2)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.card_number}"
