"""Public answers that start from a template."""

import re

from pins.models import PublicPin

# In the words of who writes templates; anything else in braces stays as it is.
PLACEHOLDER = re.compile(r"\{(reference|title|body|district)\}")


def fill_in(text: str, pin: PublicPin) -> str:
    """Return a template's text with what it says of the contribution filled in.

    What is filled in is not read again: a title may hold braces of its own.
    """
    values = {
        "reference": pin.reference,
        "title": pin.title,
        "body": pin.body_name,
        "district": pin.district_name,
    }
    return PLACEHOLDER.sub(lambda found: values[found[1]], text)


def add_to(typed: str, text: str) -> str:
    """Return what was typed with a template below it: nothing typed is lost."""
    return f"{typed.rstrip()}\n\n{text}" if typed.strip() else text
