"""The forms of one contribution at the desk."""

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.core.validators import MaxLengthValidator
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from councils.models import AnswerTemplate
from councils.models.desk import DESK_NOTE_LENGTH
from pins.examples import EXAMPLE_REFERENCE
from pins.forms import PlainTextField
from pins.models import Pin
from pins.models.history import NOTE_LENGTH
from pins.validators import forbid_control_characters
from pins.workflow import Status


class StatusForm(forms.Form):
    """The next status, with the public answer.

    It takes every status there is: which steps are possible is for the table of moves
    to say, and it says it in words. Only those of `offered` are shown to choose from.
    """

    to_status = forms.ChoiceField(
        label=_("Next step"),
        choices=Status.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose the next step.")},
    )
    public_note = PlainTextField(
        label=_("Public answer"),
        help_text=_(
            "Everyone reads it, and so does the author. A refusal needs a reason."
        ),
        required=False,
        max_length=NOTE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 8}),
    )

    def __init__(self, *args: Any, offered: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer(offered)

    def offer(self, statuses: Iterable[str]) -> None:
        """Show these steps to choose from."""
        widget = cast("forms.RadioSelect", self.fields["to_status"].widget)
        widget.choices = [(s, Status(s).label) for s in statuses]

    @property
    def only_step(self) -> Status | None:
        """The one step there is, where there is nothing to choose or to complain of."""
        choices = [choice.data["value"] for choice in self["to_status"]]
        if len(choices) != 1 or self["to_status"].errors:
            return None
        return Status(choices[0])

    @property
    def is_needed(self) -> bool:
        """Whether there is a step to take, or something was typed that must not go."""
        return self.is_bound or len(self["to_status"]) > 0

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        refuses = cleaned.get("to_status") == Status.NOT_ENDORSED
        if refuses and cleaned.get("public_note") == "":
            self.add_error("public_note", _("Please give a reason."))
        return cleaned


class NoteForm(forms.Form):
    """An internal note."""

    text = PlainTextField(
        label=_("New note"),
        help_text=_("Only this desk reads it."),
        max_length=DESK_NOTE_LENGTH,
        error_messages={"required": _("Please write something.")},
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class SurvivorForm(forms.Form):
    """Which contribution this one repeats."""

    into = forms.CharField(
        label=_("Reference of the contribution it repeats"),
        help_text=format_lazy(_("Such as {reference}."), reference=EXAMPLE_REFERENCE),
        max_length=24,
        validators=[forbid_control_characters],
        error_messages={"required": _("Please name the contribution that it repeats.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, pin: Pin, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.pin = pin

    def clean_into(self) -> Pin:
        reference = self.cleaned_data["into"].strip()
        spelt = {reference, reference.upper()}
        found = Pin.objects.filter(reference__in=spelt).first()
        if found is None or not found.is_published:
            raise forms.ValidationError(
                _("There is no published contribution with this reference.")
            )
        if found.pk == self.pin.pk:
            raise forms.ValidationError(_("This is the contribution itself."))
        if found.duplicate_of is not None:
            raise forms.ValidationError(
                _("This one is a duplicate itself, of %(reference)s."),
                params={"reference": found.duplicate_of.reference},
            )
        return found


class MergeForm(SurvivorForm):
    """The same confirmed, with what is said about it."""

    public_note = PlainTextField(
        label=_("Public answer"),
        help_text=_("Everyone reads it, and so does the author."),
        required=False,
        max_length=NOTE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class TemplateForm(forms.ModelForm[AnswerTemplate]):
    """A template of the body's own."""

    title = forms.CharField(
        label=_("Title"),
        help_text=_("How you find it again; only your desk sees it."),
        max_length=80,
        validators=[forbid_control_characters],
        error_messages={"required": _("Please enter a title.")},
    )
    text = PlainTextField(
        label=_("Text"),
        help_text=_(
            "{reference}, {title}, {body} and {district} are filled in for each "
            "contribution."
        ),
        validators=[MaxLengthValidator(NOTE_LENGTH)],
        error_messages={"required": _("Please write something.")},
        widget=forms.Textarea(attrs={"rows": 10}),
    )

    class Meta:
        model = AnswerTemplate
        fields = ("title", "text")

    def clean_title(self) -> str:
        title: str = self.cleaned_data["title"]
        same = AnswerTemplate.objects.filter(body=self.instance.body, title=title)
        if same.exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("There is a template with this title."))
        return title
