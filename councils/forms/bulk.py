"""What is asked before several contributions are assigned or handed over."""

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.contrib.auth.models import User
from django.utils.translation import gettext_lazy as _

from councils.desk.assignments import colleagues
from districts.models import Body
from pins.forms import PlainTextField
from pins.models.history import NOTE_LENGTH


class ColleagueField(forms.ModelChoiceField[User]):
    """A choice of people, by their names."""

    def label_from_instance(self, obj: User) -> str:
        return obj.get_full_name() or obj.get_username()


class AssignForm(forms.Form):
    """Who of the body's members shall work on it."""

    assignee = ColleagueField(
        label=_("Who works on it?"),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("Nobody"),
        widget=forms.Select,
    )

    def __init__(self, *args: Any, body: Body, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast("ColleagueField", self.fields["assignee"])
        field.queryset = colleagues(body)

    def offer(self, people: Iterable[tuple[int, str]]) -> None:
        """Show these to choose from, by id and name, where they are known already."""
        field = cast("ColleagueField", self.fields["assignee"])
        field.choices = [("", str(field.empty_label)), *people]


class HandOverForm(forms.Form):
    """To which body it goes, and why."""

    to_body = forms.ModelChoiceField(
        label=_("Which body answers for it?"),
        queryset=Body.objects.none(),
        empty_label=_("Please choose"),
        error_messages={"required": _("Please choose a body.")},
        widget=forms.Select,
    )
    reason = PlainTextField(
        label=_("Why?"),
        help_text=_("Everyone can read this."),
        max_length=NOTE_LENGTH,
        error_messages={"required": _("Please give a reason.")},
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, body: Body, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast("forms.ModelChoiceField[Body]", self.fields["to_body"])
        field.queryset = Body.objects.exclude(pk=body.pk)
