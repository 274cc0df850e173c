"""The languages of the site, that of a page, and texts that staff write in both."""

from django.conf import settings
from django.utils.translation import get_language

# The languages of the site by their codes, its own first.
LANGUAGES = tuple(code for code, _name in settings.LANGUAGES)


def page_language() -> str:
    """Return the language of the page in two letters."""
    return (get_language() or settings.LANGUAGE_CODE)[:2]


def is_english() -> bool:
    """Tell whether the page is in English."""
    return page_language() == "en"


def in_language(german: str, english: str) -> str:
    """Return the text in the language of the page, else the one that is there."""
    return (english or german) if is_english() else (german or english)
