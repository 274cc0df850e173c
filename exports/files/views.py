"""The files of open data: those of the city, and of each district."""

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from districts.models import District
from exports.files.answers import answer_file
from exports.files.formats import FORMATS
from exports.files.pin_file import PinFile
from exports.large.answers import deliver
from exports.selection import OpenData
from layers.conditional import answer
from layers.problems import asked_too_often, not_found, read_only
from trust.guard import LimitReached
from trust.limits import EXPORT
from trust.questions import count_question


@read_only
def pins(request: HttpRequest, extension: str) -> HttpResponseBase:
    """Answer with the pins of the whole city as a file."""
    return _file(request, extension, None)


@read_only
def district_pins(request: HttpRequest, slug: str, extension: str) -> HttpResponseBase:
    """Answer with the pins of a district as a file; 404 where there is none such."""
    district = District.objects.current().defer("geometry").filter(slug=slug).first()
    if district is None:
        return not_found(_("There is no district of this name."))
    return _file(request, extension, district)


def _file(
    request: HttpRequest, extension: str, district: District | None
) -> HttpResponseBase:
    def make(file: PinFile) -> HttpResponseBase:
        def make_anew() -> HttpResponseBase:
            # Who has the present state already costs nothing.
            count_question(request, EXPORT)
            return deliver(request, file)

        try:
            return answer(request, *file.state, make=make_anew)
        except LimitReached as reached:
            return asked_too_often(reached)

    return answer_file(
        request,
        FORMATS.get(extension),
        OpenData(district),
        name=f"pins-{district.slug}" if district else "pins",
        make=make,
    )
