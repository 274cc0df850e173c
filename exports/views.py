"""The page about open data, and the files."""

from typing import NamedTuple

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from districts.models import District
from exports.fields import coordinates, properties
from exports.files import TooManyPins, read_file, respond
from exports.formats import FORMATS
from exports.selection import BadSelection, bad_selection
from layers.conditional import answer
from layers.problems import not_found, problem
from pins.filters import PinFilter


class FormatRow(NamedTuple):
    """A line of the page's table of formats."""

    extension: str
    title: str
    description: str
    media_type: str
    url: str


class FieldRow(NamedTuple):
    """A line of the page's table of properties."""

    name: str
    type: str
    description: str


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Show which files there are, what stands in them, and on what terms."""
    filters = PinFilter.from_query(request.GET)
    is_valid = filters.is_valid()
    query = filters.query() if is_valid else ""
    context = {
        "formats": [_format_row(extension, query) for extension in FORMATS],
        "fields": [
            FieldRow(field.name, field.type_label, field.description)
            for field in [*properties(), *coordinates()]
        ],
        "base_url": settings.BASE_URL,
        "licence_name": settings.LICENCE_NAME,
        "licence_url": settings.LICENCE_URL,
        "filters": filters,
        "districts": list(District.objects.current().defer("geometry")),
    }
    return render(
        request, "exports/index.html", context, status=200 if is_valid else 400
    )


def _format_row(extension: str, query: str) -> FormatRow:
    found = FORMATS[extension]
    language = translation.get_language()
    if extension == "html" and language != settings.LANGUAGE_CODE:
        query = f"{query}&lang={language}".lstrip("&")
    url = reverse("export-pins", args=[extension])
    return FormatRow(
        extension,
        str(found.title),
        str(found.description),
        found.media_type,
        f"{url}?{query}" if query else url,
    )


@require_safe
def pins(request: HttpRequest, extension: str) -> HttpResponseBase:
    """Answer with the pins of the whole city as a file."""
    return _file(request, extension, None)


@require_safe
def district_pins(request: HttpRequest, slug: str, extension: str) -> HttpResponseBase:
    """Answer with the pins of a district as a file; 404 where there is none such."""
    district = District.objects.current().defer("geometry").filter(slug=slug).first()
    if district is None:
        return not_found(_("There is no district of this name."))
    return _file(request, extension, district)


def _file(
    request: HttpRequest, extension: str, district: District | None
) -> HttpResponseBase:
    found = FORMATS.get(extension)
    if found is None:
        return not_found(_("There is no file of this format."))
    address = f"{settings.BASE_URL}{request.get_full_path()}"
    try:
        file = read_file(found, request.GET, district=district, address=address)
    except BadSelection as error:
        return bad_selection(error)
    # Files have one address in all languages: `lang` chooses that of their words.
    with translation.override(file.language):
        try:
            response = answer(request, *file.state, make=lambda: respond(request, file))
        except TooManyPins as error:
            return problem(str(error), status=400)
    response["Content-Disposition"] = f'attachment; filename="{file.name}"'
    response["Content-Language"] = file.language
    return response
