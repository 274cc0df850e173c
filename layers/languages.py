"""Texts that staff write in both languages of the site."""

from django.utils.translation import get_language


def is_english() -> bool:
    """Tell whether the page is in English."""
    return (get_language() or "").startswith("en")


def in_language(german: str, english: str) -> str:
    """Return the text in the language of the page, else the one that is there."""
    return (english or german) if is_english() else (german or english)
