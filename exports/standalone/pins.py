"""The standalone map of the contributions.

folium makes the map, its borders and switches; the files beside this one make the
markers and pop-ups, where texts of residents are set as text and never as HTML. The pins
are streamed into the finished page, as in every other export.
"""

import json
import secrets
from typing import Any

import folium
from django.conf import settings
from django.contrib.gis.db.models import Extent as ExtentOf
from django.utils import timezone
from django.utils.html import escape, format_html
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from folium.map import CustomPane, Layer
from folium.template import Template
from folium.utilities import JsCode

from districts.models import District
from exports import boundaries, streams
from exports.files.geojson import feature_lines
from exports.lines import Document, replaced
from exports.selection import Selection
from exports.standalone.frame import SOURCES, Map, Page
from exports.standalone.ground import Extent, GroundPicture, picture_of
from layers.models import Theme
from pins.workflow import Kind, Status

DISTRICT_PANE, GROUND_PANE = "districts", "ground"
SHAPES = {
    Kind.IDEA: '<circle r="1.4"/>',
    Kind.PROBLEM: '<path d="M0-1.9 1.9 0 0 1.9-1.9 0z"/>',
    Kind.KEEP: '<path d="M-1.4-1.4h2.8v2.8h-2.8z"/>',
}


class PinLayer(Layer):
    """The switchable layer of a theme; its pins are found in the page by the theme."""

    _template = Template(
        """{% macro script(this, kwargs) %}
        var {{ this.get_name() }} = pinLayer(
            {{ this.theme.slug|tojson }}, {{ this.theme.colour|tojson }});
        {% endmacro %}"""
    )

    def __init__(self, theme: Theme) -> None:
        # Leaflet takes the name as HTML.
        name = format_html(
            '<span class="swatch" style="background:{}"></span> {}',
            theme.colour,
            theme.title,
        )
        super().__init__(name=name, overlay=True)
        self.theme = theme


class PinPage(Page):
    """The page of the contributions, with markers, pop-ups and a list."""

    _template = Template((SOURCES / "pins.html").read_text("utf-8"))

    def __init__(self, *, title: str, source_url: str) -> None:
        super().__init__(title=title, as_of=timezone.now(), words=words())
        # Stands where the stream puts the pins. The page holds words of others, as those
        # of the address it was asked for: they must not be able to hold this one.
        self.pins = secrets.token_hex(16)
        self.plan = ""
        self.code = (SOURCES / "pins.js").read_text("utf-8")
        self.kinds = [(kind.label, SHAPES[kind]) for kind in Kind]
        self.list_title = _("The same contributions as a list")
        self.site_name = settings.SITE_NAME
        self.source_url = source_url


def words() -> dict[str, Any]:
    """Return the words of markers and pop-ups in the language of the file."""
    return {
        # Dates in English are written as on the pages of the site: 24 Nov 2026.
        "dates": "en-GB" if get_language() == "en" else get_language(),
        "open": _("Open the page of this contribution"),
        "answer": _("Public answer"),
        "close": _("Close"),
        "kinds": {kind.value: str(kind.label) for kind in Kind},
        "statuses": {status.value: str(status.label) for status in Status},
        "themes": {theme.slug: theme.title for theme in Theme.objects.all()},
    }


def draw(page: PinPage, framed: str | None) -> None:
    """Put the map on the page: borders with names, a layer for each theme, switches.

    It opens on the district with the slug `framed`, else on all of them.
    """
    plan = Map(tiles=None, prefer_canvas=True, control_scale=True)
    page.add_child(plan)
    plan.add_child(CustomPane(DISTRICT_PANE, z_index=350))
    extent = _extent(framed)
    picture = picture_of(extent) if extent else None
    if picture is not None:
        plan.add_child(CustomPane(GROUND_PANE, z_index=300))
        plan.add_child(_ground(picture))
    plan.add_child(_borders(is_clear=picture is not None))
    for theme in Theme.objects.all():
        plan.add_child(PinLayer(theme))
    switches = folium.LayerControl()
    # folium writes code into the page as it is; its types do not know that.
    narrow = JsCode("window.innerWidth < 640")
    switches.options["collapsed"] = narrow  # type: ignore[assignment]  # as above
    plan.add_child(switches)
    if extent is not None:
        west, south, east, north = extent
        plan.fit_bounds([(south, west), (north, east)])
    page.plan = plan.get_name()


def _extent(framed: str | None) -> Extent | None:
    """Return the rectangle around the district, or around all of them."""
    shown = District.objects.current()
    if framed is not None:
        shown = shown.filter(slug=framed)
    extent: Extent | None = shown.aggregate(extent=ExtentOf("geometry"))["extent"]
    return extent


def _ground(picture: GroundPicture) -> folium.raster_layers.ImageOverlay:
    west, south, east, north = picture.extent
    return folium.raster_layers.ImageOverlay(
        picture.url,
        [[south, west], [north, east]],
        # Leaflet takes both as HTML.
        name=escape(_("Base map")),
        attribution=escape(picture.source),
        pane=GROUND_PANE,
    )


def _borders(*, is_clear: bool) -> folium.GeoJson:
    """Return the districts: see-through where there is something under them."""
    collection = json.loads(b"".join(streams.chunks_of(boundaries.collection())))
    style = {"color": "#33424f", "weight": 1.5, "fillColor": "#fff"}
    style["fillOpacity"] = 0.15 if is_clear else 0.6
    return folium.GeoJson(
        collection,
        name=escape(_("Districts")),
        style_function=lambda _feature: style,
        on_each_feature=JsCode("nameDistrict"),
        pane=DISTRICT_PANE,
        interactive=False,
    )


def document(selection: Selection) -> Document:
    """Return the page as a head, the pins, and a tail."""
    title, framed = settings.SITE_NAME, None
    if selection.district is not None:
        title = f"{title}: {selection.district.name}"
        framed = selection.district.slug
    page = PinPage(title=title, source_url=selection.address)
    draw(page, framed)
    head, tail = page.written().split(page.pins)
    # Without "<" nothing inside can end the script element that holds the data.
    line = replaced(feature_lines(), "<", r"\u003c")
    return Document(
        lines=selection.pins.values_list(line), head=head, tail=tail, lead=","
    )
