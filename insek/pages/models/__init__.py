"""The pages that the INSEK office writes, and the files in them."""

from insek.pages.models.collections import (
    DocumentsPage,
    FaqPage,
    PeoplePage,
    TextPage,
)
from insek.pages.models.files import PageDocument, PagePicture, PageRendition
from insek.pages.models.home import HomePage
from insek.pages.models.legal import LegalPage
from insek.pages.models.news import NewsIndexPage, NewsPage
from insek.pages.models.notice import BarrierNotice

__all__ = [
    "BarrierNotice",
    "DocumentsPage",
    "FaqPage",
    "HomePage",
    "LegalPage",
    "NewsIndexPage",
    "NewsPage",
    "PageDocument",
    "PagePicture",
    "PageRendition",
    "PeoplePage",
    "TextPage",
]
