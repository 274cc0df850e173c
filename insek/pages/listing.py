"""All pages that the office has published, for search engines."""

import datetime
from collections import defaultdict
from dataclasses import dataclass

from wagtail.models import Page

from insek.pages.finding import KINDS
from insek.pages.models import LegalPage

# The words of a legal page are read on the application's own.
OF_THEIR_OWN = tuple(kind for kind in KINDS if kind is not LegalPage)
# A site of more pages than this has another way in than its list.
AT_MOST = 5_000


@dataclass(frozen=True)
class Written:
    """A page in the languages that it can be read in.

    `addresses` are its paths by the code of the language.
    """

    addresses: dict[str, str]
    changed_at: datetime.datetime | None


def published_pages() -> list[Written]:
    """Return what everyone may read, the translations of a page together.

    Two queries, and one for the addresses of the site where they are not known yet.
    """
    pages = Page.objects.live().public().type(OF_THEIR_OWN).select_related("locale")
    together = defaultdict(list)
    for page in pages.order_by("pk")[:AT_MOST]:
        together[page.translation_key].append(page)
    return [
        Written(
            {page.locale.language_code: page.url for page in versions},
            max(
                (p.last_published_at for p in versions if p.last_published_at),
                default=None,
            ),
        )
        for versions in together.values()
    ]
