"""The files that pins can be taken away in: the one table of all formats."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from exports.files import csv_table, geojson, gis_files, kml, shapefile, spreadsheet
from exports.lines import Document
from exports.selection import Selection
from exports.standalone.ground import ground_state
from exports.states import (
    districts_state,
    pins_state,
    release_state,
    terms_state,
    themes_state,
)

WGS84 = 4326
Stream = Callable[[Selection], Document]


@dataclass(frozen=True)
class Variant:
    """A form of a format, such as a dialect of CSV; most formats have only one.

    Either `stream` gives a text that PostgreSQL writes while it is sent, or `write` makes
    a whole file at a path. `name` is the value of the format's parameter, `extension`
    that of the file's name where it is another than the format's.
    """

    media_type: str
    stream: Stream | None = None
    write: Callable[[Selection, Path], None] | None = None
    name: str = ""
    extension: str = ""


@dataclass(frozen=True)
class Format:
    """A kind of file: how it is called, what it is for, and in which forms there is it.

    `parameter` is what chooses among the variants, of which the first is the default. A
    format that is not streamed is made while the client waits for up to `at_once` pins;
    no file of it can hold more than `at_most`.
    """

    extension: str
    title: object
    description: object
    variants: tuple[Variant, ...]
    parameter: str = ""
    # Whether `crs` chooses between the planners' coordinates and WGS 84.
    has_crs: bool = False
    at_once: int = 20_000
    at_most: int | None = None
    # What its content depends on besides the address.
    states: tuple[Callable[[], object], ...] = (pins_state, release_state, terms_state)

    @property
    def media_type(self) -> str:
        return self.variants[0].media_type

    @property
    def is_streamed(self) -> bool:
        return self.variants[0].stream is not None

    @property
    def srids(self) -> tuple[int, ...]:
        """The EPSG codes that `crs` may name, the default first; none: it may not."""
        if not self.has_crs:
            return ()
        return tuple(dict.fromkeys((settings.PLANNING_SRID, WGS84)))


def _standalone_map(selection: Selection) -> Document:
    # Here and not above: folium brings pandas, and every process would pay for it with
    # two seconds and 80 MB.
    from exports.standalone import pins

    return pins.document(selection)


FORMATS = {
    format_.extension: format_
    for format_ in (
        Format(
            "geojson",
            "GeoJSON",
            _("For QGIS, web maps and programs; WGS 84, RFC 7946."),
            (Variant(geojson.MEDIA_TYPE, geojson.collection),),
        ),
        Format(
            "geojsonl",
            _("GeoJSON, line by line"),
            _(
                "For programs that read one contribution after the other; with f=seq as "
                "a text sequence (RFC 8142)."
            ),
            (
                Variant(geojson.LINES_TYPE, geojson.lines, name="lines"),
                Variant(
                    geojson.SEQUENCE_TYPE,
                    geojson.sequence,
                    name="seq",
                    extension="geojsons",
                ),
            ),
            parameter="f",
        ),
        Format(
            "gpkg",
            "GeoPackage",
            _("For QGIS and ArcGIS, in the planners’ coordinates."),
            (
                Variant(
                    "application/geopackage+sqlite3", write=gis_files.write_geopackage
                ),
            ),
            has_crs=True,
        ),
        Format(
            "fgb",
            "FlatGeobuf",
            _("For GIS and web maps; small, with a spatial index that orders it."),
            (Variant("application/flatgeobuf", write=gis_files.write_flatgeobuf),),
            has_crs=True,
        ),
        Format(
            "parquet",
            "GeoParquet",
            _("For analysis with Python, R or DuckDB; very small."),
            (
                Variant(
                    "application/vnd.apache.parquet", write=gis_files.write_geoparquet
                ),
            ),
            has_crs=True,
        ),
        Format(
            "shp.zip",
            "Shapefile",
            _(
                "For older programs. It has short names, and cuts texts at 254 bytes: "
                "what is long ends in “…”. A file inside explains both."
            ),
            (Variant("application/zip", write=shapefile.write),),
            has_crs=True,
            at_most=shapefile.AT_MOST,
        ),
        Format(
            "kml",
            "KML",
            _("For Google Earth and navigation; WGS 84."),
            (Variant(kml.MEDIA_TYPE, kml.document),),
        ),
        Format(
            "csv",
            "CSV",
            _(
                "For Excel and LibreOffice: semicolons, decimal commas, local dates; for "
                "programs with dialect=rfc4180."
            ),
            (
                Variant(csv_table.MEDIA_TYPE, csv_table.excel_table, name="excel-de"),
                Variant(csv_table.MEDIA_TYPE, csv_table.rfc4180_table, name="rfc4180"),
            ),
            parameter="dialect",
        ),
        Format(
            "xlsx",
            _("Excel workbook (XLSX)"),
            _("For Excel and LibreOffice: texts are texts, dates are dates."),
            (Variant(spreadsheet.MEDIA_TYPE, write=spreadsheet.write),),
            at_once=5_000,
            at_most=spreadsheet.AT_MOST,
        ),
        Format(
            "html",
            _("Map as one file (HTML)"),
            _(
                "Opens in any browser, without a network and without installing anything."
            ),
            (Variant("text/html; charset=utf-8", _standalone_map),),
            states=(
                pins_state,
                release_state,
                terms_state,
                themes_state,
                districts_state,
                ground_state,
            ),
        ),
    )
}
