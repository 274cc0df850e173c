"""The forms with which people report something, decide on it and complain."""

from typing import Any, Self, cast
from uuid import uuid4

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from layers.languages import page_language
from pins.forms import PlainTextField
from pins.models import Complaint
from pins.models.contact import EMAIL_LENGTH
from pins.models.report import (
    EXPLANATION_LENGTH,
    NEEDS_GROUND,
    REPORTER_NAME_LENGTH,
    RULE_LENGTH,
    Ground,
    Outcome,
    Reason,
)
from pins.reporting.complaining import granted_outcome
from pins.reporting.deciding import Decision, possible_outcomes
from pins.reporting.receiving import Words
from pins.reporting.subjects import Kind, Subject
from pins.validators import LENGTH_MESSAGES, forbid_control_characters, one_line

# Without an explanation nobody could tell what is meant (DSA, Art. 16(2)(a)).
NEEDS_EXPLANATION = frozenset({Reason.ILLEGAL, Reason.OTHER})
SENT_BEFORE = _(
    "This form has been sent before. If you want to send what it says now as another "
    "report, please send it again."
)


class LineField(forms.CharField):
    """A text of one line."""

    default_validators = [forbid_control_characters]

    def to_python(self, value: Any) -> str:
        return one_line(super().to_python(value) or "")


class ReportForm(forms.Form):
    """What is wrong with something, in whose view, and whom to tell."""

    idempotency_key = forms.UUIDField(widget=forms.HiddenInput)
    reason = forms.ChoiceField(
        label=_("What is wrong with it?"),
        choices=Reason.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Please say what is wrong with it."),
            "invalid_choice": _("Please choose one of these reasons."),
        },
    )
    explanation = PlainTextField(
        label=_("Explanation"),
        help_text=_(
            "Where exactly is it, and why is it wrong? If you think that it is illegal, "
            "please say which law it breaks, as far as you know."
        ),
        required=False,
        max_length=EXPLANATION_LENGTH,
        error_messages=LENGTH_MESSAGES,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    name = LineField(
        label=_("Your name"),
        required=False,
        max_length=REPORTER_NAME_LENGTH,
        error_messages=LENGTH_MESSAGES,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label=_("Your e-mail address"),
        help_text=_("We send you a receipt there, and later what we decided and why."),
        required=False,
        max_length=EMAIL_LENGTH,
        error_messages={
            "invalid": _(
                "Please enter a complete e-mail address, such as name@example.org."
            ),
            **LENGTH_MESSAGES,
        },
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    in_good_faith = forms.BooleanField(
        label=_("To the best of my knowledge, what I report is right and complete"),
        error_messages={
            "required": _("Please confirm that you report this in good faith.")
        },
    )

    def __init__(self, *args: Any, kind: Kind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["idempotency_key"].initial = uuid4
        if kind == Kind.COMMENT:
            reason = cast("forms.ChoiceField", self.fields["reason"])
            reason.choices = [
                choice for choice in Reason.choices if choice[0] != Reason.PLACE
            ]

    @classmethod
    def again(cls, data: QueryDict, message: str, *, kind: Kind) -> Self:
        """Return the form with what was typed, a message above it and a fresh key."""
        again = data.copy()
        again["idempotency_key"] = str(uuid4())
        form = cls(again, kind=kind)
        form.add_error(None, message)
        return form

    @property
    def lacks_its_key(self) -> bool:
        return "idempotency_key" in self.errors

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        lacks = "explanation" in cleaned and not cleaned["explanation"]
        if lacks and cleaned.get("reason") in NEEDS_EXPLANATION:
            self.add_error("explanation", _("Please explain what is wrong with it."))
        return cleaned

    def words(self) -> Words:
        """Return what was said; only after `is_valid()`."""
        data = self.cleaned_data
        return Words(
            reason=data["reason"],
            explanation=data["explanation"],
            language=page_language(),
            name=data["name"],
            email=data["email"],
        )


class ComplaintForm(forms.Form):
    """Why somebody does not agree with a decision."""

    text = PlainTextField(
        label=_("Why do you not agree?"),
        help_text=_("At most 4,000 characters, plain text."),
        max_length=EXPLANATION_LENGTH,
        error_messages={
            "required": _("Please write why you do not agree."),
            **LENGTH_MESSAGES,
        },
        widget=forms.Textarea(attrs={"rows": 6}),
    )


class StatementForm(forms.Form):
    """The reason of a decision, and on what it rests (DSA, Art. 17(3))."""

    reason = PlainTextField(
        label=_("Reason"),
        help_text=_(
            "Reporter and author read it. Please say what is meant and why, without "
            "naming anybody."
        ),
        max_length=4_000,
        error_messages={"required": _("Please give a reason."), **LENGTH_MESSAGES},
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    ground = forms.ChoiceField(
        label=_("On what does it rest?"),
        choices=Ground.choices,
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": _("Please choose one of the two.")},
    )
    rule = LineField(
        label=_("Which law, or which of the terms?"),
        help_text=_("Such as “Section 185 of the Criminal Code” or “No advertising”."),
        required=False,
        max_length=RULE_LENGTH,
        error_messages=LENGTH_MESSAGES,
    )

    def demand_ground(self, cleaned: dict[str, Any]) -> None:
        """Say at their fields what is missing where something is taken away."""
        if "ground" in cleaned and not cleaned["ground"]:
            self.add_error("ground", _("Please say on what the decision rests."))
        if "rule" in cleaned and not cleaned["rule"]:
            self.add_error("rule", _("Please name the law or the term."))


class CaseForm(StatementForm):
    """What a moderator decides about something that was reported."""

    field_order = ["outcome", "reason", "ground", "rule"]
    # The digest of what stood on the page.
    read = forms.CharField(required=False, widget=forms.HiddenInput)
    outcome = forms.ChoiceField(
        label=_("What becomes of it?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Please say what becomes of it."),
            "invalid_choice": _("This is not possible at the moment."),
        },
    )

    def __init__(self, *args: Any, subject: Subject | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        outcome = cast("forms.ChoiceField", self.fields["outcome"])
        outcome.choices = [(o.value, o.label) for o in possible_outcomes(subject)]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("outcome") in NEEDS_GROUND:
            self.demand_ground(cleaned)
        return cleaned

    def decision(self) -> Decision:
        """Return what was decided; only after `is_valid()`."""
        data = self.cleaned_data
        if data["outcome"] not in NEEDS_GROUND:
            return Decision(data["outcome"], data["reason"])
        return Decision(data["outcome"], data["reason"], data["ground"], data["rule"])


class ComplaintDecisionForm(StatementForm):
    """What another moderator decides about a complaint."""

    field_order = ["answer", "reason", "ground", "rule"]
    answer = forms.ChoiceField(
        label=_("Is the complaint right?"),
        choices=[
            ("granted", _("Yes: change the first decision")),
            ("refused", _("No: the first decision stands")),
        ],
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Please say whether the complaint is right."),
            "invalid_choice": _("Please choose one of the two."),
        },
    )

    def __init__(self, *args: Any, complaint: Complaint, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Of what is hidden now for the first time nobody has named a ground yet.
        self.asks_ground = granted_outcome(complaint) == Outcome.HIDDEN
        if not self.asks_ground:
            del self.fields["ground"], self.fields["rule"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.asks_ground and cleaned.get("answer") == "granted":
            self.demand_ground(cleaned)
        return cleaned

    def answer_given(self) -> dict[str, Any]:
        """Return what `decide_complaint` takes; only after `is_valid()`."""
        data = self.cleaned_data
        return {
            "is_granted": data["answer"] == "granted",
            "reason": data["reason"],
            "ground": data.get("ground", ""),
            "rule": data.get("rule", ""),
        }
