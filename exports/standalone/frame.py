"""What the standalone maps have in common: folium's map and a page, all of it inside."""

import base64
import datetime
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import folium
from branca.element import Figure
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from layers.credit import borders_credit

SOURCES = Path(__file__).parent
# folium would forbid readers to enlarge the page.
FIXED_SCALE = re.compile(r"<meta name=\"viewport\"[^>]*user-scalable[^>]*>")


@dataclass(frozen=True)
class Leaflet:
    """Leaflet's script and style sheet, the images of the latter inside it."""

    script: str
    style: str


@cache
def leaflet() -> Leaflet:
    """Read Leaflet from the installed browser libraries."""
    folders = sorted((settings.ROOT / "static" / "vendor").glob("leaflet-*"))
    if not folders:
        raise ImproperlyConfigured("Leaflet is not installed: run ./run once.")
    folder = folders[-1]

    def embed(match: re.Match[str]) -> str:
        image = base64.b64encode((folder / match[1]).read_bytes()).decode()
        return f"url(data:image/png;base64,{image})"

    style = (folder / "leaflet.css").read_text("utf-8")
    return Leaflet(
        script=(folder / "leaflet.js").read_text("utf-8"),
        style=re.sub(r"url\((images/[\w.-]+\.png)\)", embed, style),
    )


class Map(folium.Map):
    """folium's map without the ten files that it would load from four hosts."""

    default_js: list[tuple[str, str]] = []
    default_css: list[tuple[str, str]] = []


class Page(Figure):
    """A page round a map, with what every one of them says; its template is its own."""

    def __init__(
        self, *, title: str, as_of: datetime.datetime, words: dict[str, Any]
    ) -> None:
        super().__init__(title=title)
        self.language = get_language()
        self.leaflet = leaflet()
        self.style = (SOURCES / "map.css").read_text("utf-8")
        moment = date_format(timezone.localtime(as_of), "DATETIME_FORMAT")
        self.subtitle = _("As of %(moment)s") % {"moment": moment}
        self.without_script = _("This map needs JavaScript.")
        self.borders = _("Borders: %(source)s") % {"source": borders_credit()}
        self.licence_name = settings.LICENCE_NAME
        self.licence_url = settings.LICENCE_URL
        self.words = {
            "layers": _("Choose what the map shows"),
            "zoomIn": _("Zoom in"),
            "zoomOut": _("Zoom out"),
            **words,
        }

    def written(self) -> str:
        """Return the page, which its readers may enlarge."""
        return FIXED_SCALE.sub("", self.render())
