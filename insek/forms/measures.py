"""What of the measures to show, read from a query string."""

from typing import Any, cast
from urllib.parse import urlencode

from django import forms
from django.db.models import F
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from districts.models import District
from insek.models import FieldOfAction, Goal, Measure
from insek.models.concept import MeasureQuerySet
from pins.filters import UNKNOWN
from pins.validators import forbid_control_characters

ORDERS = {
    "number": [F("number").asc()],
    "title": [Lower("title_de").asc(), F("number").asc()],
    "start": [F("starts_on").asc(nulls_last=True), F("number").asc()],
    "end": [F("ends_on").asc(nulls_last=True), F("number").asc()],
    "progress": [F("progress").desc(), F("number").asc()],
}
MOST_PAGES = 10_000
NAMES = ("field", "goal", "state", "office", "district", "sort")


class MeasureFilter(forms.Form):
    """Which measures, in which order, and which page of them.

    An unknown value is an error and never silently ignored.
    """

    field = forms.ChoiceField(
        label=_("Field of action"), required=False, error_messages=UNKNOWN
    )
    goal = forms.ChoiceField(label=_("Goal"), required=False, error_messages=UNKNOWN)
    state = forms.ChoiceField(
        label=pgettext_lazy("of a measure", "State"),
        required=False,
        error_messages=UNKNOWN,
        choices=[("", _("Any state")), *Measure.State.choices],
    )
    office = forms.ChoiceField(
        label=_("Responsible office"), required=False, error_messages=UNKNOWN
    )
    district = forms.ChoiceField(
        label=_("District"), required=False, error_messages=UNKNOWN
    )
    sort = forms.ChoiceField(
        label=_("Order"),
        required=False,
        error_messages=UNKNOWN,
        choices=[
            ("number", _("By number")),
            ("title", _("By name")),
            ("start", _("Earliest start first")),
            ("end", _("Earliest end first")),
            ("progress", _("Furthest first")),
        ],
    )
    page = forms.IntegerField(
        label=_("Page"),
        required=False,
        min_value=1,
        max_value=MOST_PAGES,
        widget=forms.HiddenInput,
    )

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        for field in self.fields.values():
            if isinstance(field, forms.ChoiceField):
                field.validators = [forbid_control_characters]
        fields = FieldOfAction.objects.all()
        self._offer("field", _("All fields"), [(f.slug, str(f)) for f in fields])
        goals = Goal.objects.public()
        self._offer("goal", _("All goals"), [(g.number, str(g)) for g in goals])
        offices = (
            Measure.objects.public()
            .exclude(office="")
            .order_by("office")
            .values_list("office", flat=True)
            .distinct()
        )
        self._offer("office", _("All offices"), [(name, name) for name in offices])
        districts = District.objects.current().defer("geometry")
        self._offer(
            "district", _("All districts"), [(d.slug, d.name) for d in districts]
        )

    def _offer(
        self, name: str, everything: Any, choices: list[tuple[str, Any]]
    ) -> None:
        field = cast("forms.ChoiceField", self.fields[name])
        field.choices = [("", everything), *choices]

    def apply(self, measures: MeasureQuerySet) -> MeasureQuerySet:
        """Return the measures that pass, in order; only after `is_valid()`."""
        wanted = self.cleaned_data
        if wanted["field"]:
            in_field = Goal.objects.public().filter(field__slug=wanted["field"])
            measures = measures.serving(in_field)
        if wanted["goal"]:
            measures = measures.serving(
                Goal.objects.public().filter(number=wanted["goal"])
            )
        if wanted["state"]:
            measures = measures.filter(state=wanted["state"])
        if wanted["office"]:
            measures = measures.filter(office=wanted["office"])
        if wanted["district"]:
            district = District.objects.current().get(slug=wanted["district"])
            measures = measures.within(district)
        return measures.order_by(*ORDERS[wanted["sort"] or "number"])

    @property
    def is_active(self) -> bool:
        return any(self.cleaned_data.get(name) for name in NAMES if name != "sort")

    def query(self) -> str:
        """Return filters and order as a query string, without the page."""
        chosen = {name: self.cleaned_data[name] for name in NAMES}
        return urlencode({name: value for name, value in chosen.items() if value})
