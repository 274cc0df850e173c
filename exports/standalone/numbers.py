"""The standalone map of the districts, coloured by their numbers."""

import datetime
import json
from typing import Any

import folium
from django.conf import settings
from django.contrib.gis.db.models import Extent
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from folium.template import Template

from districts.models import District
from exports import boundaries, streams
from exports.standalone.frame import SOURCES, Map, Page
from insek.numbers.choropleth import Scale, scales
from insek.numbers.figures import Places, figures_of
from insek.numbers.tables import Figure
from insek.numbers.tallies import Tallies

SHADES = ("#eef5fb", "#c3dcf1", "#8dbfe6", "#5298d2", "#2371b5")
UNKNOWN = "#d5d8dc"
BORDER = {"color": "#33424f", "weight": 1.5, "fillOpacity": 0.9}


class NumbersPage(Page):
    """The page of the numbers: the same as a table, and what the shades mean."""

    _template = Template((SOURCES / "numbers.html").read_text("utf-8"))

    def __init__(
        self, figure: Figure, shown: list[Scale], as_of: datetime.datetime
    ) -> None:
        title = f"{settings.SITE_NAME}: {figure.title}"
        super().__init__(title=title, as_of=as_of, words={})
        self.more_style = (SOURCES / "numbers.css").read_text("utf-8")
        self.table_title = _("The same numbers as a table")
        self.figure_table = figure
        self.legends = [_legend(scale) for scale in shown]


def make_map(tallies: Tallies, places: Places, as_of: datetime.datetime) -> str:
    """Return the file: a layer for each number, one of them shown at a time."""
    (figure,) = figures_of(tallies, places, ["district"])
    shown = scales(figure)
    page = NumbersPage(figure, shown, as_of)
    plan = Map(tiles=None, control_scale=True)
    page.add_child(plan)
    collection = json.loads(b"".join(streams.chunks_of(boundaries.collection())))
    for number, scale in enumerate(shown):
        plan.add_child(_layer(collection, scale, is_shown=number == 0))
    plan.add_child(folium.LayerControl(collapsed=False))
    extent = District.objects.current().aggregate(extent=Extent("geometry"))["extent"]
    if extent is not None:
        west, south, east, north = extent
        plan.fit_bounds([(south, west), (north, east)])
    return page.written()


def _layer(
    collection: dict[str, Any], scale: Scale, *, is_shown: bool
) -> folium.GeoJson:
    colours = {place.slug: _shade(place.level) for place in scale.places}
    texts = {place.slug: place.text for place in scale.places}
    features = [
        {
            **feature,
            "properties": {
                **feature["properties"],
                # Leaflet takes what a pop-up says as HTML.
                "words": _popup(feature["properties"], scale, texts),
            },
        }
        for feature in collection["features"]
    ]

    def style(feature: dict[str, Any]) -> dict[str, Any]:
        slug = feature["properties"]["slug"]
        return {**BORDER, "fillColor": colours.get(slug, UNKNOWN)}

    layer = folium.GeoJson(
        {"type": "FeatureCollection", "features": features},
        # So is the name of a layer.
        name=escape(str(scale.title)),
        style_function=style,
        overlay=False,
        show=is_shown,
    )
    layer.add_child(folium.GeoJsonPopup(fields=["words"], labels=False))
    return layer


def _popup(
    properties: dict[str, Any], scale: Scale, texts: dict[str, str]
) -> SafeString:
    return format_html(
        "<strong>{}</strong><br>{}: {}",
        properties["name"],
        scale.title,
        texts.get(properties["slug"], _("unknown")),
    )


def _legend(scale: Scale) -> tuple[str, SafeString]:
    entries = [(_shade(level), bounds) for level, bounds in enumerate(scale.levels)]
    if scale.has_unknown:
        entries.append((UNKNOWN, _("unknown")))
    items = format_html_join(
        "", '<li><span class="swatch" style="background:{}"></span> {}</li>', entries
    )
    return str(scale.title), items


def _shade(level: int | None) -> str:
    return UNKNOWN if level is None else SHADES[level]
