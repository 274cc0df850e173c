"""The forms of the concept: fields of action, goals, measures, milestones."""

import datetime
from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from councils.forms.fields import LineField
from insek.concept.keeping import digest_of_field, digest_of_goal
from insek.concept.measuring import MOVES, digest_of_measure, digest_of_milestone
from insek.forms.phases import day_field
from insek.forms.shape import ShapeFields, text_of
from insek.models import FieldOfAction, Goal, Measure, Milestone
from insek.models.named import TEXT_LENGTH
from layers.models import Theme
from pins.filters import UNKNOWN
from pins.forms import PlainTextField
from pins.validators import LENGTH_MESSAGES, forbid_control_characters

REASON_LENGTH = 300


def _title(label: Any, *, required: bool = True) -> LineField:
    messages = {"required": _("Please enter a title."), **LENGTH_MESSAGES}
    return LineField(
        label=label, max_length=160, required=required, error_messages=messages
    )


def _text(label: Any) -> PlainTextField:
    return PlainTextField(
        label=label,
        max_length=TEXT_LENGTH,
        required=False,
        error_messages=LENGTH_MESSAGES,
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class NamedForm(forms.ModelForm[Any]):
    """Titles and texts in both languages; `read` is the digest of what was read."""

    title_de = _title(_("Title (German)"))
    title_en = _title(_("Title (English)"), required=False)
    text_de = _text(_("Text (German)"))
    text_en = _text(_("Text (English)"))
    read = forms.CharField(required=False, widget=forms.HiddenInput, max_length=64)


class FieldForm(NamedForm):
    """A field of action."""

    number = forms.IntegerField(
        label=_("Number"),
        min_value=1,
        max_value=99,
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"),
            _("Please enter a number from 1 to 99."),
        ),
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    slug = forms.SlugField(
        label=_("Name in the address"),
        help_text=_("Small letters, digits and hyphens."),
        max_length=60,
    )
    themes = forms.ModelMultipleChoiceField(
        label=_("Themes"),
        queryset=Theme.objects.all(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = FieldOfAction
        fields = [
            "number",
            "title_de",
            "title_en",
            "slug",
            "themes",
            "text_de",
            "text_en",
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial.setdefault("read", digest_of_field(self.instance))


class GoalForm(NamedForm):
    """A goal and its place in the tree."""

    field = forms.ModelChoiceField(
        label=_("Field of action"), queryset=FieldOfAction.objects.all()
    )
    parent = forms.ModelChoiceField(
        label=_("Part of"),
        queryset=Goal.objects.select_related("field"),
        required=False,
        empty_label=_("None: directly in the field of action"),
    )
    number = LineField(
        label=_("Number"),
        help_text=_("Such as 2.1.3. All goals below it follow a new number."),
        max_length=12,
        error_messages={"required": _("Please enter a number."), **LENGTH_MESSAGES},
    )
    is_public = forms.BooleanField(label=_("Everyone can read it"), required=False)

    class Meta:
        model = Goal
        fields = [
            "field",
            "parent",
            "number",
            "title_de",
            "title_en",
            "text_de",
            "text_en",
            "is_public",
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial.setdefault("read", digest_of_goal(self.instance))


@dataclass(frozen=True)
class GoalRow:
    """A goal that a measure may serve, with what is typed in for it."""

    goal: Goal
    is_chosen: bool
    reason: str


class MeasureForm(NamedForm, ShapeFields):
    """A measure, but for its state; the goals it serves stand in rows of their own."""

    number = LineField(
        label=_("Number"),
        help_text=_("Such as M 12, as the concept writes it."),
        max_length=12,
        error_messages={"required": _("Please enter a number."), **LENGTH_MESSAGES},
    )
    office = LineField(
        label=_("Responsible office"),
        max_length=160,
        required=False,
        error_messages=LENGTH_MESSAGES,
    )
    starts_on = day_field(label=_("Start"), required=False)
    ends_on = day_field(label=_("End"), required=False)
    progress = forms.IntegerField(
        label=_("Progress in per cent"), min_value=0, max_value=100, required=False
    )
    is_public = forms.BooleanField(label=_("Everyone can read it"), required=False)

    class Meta:
        model = Measure
        fields = [
            "number",
            "title_de",
            "title_en",
            "text_de",
            "text_en",
            "office",
            "budget",
            "starts_on",
            "ends_on",
            "progress",
            "is_public",
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial.setdefault("read", digest_of_measure(self.instance))
            self.initial.setdefault("geometry", text_of(self.instance.geometry))

    def clean_progress(self) -> int:
        return int(self.cleaned_data["progress"] or 0)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        start, end = cleaned.get("starts_on"), cleaned.get("ends_on")
        if start and end and end < start:
            self.add_error("ends_on", _("The end must come after the beginning."))
        shape = self.shape()
        if not self.errors:
            self.instance.geometry = shape
        for row in self.goal_rows():
            if len(row.reason) > REASON_LENGTH or "\x00" in row.reason:
                raise ValidationError(
                    _("The reason at goal %(goal)s is too long, or cannot be printed."),
                    params={"goal": row.goal.number},
                )
        return cleaned

    def goal_rows(self) -> list[GoalRow]:
        """Return all goals, with those chosen and why."""
        goals = Goal.objects.select_related("field")
        if isinstance(self.data, QueryDict) and self.is_bound:
            chosen = set(self.data.getlist("goals"))
            return [
                GoalRow(
                    goal,
                    str(goal.pk) in chosen,
                    " ".join(self.data.get(f"reason-{goal.pk}", "").split()),
                )
                for goal in goals
            ]
        known = (
            {one.goal_id: one.reason for one in self.instance.measuregoal_set.all()}
            if self.instance.pk
            else {}
        )
        return [GoalRow(g, g.pk in known, known.get(g.pk, "")) for g in goals]

    def chosen_goals(self) -> dict[Goal, str]:
        """Return the goals that the measure serves, and why; only after `is_valid()`."""
        return {row.goal: row.reason for row in self.goal_rows() if row.is_chosen}


class StateForm(forms.Form):
    """Where a measure goes on to."""

    to = forms.ChoiceField(label=_("New state"), error_messages=UNKNOWN)
    reason = LineField(
        label=_("Reason"),
        help_text=_("Needed where it is stopped. Everyone reads it."),
        max_length=500,
        required=False,
        error_messages=LENGTH_MESSAGES,
    )
    progress = forms.IntegerField(
        label=_("Progress in per cent"),
        help_text=_("Where it goes into progress."),
        min_value=0,
        max_value=99,
        required=False,
    )
    read = forms.CharField(required=False, widget=forms.HiddenInput, max_length=64)

    def __init__(self, *args: Any, measure: Measure, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"read": digest_of_measure(measure)})
        super().__init__(*args, **kwargs | {"prefix": "state"})
        field = cast("forms.ChoiceField", self.fields["to"])
        moves = MOVES[Measure.State(measure.state)]
        field.choices = [(state.value, state.label) for state in moves]
        field.validators = [forbid_control_characters]


class MilestoneForm(NamedForm):
    """A step of a measure."""

    due_on = day_field(label=_("Due"))

    class Meta:
        model = Milestone
        fields = ["title_de", "title_en", "due_on", "text_de", "text_en"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("text_de", "text_en"):
            self.fields[name].widget.attrs["rows"] = 2
        if self.instance.pk:
            self.initial.setdefault("read", digest_of_milestone(self.instance))


class DoneForm(forms.Form):
    """The day on which a milestone was reached."""

    done_on = day_field(label=_("Done on"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"done_on": timezone.localdate()})
        super().__init__(*args, **kwargs)

    def clean_done_on(self) -> datetime.date:
        day: datetime.date = self.cleaned_data["done_on"]
        if day > timezone.localdate():
            raise ValidationError(_("This day is still ahead."))
        return day
