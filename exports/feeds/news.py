"""The feed of the process's news."""

from collections.abc import Sequence

from django.conf import settings
from django.utils.html import format_html
from django.utils.translation import get_language, gettext

from exports.feeds.atom import Feed, tag, writable
from insek.pages.models import NewsPage


def feed_of(news: Sequence[NewsPage], *, address: str, page: str) -> bytes:
    """Return the feed of these news, the latest first, of the page's language.

    `address` is its own, `page` that of the page which lists the news.
    """
    feed = Feed(
        gettext("News of the INSEK process"),
        page=page,
        address=address,
        name=f"news/{get_language()}",
    )
    for item in news:
        feed.add_item(
            title=writable(item.title),
            link=f"{settings.BASE_URL}{item.url}",
            description=writable(format_html("<p>{}</p>", item.intro)),
            unique_id=tag(f"news/{item.pk}"),
            pubdate=item.first_published_at,
            updateddate=item.last_published_at,
        )
    return feed.written()
