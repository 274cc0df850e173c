"""The page about open data: files, live services, fields, coordinates, licence."""

from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from districts.models import District
from exports import licence
from exports.fields import coordinates, properties
from exports.files.formats import FORMATS, WGS84, Format
from exports.services import services
from layers.tiles import tile_template
from pins.filters import PinFilter
from pins.workflow import Kind

# Words of the site stand in this file, so it follows the language of the page.
SPEAKS = "html"
# Filters of the map that the page's own form keeps without showing them.
UNSEEN = ("near", "body", "sort")
# Columns hold both.
TABLES = {"xlsx", "csv"}
# Types of the fields as Power Query calls them.
POWER_QUERY = {
    "integer": "Int64.Type",
    "number": "type number",
    "moment": "type datetimezone",
}


@dataclass(frozen=True)
class FileRow:
    """A kind of file as the page shows it."""

    extension: str
    title: str
    description: str
    media_type: str
    url: str
    crs: str


class FieldRow(NamedTuple):
    """A line of the page's table of properties."""

    name: str
    type: str
    description: str


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Show which files and services there are, what stands in them, on what terms.

    The addresses of files take over the filters of this page's own; 400 where one of
    them does not exist.
    """
    filters = PinFilter.from_query(request.GET)
    is_valid = filters.is_valid()
    query = filters.query() if is_valid else ""
    districts = list(District.objects.current().defer("geometry"))
    context = {
        "groups": [
            (title, [_row(FORMATS[name], query) for name in names])
            for title, names in _groups()
        ],
        "fields": [
            FieldRow(field.name, field.type_label, str(field.description))
            for field in [*properties(), *coordinates()]
        ],
        "services": services(),
        "base_url": settings.BASE_URL,
        "ogc_url": settings.BASE_URL + reverse("ogc:landing"),
        "tiles_url": settings.BASE_URL + tile_template("pin-tile"),
        "style_url": settings.BASE_URL + reverse("style"),
        "measures_url": settings.BASE_URL + reverse("measures-geojson"),
        "qgis_url": f"{settings.BASE_URL}{_address('geojson', query)}",
        "excel_url": f"{settings.BASE_URL}{_address('csv', query)}",
        "power_query": _power_query(query),
        "python": _python(query),
        "licence": licence.current(),
        "planning_srid": str(settings.PLANNING_SRID),
        "filters": filters,
        "has_filters": bool(query),
        "kept": [filters[name] for name in UNSEEN if filters[name].value()],
        "districts": districts,
        "example_query": _example_query(districts),
    }
    return render(
        request, "exports/index.html", context, status=200 if is_valid else 400
    )


def _example_query(districts: list[District]) -> str:
    """Return filters that can be tried: of the last district, where there is one."""
    where = {"district": districts[-1].slug} if districts else {}
    return "?" + urlencode({"kind": Kind.PROBLEM, "sort": "newest", **where})


def _groups() -> list[tuple[str, list[str]]]:
    groups = [
        (_("For maps and GIS"), ["gpkg", "geojson", "fgb", "shp.zip", "kml"]),
        (_("For tables"), ["xlsx", "csv"]),
        (_("For programs"), ["parquet", "geojsonl"]),
        (_("To look at"), ["html"]),
    ]
    named = {name for _title, names in groups for name in names}
    groups[2][1].extend(name for name in FORMATS if name not in named)
    return groups


def _row(found: Format, query: str) -> FileRow:
    return FileRow(
        extension=found.extension,
        title=str(found.title),
        description=str(found.description),
        media_type=found.variants[0].media_type,
        url=_address(found.extension, query),
        crs=_crs(found),
    )


def _crs(found: Format) -> str:
    """Say in which coordinates the file is, and which others may be asked for."""
    planning, degrees = f"EPSG:{settings.PLANNING_SRID}", f"EPSG:{WGS84}"
    if found.extension in TABLES:
        return _("%(one)s and %(other)s, as columns") % {
            "one": planning,
            "other": degrees,
        }
    if WGS84 in found.srids[1:]:
        return _("%(one)s, or %(other)s with crs=4326") % {
            "one": planning,
            "other": degrees,
        }
    return degrees


def _address(extension: str, query: str) -> str:
    language = translation.get_language()
    if extension == SPEAKS and language != settings.LANGUAGE_CODE:
        query = f"{query}&lang={language}".lstrip("&")
    url = reverse("export-pins", args=[extension])
    return f"{url}?{query}" if query else url


def _power_query(query: str) -> str:
    """Return a query for Excel that reads the table alike whatever Excel's language."""
    address = _address("csv", f"dialect=rfc4180&{query}".rstrip("&"))
    types = ", ".join(
        f'{{"{field.name}", {POWER_QUERY[field.type.value]}}}'
        for field in [*properties(), *coordinates()]
        if field.type.value in POWER_QUERY
    )
    return (
        "let\n"
        f'  File = Web.Contents("{settings.BASE_URL}{address}"),\n'
        '  Rows = Csv.Document(File, [Delimiter = ",", Encoding = 65001]),\n'
        "  Named = Table.PromoteHeaders(Rows),\n"
        f'  Typed = Table.TransformColumnTypes(Named, {{{types}}}, "en-US")\n'
        "in\n"
        "  Typed"
    )


def _python(query: str) -> str:
    address = f"{settings.BASE_URL}{_address('geojson', query)}"
    return f'import geopandas\n\npins = geopandas.read_file("{address}")'
