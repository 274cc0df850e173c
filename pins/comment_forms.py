"""The forms with which people comment."""

from typing import Any, Self
from uuid import uuid4

from django import forms
from django.core.validators import MaxLengthValidator
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from pins.forms import PlainTextField
from pins.models.comment import COMMENT_LENGTH
from pins.validators import (
    LENGTH_MESSAGES,
    MinVisibleLengthValidator,
    forbid_control_characters,
)

SENT_BEFORE = _(
    "This form has been sent before. If you want to send what it says now as another "
    "comment, please send it again."
)


class CommentTextField(PlainTextField):
    """A comment: plain text, 3 to 2,000 characters."""

    def __init__(self) -> None:
        super().__init__(
            label=_("Your comment"),
            help_text=_("3 to 2,000 characters, plain text."),
            error_messages={
                "required": _("Please write your comment."),
                **LENGTH_MESSAGES,
            },
            widget=forms.Textarea(attrs={"rows": 6}),
            validators=[
                forbid_control_characters,
                MinVisibleLengthValidator(COMMENT_LENGTH[0]),
                MaxLengthValidator(COMMENT_LENGTH[1]),
            ],
        )


class EditCommentForm(forms.Form):
    """The words of one's own comment, until a moderator has seen them."""

    text = CommentTextField()


class CommentForm(EditCommentForm):
    """A new comment, of a resident or of a body."""

    idempotency_key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["idempotency_key"].initial = uuid4

    @classmethod
    def again(cls, data: QueryDict, message: str) -> Self:
        """Return the form with what was typed, a message above it and a fresh key."""
        again = data.copy()
        again["idempotency_key"] = str(uuid4())
        form = cls(again)
        form.add_error(None, message)
        return form

    @property
    def lacks_its_key(self) -> bool:
        return "idempotency_key" in self.errors
