"""The files of a desk: what its inbox lists, for the body's own GIS and spreadsheets."""

from dataclasses import replace

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from councils.access import Seat, get_seat
from councils.desk.inbox import Inbox, InboxFilter, Tab
from councils.rights import Right
from exports import geojson, planning_geojson
from exports.files import PinFile, respond
from exports.formats import FORMATS, Variant
from exports.selection import BadSelection, Selection, bad_selection
from layers.models import Theme
from layers.problems import not_found, texts_of_errors

# In the planners' coordinates, whatever the format.
DESK_FORMATS = {
    "geojson": replace(
        FORMATS["geojson"],
        variants=(Variant(geojson.MEDIA_TYPE, planning_geojson.collection),),
    ),
    "gpkg": FORMATS["gpkg"],
    "xlsx": FORMATS["xlsx"],
}


@never_cache
@login_required
@require_safe
def pins(request: HttpRequest, body_slug: str, extension: str) -> HttpResponseBase:
    """Answer with the contributions of a body in the planners' coordinates.

    The filters are those of the desk; without a tab all are meant. 404 for the desk of
    others, 403 without the right to take papers, 400 for an unknown value of a filter.
    """
    seat = get_seat(request.user, body_slug, Right.TAKE_PAPERS)
    found = DESK_FORMATS.get(extension)
    if found is None:
        return not_found(_("There is no file of this format."))
    try:
        selection = _read_selection(request, seat)
    except BadSelection as error:
        return bad_selection(error)
    language = get_language() or settings.LANGUAGE_CODE
    file = PinFile(found, found.variants[0], selection, language)
    response = respond(request, file)
    name = f"{seat.body.slug}-pins.{extension}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _read_selection(request: HttpRequest, seat: Seat) -> Selection:
    query = request.GET.copy()
    if not query.get("tab"):
        query["tab"] = Tab.ALL
    filters = InboxFilter.at_desk(seat.body, query, list(Theme.objects.all()))
    if not filters.is_valid():
        raise BadSelection(texts_of_errors(filters))
    pins = Inbox(seat.body, seat.user, filters).pins()
    return Selection(pins=filters.order.sort(filters.order.prepare(pins)))
