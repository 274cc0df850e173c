"""Small checks of what people type."""

import re
import unicodedata
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MinLengthValidator
from django.utils.translation import gettext_lazy as _

# Control characters say nothing to a reader and break files: all but tab and newline.
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")

# How far off somebody is stands in the message: they need not count.
LENGTH_MESSAGES = {
    "min_length": _(
        "Please write at least %(limit_value)d characters. So far there are %(show_value)d."
    ),
    "max_length": _(
        "Please write at most %(limit_value)d characters. Now there are %(show_value)d."
    ),
}


def plain_text(value: str) -> str:
    """Return the text composed (NFC), with one kind of line end and no outer blanks."""
    unified = value.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", unified).strip()


def one_line(value: str) -> str:
    """Return the text composed (NFC) on a single line."""
    return " ".join(unicodedata.normalize("NFC", value).split())


def forbid_control_characters(value: str) -> None:
    """Raise ValidationError for characters that cannot be printed."""
    if CONTROL.search(value.replace("\r\n", "\n").replace("\r", "\n")):
        raise ValidationError(
            _("The text contains characters that cannot be shown."), code="control"
        )


class MinVisibleLengthValidator(MinLengthValidator):
    """Demand a number of characters one can see: zero-width ones are no title."""

    def clean(self, x: Any) -> int:
        return sum(unicodedata.category(character) != "Cf" for character in x)
