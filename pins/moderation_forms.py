"""The forms of moderators, and that of an author who is asked."""

from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from pins.forms import PlainTextField
from pins.models import Comment, Pin, ReasonTemplate
from pins.models.wording import ANSWER_LENGTH, REASON_LENGTH
from pins.moderation.redacting import (
    NotThere,
    TooLittleLeft,
    demand_enough,
    take_out,
)
from pins.moderation.wordings import Words, words_of
from pins.validators import LENGTH_MESSAGES, forbid_control_characters
from pins.workflow import Visibility

# A decision that leaves the visibility as it is.
ASKED = "asked"
PHRASES = 50


class DecisionForm(forms.Form):
    """What a moderator decides, with the reason or the question that the author reads."""

    to = forms.ChoiceField(
        choices=[
            (Visibility.PUBLISHED, _("Publish")),
            (ASKED, _("Ask the author")),
            (Visibility.REJECTED, _("Do not publish")),
            (Visibility.HIDDEN, _("Hide")),
        ]
    )
    # The digest of the words on the page, for what must not be published unread.
    read = forms.CharField(required=False, widget=forms.HiddenInput)
    question = PlainTextField(
        label=_("Question to the author"),
        required=False,
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    reason = PlainTextField(
        label=_("Reason"),
        help_text=_("The author reads it."),
        required=False,
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        to = cleaned.get("to")
        refuses = to in {Visibility.REJECTED, Visibility.HIDDEN}
        if refuses and "reason" in cleaned and not cleaned["reason"]:
            self.add_error("reason", _("Please give a reason."))
        if to == ASKED and "question" in cleaned and not cleaned["question"]:
            self.add_error("question", _("Please write what you want to know."))
        return cleaned


class CommentDecisionForm(DecisionForm):
    """What a moderator decides on a comment."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = _("Who wrote the comment can read it.")


class RedactionForm(forms.Form):
    """What to take out of the words, one stretch in each line."""

    phrases = PlainTextField(
        label=_("What to take out"),
        help_text=_(
            "One name, number or stretch of words in each line, as it stands in the text. "
            "It is taken out wherever it occurs."
        ),
        max_length=REASON_LENGTH,
        error_messages={
            "required": _("Please write what is to be taken out."),
            **LENGTH_MESSAGES,
        },
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
    )
    read = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, subject: Pin | Comment, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.subject = subject
        self.result: Words | None = None

    def clean_phrases(self) -> list[str]:
        """Return the lines, each once; refuse what the words do not hold."""
        lines = [line.strip() for line in self.cleaned_data["phrases"].splitlines()]
        phrases = list(dict.fromkeys(line for line in lines if line))
        if len(phrases) > PHRASES:
            raise forms.ValidationError(
                ngettext(
                    "At most %(count)d line at once.",
                    "At most %(count)d lines at once.",
                    PHRASES,
                ),
                params={"count": PHRASES},
            )
        if any(len(phrase) < 2 for phrase in phrases):
            raise forms.ValidationError(
                _("Please write at least two characters in each line.")
            )
        self._try(phrases)
        return phrases

    def _try(self, phrases: list[str]) -> None:
        try:
            result = take_out(words_of(self.subject), phrases)
            demand_enough(self.subject, result)
        except NotThere as error:
            raise forms.ValidationError(
                [
                    forms.ValidationError(
                        _("“%(phrase)s” does not occur."), params={"phrase": phrase}
                    )
                    for phrase in error.phrases
                ]
            ) from error
        except TooLittleLeft as error:
            raise forms.ValidationError(
                _(
                    "Too little would be left of title or text. Please take out less, ask "
                    "the author, or do not publish it."
                )
            ) from error
        self.result = result


class AnswerForm(forms.Form):
    """What an author answers to a question of moderation."""

    answer = PlainTextField(
        label=_("Your answer"),
        help_text=_("Only the moderation team reads it."),
        error_messages={
            "required": _("Please write your answer."),
            **LENGTH_MESSAGES,
        },
        validators=[MaxLengthValidator(ANSWER_LENGTH)],
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class ReasonTemplateForm(forms.ModelForm[ReasonTemplate]):
    """A reason or a question to start from."""

    use = forms.ChoiceField(
        label=_("What for?"),
        choices=ReasonTemplate.Use.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose what it is for.")},
    )
    title = forms.CharField(
        label=_("Title"),
        help_text=_("How you find it again; only moderators see it."),
        max_length=80,
        validators=[forbid_control_characters],
        error_messages={"required": _("Please enter a title.")},
    )
    text_de = PlainTextField(
        label=_("Text in German"),
        validators=[MaxLengthValidator(REASON_LENGTH)],
        error_messages={"required": _("Please write something.")},
        widget=forms.Textarea(attrs={"rows": 5, "lang": "de"}),
    )
    text_en = PlainTextField(
        label=_("Text in English"),
        help_text=_("For who wrote in English."),
        validators=[MaxLengthValidator(REASON_LENGTH)],
        error_messages={"required": _("Please write something.")},
        widget=forms.Textarea(attrs={"rows": 5, "lang": "en"}),
    )

    class Meta:
        model = ReasonTemplate
        fields = ("use", "title", "text_de", "text_en")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        same = ReasonTemplate.objects.filter(
            use=cleaned.get("use", ""), title=cleaned.get("title", "")
        )
        if same.exclude(pk=self.instance.pk).exists():
            self.add_error("title", _("There is a template with this title."))
        return cleaned
