"""The fields that several forms of the desk share."""

from typing import Any

from django import forms

from pins.validators import forbid_control_characters, one_line


class LineField(forms.CharField):
    """One line of text that can be printed."""

    default_validators = [forbid_control_characters]

    def to_python(self, value: Any) -> str:
        return one_line(super().to_python(value) or "")
