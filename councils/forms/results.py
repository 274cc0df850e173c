"""The forms of the sitting: results, closing, waivers, and on to the next body."""

import json
from dataclasses import fields
from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from councils.forms.fields import LineField
from councils.models import AgendaItem, Consultation
from councils.models.matter import REASON_LENGTH
from councils.models.sitting import RESOLUTION_LENGTH
from councils.results import Result
from districts.models import Body
from pins.forms import INCOMPLETE, PlainTextField
from pins.validators import LENGTH_MESSAGES

VOTES = ("votes_for", "votes_against", "votes_abstained")
# More than any council has; the votes of the body are checked with the result.
MOST_VOTES = 9_999


class VotesField(forms.IntegerField):
    """A number of votes, typed on a keyboard of digits."""

    def __init__(self, label: Any) -> None:
        super().__init__(
            label=label,
            required=False,
            min_value=0,
            max_value=MOST_VOTES,
            error_messages={
                "invalid": _("Please enter a whole number."),
                "min_value": _("Please enter 0 or more."),
                "max_value": _("Please enter at most %(limit_value)d."),
            },
            widget=forms.TextInput(
                attrs={"inputmode": "numeric", "maxlength": 4, "size": 4}
            ),
        )


class ResultForm(forms.Form):
    """What is typed in for an item.

    An item without a matter has a result in words. After the end of the sitting outcome
    and reason are shown and no longer asked for.
    """

    version = forms.IntegerField(
        min_value=0,
        widget=forms.HiddenInput,
        error_messages={"required": INCOMPLETE, "invalid": INCOMPLETE},
    )
    outcome = forms.ChoiceField(
        label=_("Outcome"),
        choices=Consultation.Outcome.choices,
        required=False,
        widget=forms.RadioSelect,
    )
    reason = PlainTextField(
        label=_("Reason"),
        help_text=_("Everyone reads it. Without support a reason is compulsory."),
        required=False,
        max_length=REASON_LENGTH,
        error_messages=LENGTH_MESSAGES,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    result = LineField(
        label=_("Result"),
        help_text=_("In a few words, such as “taken note of”."),
        required=False,
        max_length=200,
        error_messages=LENGTH_MESSAGES,
    )
    votes_for = VotesField(pgettext_lazy("votes", "For"))
    votes_against = VotesField(pgettext_lazy("votes", "Against"))
    votes_abstained = VotesField(pgettext_lazy("votes", "Abstained"))
    resolution_text = PlainTextField(
        label=_("Resolution"),
        required=False,
        max_length=RESOLUTION_LENGTH,
        error_messages=LENGTH_MESSAGES,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(
        self,
        data: Any = None,
        *,
        item: AgendaItem,
        consultation: Consultation | None,
        version: int | None = None,
    ) -> None:
        self.item, self.consultation = item, consultation
        # What somebody else saved meanwhile, by field.
        self.theirs: dict[str, str] = {}
        if data is not None and version is not None:
            # Shown again beside what was saved meanwhile: sent once more, it counts.
            data = data.copy()
            data["version"] = str(version)
        super().__init__(
            data, auto_id=f"item-{item.pk}-%s", initial=self.values_of_saved()
        )
        for name in self._unasked(data):
            del self.fields[name]

    def _unasked(self, data: Any) -> set[str]:
        if self.consultation is None:
            return {"outcome", "reason"}
        if not self.consultation.is_decided:
            return {"result"}
        # Whoever sends another outcome after the end is told so, not passed over.
        sent = set(data) if data is not None else set()
        return {"result"} | ({"outcome", "reason"} - sent)

    def values_of_saved(self) -> dict[str, str]:
        """Return what is saved as the fields hold it."""
        values = self.saved
        shown = {field.name: getattr(values, field.name) for field in fields(values)}
        texts = {k: "" if v is None else str(v) for k, v in shown.items()}
        return texts | {"version": str(self.item.version)}

    @property
    def saved_for_the_script(self) -> str:
        """What is saved, as JSON: the script sends what differs from it."""
        values = self.values_of_saved()
        return json.dumps({"version": int(values.pop("version")), "values": values})

    @property
    def saved(self) -> Result:
        return Result.of(self.item, self.consultation)

    @property
    def has_outcome(self) -> bool:
        return "outcome" in self.fields

    @property
    def votes(self) -> list[forms.BoundField]:
        return [self[name] for name in VOTES]

    @property
    def theirs_of_votes(self) -> list[tuple[str, str]]:
        """What somebody else saved as votes, each with its label."""
        return [
            (str(self[name].label), self.theirs[name])
            for name in VOTES
            if name in self.theirs
        ]

    @property
    def votes_errors(self) -> list[str]:
        """What is wrong with the votes, each sentence once."""
        found = [str(e) for name in VOTES for e in self.errors.get(name, [])]
        return list(dict.fromkeys(found))

    def to_result(self) -> Result:
        """Return what was typed in; of fields that are not asked for, what is saved."""
        saved, typed = self.saved, self.cleaned_data
        return Result(
            **{
                f.name: typed[f.name]
                if f.name in self.fields
                else getattr(saved, f.name)
                for f in fields(Result)
            }
        )

    def mark_changes(self) -> None:
        """Say at each field what somebody else has saved there meanwhile."""
        self.is_valid()
        saved = self.values_of_saved()
        for name in self.fields:
            typed = self.cleaned_data.get(name)
            if name == "version" or str("" if typed is None else typed) == saved[name]:
                continue
            self.theirs[name] = self._shown(name, saved[name])
        self.add_error(
            None,
            _(
                "Somebody else has saved this item meanwhile. What they saved stands at "
                "the fields. Yours counts once you save again."
            ),
        )

    def _shown(self, name: str, value: str) -> str:
        if not value:
            return gettext("(empty)")
        if name == "outcome":
            return str(Consultation.Outcome(value).label)
        return value

    def refuse(self, errors: dict[str, str]) -> None:
        """Put what cannot be to the fields it is about."""
        for name, message in errors.items():
            at = "votes_for" if name == "votes" else name
            self.add_error(at if at in self.fields else None, message)


class CloseForm(forms.Form):
    """Nothing to type in: the button is the answer."""


class WaiverForm(forms.Form):
    """Why a district council does without being heard."""

    reason = PlainTextField(
        label=_("Reason"),
        help_text=_("Everyone reads it on the pages of the contributions."),
        max_length=REASON_LENGTH,
        error_messages={
            "required": _("Please give a reason."),
            **LENGTH_MESSAGES,
        },
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class ForwardForm(forms.Form):
    """Which matters go on, to which body, and as what."""

    body = forms.ModelChoiceField(
        label=_("To which body?"),
        queryset=Body.objects.none(),
        empty_label=None,
        error_messages={
            "required": _("Please choose a body."),
            "invalid_choice": _("Please choose a body."),
        },
    )
    role = forms.ChoiceField(
        label=_("As what?"),
        choices=[("", _("As usual there")), *Consultation.Role.choices],
        required=False,
    )
    consultations = forms.ModelMultipleChoiceField(
        label=_("Matters"),
        queryset=Consultation.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Please choose at least one matter."),
            "invalid_choice": _("This matter cannot be forwarded from here."),
            "invalid_pk_value": _("This matter cannot be forwarded from here."),
        },
    )

    def offer(
        self, *, bodies: QuerySet[Body], consultations: QuerySet[Consultation]
    ) -> None:
        """Let these be chosen, and nothing else."""
        for name, queryset in {"body": bodies, "consultations": consultations}.items():
            field = cast("forms.ModelChoiceField[Any]", self.fields[name])
            field.queryset = queryset
