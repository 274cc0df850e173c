"""Short names for URLs, made the German way."""

from django.utils.text import slugify

GERMAN_LETTERS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "/": "-"})


def german_slug(name: str) -> str:
    """Return "gruebentaelchen-volkspark" for "Grübentälchen/Volkspark"."""
    return slugify(name.lower().translate(GERMAN_LETTERS))
