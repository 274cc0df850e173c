"""How the address of a file is answered, whoever may fetch it."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils import translation
from django.utils.translation import gettext as _

from exports.files.formats import Format
from exports.files.pin_file import PinFile, TooManyPins, read_file
from exports.large.answers import is_file
from exports.selection import BadSelection, Source, bad_selection
from layers.problems import not_found, problem


def answer_file(
    request: HttpRequest,
    found: Format | None,
    source: Source,
    *,
    name: str,
    make: Callable[[PinFile], HttpResponseBase],
) -> HttpResponseBase:
    """Answer with the file that an address asks for, as `make` makes it.

    `name` is what it is saved as, without its ending. 404 without a format, 400 for a
    parameter that makes no sense and for more pins than the format holds.
    """
    if found is None:
        return not_found(_("There is no file of this format."))
    address = f"{settings.BASE_URL}{request.get_full_path()}"
    try:
        file = read_file(found, request.GET, source=source, address=address)
        # Files have one address in all languages: `lang` chooses that of their words.
        with translation.override(file.language):
            response = make(file)
    except BadSelection as error:
        return bad_selection(error)
    except TooManyPins as error:
        return problem(str(error), status=400)
    if is_file(response):
        saved_as = f"{name}.{file.ending}"
        response["Content-Disposition"] = f'attachment; filename="{saved_as}"'
        response["Content-Language"] = file.language
    return response
