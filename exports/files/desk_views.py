"""The files of a desk, for the body's own GIS and spreadsheets: those of the open data."""

from dataclasses import replace

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from councils.access import Seat, get_desk_sitting, get_seat
from councils.rights import Right
from exports.files import geojson, planning_geojson
from exports.files.answers import answer_file
from exports.files.desk_data import DeskData, SittingData
from exports.files.formats import FORMATS, Variant
from exports.large.answers import deliver
from exports.selection import Source

# GeoJSON in the planners' coordinates, as all the others that can have them.
DESK_FORMATS = FORMATS | {
    "geojson": replace(
        FORMATS["geojson"],
        variants=(Variant(geojson.MEDIA_TYPE, planning_geojson.collection),),
    )
}


@never_cache
@login_required
@require_safe
def pins(request: HttpRequest, body_slug: str, extension: str) -> HttpResponseBase:
    """Answer with the contributions of a body, in the planners' coordinates if possible.

    The filters are those of the desk; without a tab all are meant. 404 for the desk of
    others, 403 without the right to take papers, 400 for an unknown value of a filter.
    """
    seat = get_seat(request.user, body_slug, Right.TAKE_PAPERS)
    name = f"{seat.body.slug}-pins"
    return _file(request, extension, DeskData(seat), seat, name)


@never_cache
@login_required
@require_safe
def sitting_pins(
    request: HttpRequest, body_slug: str, sitting_id: int, extension: str
) -> HttpResponseBase:
    """Answer with the contributions on the agenda of a sitting of the body.

    The filters are those of the open data; refused as in `pins`.
    """
    seat, sitting = get_desk_sitting(
        request.user, body_slug, sitting_id, Right.TAKE_PAPERS
    )
    day = timezone.localtime(sitting.start).date().isoformat()
    name = f"{seat.body.slug}-{day}-pins"
    return _file(request, extension, SittingData(sitting), seat, name)


def _file(
    request: HttpRequest, extension: str, source: Source, seat: Seat, name: str
) -> HttpResponseBase:
    return answer_file(
        request,
        DESK_FORMATS.get(extension),
        source,
        name=name,
        make=lambda file: deliver(request, file, seat),
    )
