"""What the maps of the site lie on: the own basemap, another style, or nothing yet."""

import datetime
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _

from layers.basemap import archive

# Streets are built every year; what is older than this misleads.
OLD_AFTER = datetime.timedelta(days=2 * 365)
COPYRIGHT = "https://www.openstreetmap.org/copyright"


@dataclass(frozen=True)
class Ground:
    """Where the maps find what they lie on.

    `tiles_json` is empty where there is no own basemap, `style_url` where no other style
    was chosen; `host` is the one that this style has browsers ask. `attribution` is HTML,
    empty where the style itself names its sources.
    """

    tiles_json: str
    style_url: str
    host: str
    attribution: str
    data_date: datetime.date | None

    @property
    def is_missing(self) -> bool:
        """Tell whether the maps show districts and pins alone."""
        return not (self.tiles_json or self.style_url)

    @property
    def is_old(self) -> bool:
        """Tell whether the own basemap shows a city of years ago."""
        if self.style_url or self.data_date is None:
            return False
        return timezone.now().date() - self.data_date > OLD_AFTER


def current() -> Ground:
    """Return what the maps lie on now; no query, one look at the file."""
    own = archive.current()
    style_url = settings.BASEMAP_STYLE_URL if settings.BASEMAP_ORIGIN else ""
    return Ground(
        tiles_json=reverse("basemap") if own else "",
        style_url=style_url,
        host=urlsplit(style_url).hostname or "",
        attribution=_attribution(is_own=own is not None and not style_url),
        data_date=_day(own.metadata.get("data_date")) if own else None,
    )


def _attribution(*, is_own: bool) -> str:
    if settings.BASEMAP_ATTRIBUTION:
        return str(settings.BASEMAP_ATTRIBUTION)
    if not is_own:
        return ""
    words = _("© OpenStreetMap contributors")
    return format_html('<a href="{}">{}</a>', COPYRIGHT, words)


def _day(written: object) -> datetime.date | None:
    """Return a date from the file, which need not be one of our own."""
    try:
        return datetime.date.fromisoformat(str(written))
    except ValueError:
        return None
