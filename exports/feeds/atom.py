"""What all feeds have in common: Atom (RFC 4287), names that last, texts that fit in."""

import datetime
import re
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language

MEDIA_TYPE = "application/atom+xml; charset=utf-8"
# XML 1.0 has no way to write these.
UNWRITABLE = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]")
# A tag: URI names its owner at a day; it stays when the site moves its pages.
SINCE = "2026"


class Feed(Atom1Feed):
    """A feed of the site in the language of the page.

    It says of itself when its latest entry changed, also when it has none. `address` is
    its own, `page` that of the page which shows the same, `name` what its id ends in.
    """

    def __init__(
        self, title: str, *, page: str, address: str, name: str, **more: Any
    ) -> None:
        super().__init__(
            title=writable(title),
            link=page,
            description="",
            language=get_language(),
            author_name=writable(settings.SITE_NAME),
            feed_url=address,
            feed_guid=tag(name),
            **more,
        )

    def latest_post_date(self) -> datetime.datetime:
        days = [item["updateddate"] for item in self.items]
        return max(days, default=datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC))

    def written(self) -> bytes:
        """Return the document."""
        return str(self.writeString("utf-8")).encode()


def tag(name: str) -> str:
    """Return the lasting name of a feed or an entry (RFC 4151)."""
    host = urlsplit(settings.BASE_URL).hostname
    return f"tag:{host},{SINCE}:{name}"


def writable(text: str) -> str:
    """Return a text without what XML cannot hold."""
    return UNWRITABLE.sub(" ", text)
