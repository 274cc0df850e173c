"""The files that pins can be taken away in."""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext_lazy as _

from exports import excel_csv, geojson, geopackage
from exports.selection import Selection
from exports.states import districts_state, pins_state, themes_state


@dataclass(frozen=True)
class Format:
    """A kind of file: how it is called, what it is for, and how it is made."""

    extension: str
    title: object
    description: object
    media_type: str
    respond: Callable[[HttpRequest, Selection], HttpResponseBase]
    # What its content depends on besides the address.
    states: tuple[Callable[[], object], ...] = (pins_state,)


def _standalone_map(request: HttpRequest, selection: Selection) -> HttpResponseBase:
    # Here and not above: folium brings pandas, and every process would pay for it with
    # two seconds and 80 MB.
    from exports import standalone_map

    return standalone_map.respond(request, selection)


FORMATS = {
    format_.extension: format_
    for format_ in (
        Format(
            "geojson",
            "GeoJSON",
            _("For QGIS, web maps and programs; WGS 84, RFC 7946."),
            geojson.MEDIA_TYPE,
            geojson.respond,
        ),
        Format(
            "gpkg",
            "GeoPackage",
            _("For QGIS and ArcGIS, in the planners’ coordinates."),
            geopackage.MEDIA_TYPE,
            geopackage.respond,
        ),
        Format(
            "csv",
            "CSV",
            _("For Excel and LibreOffice: semicolons, decimal commas, local dates."),
            excel_csv.MEDIA_TYPE,
            excel_csv.respond,
        ),
        Format(
            "html",
            _("Map as one file (HTML)"),
            _(
                "Opens in any browser, without a network and without installing anything."
            ),
            "text/html; charset=utf-8",
            _standalone_map,
            states=(pins_state, themes_state, districts_state),
        ),
    )
}
