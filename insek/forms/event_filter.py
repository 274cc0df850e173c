"""What of the events somebody wants to see."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from insek.models import Event
from insek.models.event import EventQuerySet
from layers.models import Theme


class EventFilter(forms.Form):
    """Format, theme and year; an unknown value is an error, never ignored."""

    format = forms.ChoiceField(label=_("Format"), required=False)
    theme = forms.ChoiceField(label=_("Theme"), required=False)
    year = forms.IntegerField(required=False, min_value=1900, max_value=2999)

    def __init__(self, *args: Any, themes: list[Theme], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        every = ("", _("All"))
        self.fields["format"].choices = [every, *Event.Format.choices]  # type: ignore[attr-defined]  # it is a field of choices
        self.fields["theme"].choices = [every, *((t.slug, t.title) for t in themes)]  # type: ignore[attr-defined]  # and so is this

    def apply(self, events: EventQuerySet) -> EventQuerySet:
        """Keep what was chosen; only after `is_valid()`."""
        if chosen := self.cleaned_data["format"]:
            events = events.filter(format=chosen)
        if chosen := self.cleaned_data["theme"]:
            events = events.filter(theme__slug=chosen)
        return events
