"""Finding pages by their words."""

from wagtail.models import Locale, Page

from insek.pages.models import (
    DocumentsPage,
    FaqPage,
    HomePage,
    LegalPage,
    NewsIndexPage,
    NewsPage,
    PeoplePage,
    TextPage,
)

KINDS = (
    HomePage,
    NewsIndexPage,
    NewsPage,
    DocumentsPage,
    PeoplePage,
    FaqPage,
    TextPage,
    LegalPage,
)


def find_pages(words: str, *, language: str, limit: int) -> tuple[list[Page], int]:
    """Return the published pages of a language that hold the words, the best first.

    The second is how many there are. Some three queries, and one for each kind of page
    found.
    """
    locale = Locale.objects.filter(language_code=language).first()
    pages = Page.objects.live().public().type(KINDS).filter(locale=locale)
    found = pages.specific().search(words, operator="and")
    first = list(found[:limit])
    return first, found.count() if len(first) == limit else len(first)
