"""The office's forms for cards: printing them, posters, and sheets that were typed."""

from typing import Any

from django import forms
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from districts.models import District
from insek.models import CardPrint, Event

MOST_CARDS = 200


class EventField(forms.ModelChoiceField[Event]):
    """An event, the latest first, with its day."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label=_("Event"),
            queryset=Event.objects.exclude(state=Event.State.CANCELLED).order_by(
                "-starts_at", "-pk"
            ),
            error_messages={
                "required": _("Please choose an event."),
                "invalid_choice": _("Please choose one of the events."),
            },
            **kwargs,
        )

    def label_from_instance(self, obj: Event) -> str:
        return f"{timezone.localtime(obj.starts_at):%d.%m.%Y} {obj.title}"


class _DistrictField(forms.ModelChoiceField[District]):
    """A district of today."""

    def __init__(self) -> None:
        super().__init__(
            label=_("District"),
            queryset=District.objects.none(),
            to_field_name="slug",
            required=False,
            empty_label=_("The whole city"),
            error_messages={"invalid_choice": _("Please choose one of the districts.")},
        )

    def label_from_instance(self, obj: District) -> str:
        return obj.name


class _OfSomething(forms.Form):
    """What is printed for an event, a district, or both."""

    event = EventField(required=False, empty_label=_("No event"))
    district = _DistrictField()
    language = forms.ChoiceField(
        label=_("Language"), choices=[("de", _("German")), ("en", _("English"))]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["district"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 -- as above
        field.queryset = District.objects.current().defer("geometry").order_by("number")


class CardPrintForm(_OfSomething):
    """How many cards, for what, and how large."""

    count = forms.IntegerField(
        label=_("Number of cards"),
        help_text=_("At most 200 at a time. Each card gets a number of its own."),
        min_value=1,
        max_value=MOST_CARDS,
        initial=40,
        error_messages={
            "required": _("Please say how many cards you need."),
            "invalid": _("Please enter a whole number."),
            "min_value": _("Please print at least one card."),
            "max_value": _("Please print at most 200 cards at a time."),
        },
    )
    size = forms.ChoiceField(label=_("Size"), choices=CardPrint.Size.choices)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not (cleaned.get("event") or cleaned.get("district") or self.errors):
            self.add_error("event", _("Please choose an event or a district."))
        return cleaned


class PosterForm(_OfSomething):
    """A poster, and where its code leads."""

    class Target(models.TextChoices):
        FORM = "form", _("To the form for a new contribution")
        PAGE = "page", _("To the page of the event or district")

    paper = forms.ChoiceField(
        label=_("Paper"), choices=[("a3", "A3"), ("a4", "A4")], initial="a3"
    )
    target = forms.ChoiceField(label=_("Where the code leads"), choices=Target.choices)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        event = cleaned.get("event")
        if event is not None and event.state == Event.State.DRAFT:
            self.add_error(
                "event",
                _("This event is a draft: nobody could open what the code says."),
            )
        return cleaned


class SheetForm(forms.Form):
    """A table of typed cards, and the event they come from."""

    event = EventField(empty_label=_("Please choose"))
    file = forms.FileField(
        label=_("File"),
        help_text=_("XLSX or CSV, at most 5 MB and 10,000 rows."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
        allow_empty_file=True,
        error_messages={"required": _("Please choose a file.")},
    )
