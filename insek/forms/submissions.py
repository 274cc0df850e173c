"""The forms by which planners lay a draft before the bodies."""

from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from councils.forms.fields import LineField
from councils.forms.sittings import PaperField
from districts.models import Body
from insek.concept.places import councils_concerned
from insek.concept.submitting import Draft
from insek.models import Goal, Measure, Submission
from pins.forms import INCOMPLETE, PlainTextField
from pins.validators import LENGTH_MESSAGES

TEXT_LENGTH = 10_000


class ContentForm(forms.Form):
    """What is to be resolved."""

    kind = forms.ChoiceField(label=_("Kind"), choices=Submission.Kind.choices)
    goals = forms.ModelMultipleChoiceField(
        label=_("Goals"), queryset=Goal.objects.select_related("field"), required=False
    )
    measures = forms.ModelMultipleChoiceField(
        label=_("Measures"), queryset=Measure.objects.defer("geometry"), required=False
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        if cleaned["kind"] == Submission.Kind.GOALS and not cleaned["goals"]:
            raise ValidationError(_("Please choose the goals."))
        if cleaned["kind"] == Submission.Kind.MEASURES and not cleaned["measures"]:
            raise ValidationError(_("Please choose the measures."))
        return cleaned


class SubmissionForm(ContentForm):
    """The draft and its way through the bodies.

    `duty` are the district councils that must be heard whether they are chosen or not.
    """

    title = LineField(
        label=_("Title (German)"),
        help_text=_("So it stands on the agendas."),
        max_length=200,
        error_messages={"required": _("Please enter a title."), **LENGTH_MESSAGES},
    )
    text = PlainTextField(
        label=_("Draft of the resolution (German)"),
        help_text=_("What the bodies are to resolve, word for word."),
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 10}),
        error_messages={
            "required": _("Please enter the draft of the resolution."),
            **LENGTH_MESSAGES,
        },
    )
    document = PaperField(
        label=_("The whole draft (PDF)"), help_text=_("A PDF, at most 10 MB.")
    )
    bodies = forms.ModelMultipleChoiceField(
        label=_("The way through the bodies"),
        queryset=Body.objects.order_by("name"),
        required=False,
        error_messages={"invalid_choice": _("One of these bodies does not exist.")},
    )
    key = forms.UUIDField(
        widget=forms.HiddenInput, error_messages={"required": INCOMPLETE}
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {})
        kwargs["initial"].setdefault("key", uuid4())
        super().__init__(*args, **kwargs)
        self.duty: list[Body] = []

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self.duty = councils_concerned(cleaned.get("measures") or [])
        if not cleaned.get("bodies") and not self.duty and "bodies" not in self.errors:
            self.add_error("bodies", _("Please choose at least one body."))
        if "key" in self.errors and isinstance(self.data, QueryDict):
            # The form that is shown again can be sent.
            self.data = self.data.copy()
            self.data["key"] = str(uuid4())
        return cleaned

    def draft(self) -> Draft:
        """Return what was entered; only after `is_valid()`."""
        entered = self.cleaned_data
        return Draft(
            kind=Submission.Kind(entered["kind"]),
            title=entered["title"],
            text=entered["text"],
            goals=list(entered["goals"]),
            measures=list(entered["measures"]),
            document=entered["document"],
        )
