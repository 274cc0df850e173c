"""Plain text: what is mended in it, and what cannot be shown."""

import pytest
from django.core.exceptions import ValidationError

from pins.forms import NewPinForm
from pins.validators import forbid_control_characters, one_line, plain_text

COMPOSED, DECOMPOSED = "B\u00e4nke", "Ba\u0308nke"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" \n Text \t", "Text"),
        ("a\r\nb\rc\nd", "a\nb\nc\nd"),
        ("a\n\n\nb", "a\n\n\nb"),
        ("a\tb", "a\tb"),
        (DECOMPOSED, COMPOSED),
        ("👩‍👧 und עברית", "👩‍👧 und עברית"),
        ("<b>fett</b> & mehr", "<b>fett</b> & mehr"),
        ("", ""),
    ],
)
def test_a_text_keeps_its_lines(typed, kept):
    assert plain_text(typed) == kept


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Eine \r\n Bank\t am\u00a0Brunnen ", "Eine Bank am Brunnen"),
        (DECOMPOSED, COMPOSED),
        (" \n ", ""),
    ],
)
def test_a_title_is_one_line(typed, kept):
    assert one_line(typed) == kept


@pytest.mark.parametrize(
    "number", [*range(9), *range(0x0B, 0x0D), *range(0x0E, 0x20), 0x7F]
)
def test_control_characters_are_refused(number):
    with pytest.raises(ValidationError) as refusal:
        forbid_control_characters(f"a{chr(number)}b")
    assert refusal.value.code == "control"


@pytest.mark.parametrize(
    "text", ["a\tb", "a\nb", "a\r\nb", "ä🌳", "\u202eRTL", "\u200b", "עברית", ""]
)
def test_whatever_can_be_shown_passes(text):
    forbid_control_characters(text)


@pytest.mark.parametrize("title", ["\u200b" * 8, "A\u202eB\u2060\u200d\ufeff"])
def test_a_title_must_be_seen(title):
    with pytest.raises(ValidationError):
        NewPinForm.base_fields["title"].clean(title)
