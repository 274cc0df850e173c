"""The pins as vector tiles, and the TileJSON that says where they are."""

import gzip

from django.conf import settings
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    JsonResponse,
)
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from exports.selection import BadSelection, bad_selection, not_found, read_filters
from exports.streams import accepts_gzip
from pins import tiles
from pins.models import PublicVersion

MEDIA_TYPE = "application/vnd.mapbox-vector-tile"


def current_etag() -> str:
    """Return the ETag of all pin tiles; weak, as compressed and plain ones share it."""
    return f'W/"pins-{tiles.FORMAT}-{PublicVersion.recent()}"'


@require_safe
def pins(request: HttpRequest, z: int, x: int, y: int) -> HttpResponseBase:
    """Answer with the tile of the pins that pass the filters; 204 without any.

    404 for a tile that is not in the grid, 400 for a filter that does not exist. A client
    that has the present state is answered by `mapapp.middleware.answer_unchanged_tiles`
    before it comes here.
    """
    tile = tiles.Tile(z, x, y)
    if not tile.exists():
        return not_found(
            _("There is no such tile. The zooms go from 0 to %(zoom)d.")
            % {"zoom": tiles.MAX_ZOOM}
        )
    try:
        filters = read_filters(request)
    except BadSelection as error:
        return bad_selection(error)
    # Read before the pins: what changes in between is asked for once more.
    etag = current_etag()
    content = tiles.make_tile(tile, filters)
    response = HttpResponse(content, content_type=MEDIA_TYPE)
    if not content:
        response.status_code = 204
    elif accepts_gzip(request.headers.get("Accept-Encoding", "")):
        # Level 1: a higher one costs more time than the line saves.
        response.content = gzip.compress(content, compresslevel=1, mtime=0)
        response["Content-Encoding"] = "gzip"
    return revalidated(response, etag)


def revalidated(response: HttpResponse, etag: str) -> HttpResponse:
    """Let the client ask each time: a pin that was hidden is gone with the next request."""
    response["ETag"] = etag
    response["Cache-Control"] = "public, no-cache"
    response["Access-Control-Allow-Origin"] = "*"
    patch_vary_headers(response, ["Accept-Encoding"])
    return response


@require_safe
def pins_json(request: HttpRequest) -> HttpResponseBase:
    """Answer with the TileJSON 3.0.0 of the pins that pass the filters."""
    try:
        filters = read_filters(request)
    except BadSelection as error:
        return bad_selection(error)
    # Written as the grid's placeholders, which are no numbers yet.
    address = reverse("pin-tile", args=[0, 0, 0]).replace("0/0/0", "{z}/{x}/{y}")
    query = filters.query()
    fields = {
        "reference": "String",
        "kind": "String",
        "theme": "String",
        "status": "String",
        "support": "Number",
        "n": "Number of contributions in a cluster",
    }
    response = JsonResponse(
        {
            "tilejson": "3.0.0",
            "name": settings.SITE_NAME,
            "tiles": [f"{settings.BASE_URL}{address}{query and '?'}{query}"],
            "minzoom": 0,
            "maxzoom": tiles.MAX_ZOOM,
            "attribution": settings.LICENCE_NAME,
            "vector_layers": [{"id": "pins", "fields": fields}],
        }
    )
    response["Access-Control-Allow-Origin"] = "*"
    return response
