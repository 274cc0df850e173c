"""The files of open data: those of the city, and of each district."""

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils import translation
from django.utils.translation import gettext as _

from districts.models import District
from exports.files.formats import FORMATS
from exports.files.pin_file import TooManyPins, read_file
from exports.large.answers import deliver, is_file
from exports.selection import BadSelection, OpenData, bad_selection
from layers.conditional import answer
from layers.problems import not_found, problem, read_only


@read_only
def pins(request: HttpRequest, extension: str) -> HttpResponseBase:
    """Answer with the pins of the whole city as a file."""
    return _open_data(_file(request, extension, None))


@read_only
def district_pins(request: HttpRequest, slug: str, extension: str) -> HttpResponseBase:
    """Answer with the pins of a district as a file; 404 where there is none such."""
    district = District.objects.current().defer("geometry").filter(slug=slug).first()
    if district is None:
        return not_found(_("There is no district of this name."))
    return _open_data(_file(request, extension, district))


def _file(
    request: HttpRequest, extension: str, district: District | None
) -> HttpResponseBase:
    found = FORMATS.get(extension)
    if found is None:
        return not_found(_("There is no file of this format."))
    address = f"{settings.BASE_URL}{request.get_full_path()}"
    try:
        file = read_file(found, request.GET, source=OpenData(district), address=address)
    except BadSelection as error:
        return bad_selection(error)
    # Files have one address in all languages: `lang` chooses that of their words.
    with translation.override(file.language):
        try:
            response = answer(request, *file.state, make=lambda: deliver(request, file))
        except TooManyPins as error:
            return problem(str(error), status=400)
    if is_file(response):
        response["Content-Disposition"] = f'attachment; filename="{file.name}"'
        response["Content-Language"] = file.language
    return response


def _open_data(response: HttpResponseBase) -> HttpResponseBase:
    # Other sites' maps may read it: there is nothing here but what is published.
    response["Access-Control-Allow-Origin"] = "*"
    return response
