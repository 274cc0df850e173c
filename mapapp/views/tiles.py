"""The pins as vector tiles, and the TileJSON that says where they are."""

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.utils.translation import gettext as _

from exports.pin_tiles import content_of, etag_of, revalidated
from exports.selection import BadSelection, bad_selection, read_filters
from layers.conditional import answer
from layers.problems import read_only, takes
from layers.tiles import Tile, answer_tile, no_such_tile, tile_template
from mapapp.views.district_tiles import extent, place_of
from pins import tiles
from pins.filters import PinFilter
from pins.models import PublicVersion

FIELDS = {
    "reference": "String",
    "kind": "String: idea, problem or keep",
    "theme": "String, short name of the theme",
    "status": "String",
    "support": "Number of supporters",
    "n": "Number of contributions in a cluster; a contribution has none",
}


@read_only
def pins(request: HttpRequest, z: int, x: int, y: int) -> HttpResponseBase:
    """Answer with the tile of the pins that pass the filters; 204 without any.

    404 for a tile that is not in the grid, 400 for a filter that does not exist. A client
    that has the present state is answered by `mapapp.middleware.answer_unchanged_tiles`
    before it comes here.
    """
    tile = Tile(z, x, y)
    if not tile.exists(max_zoom=tiles.MAX_ZOOM):
        return no_such_tile(0, tiles.MAX_ZOOM)
    # Read before the pins: what changes in between is asked for once more.
    version = PublicVersion.recent()
    try:
        content = content_of(version, tile, request.META["QUERY_STRING"])
    except BadSelection as error:
        return bad_selection(error)
    return revalidated(answer_tile(request, content), etag_of(version))


@read_only
@takes(*PinFilter.base_fields)
def pins_json(request: HttpRequest) -> HttpResponseBase:
    """Answer with the TileJSON 3.0.0 of the pins that pass the filters."""
    try:
        filters = read_filters(request.GET)
    except BadSelection as error:
        return bad_selection(error)
    address = f"{settings.BASE_URL}{tile_template('pin-tile')}"
    query = filters.query()
    content = {
        "tilejson": "3.0.0",
        "name": settings.SITE_NAME,
        "description": _("Published contributions, and clusters of them from afar"),
        "scheme": "xyz",
        "tiles": [f"{address}?{query}" if query else address],
        "minzoom": 0,
        "maxzoom": tiles.MAX_ZOOM,
        **place_of(extent()),
        "attribution": settings.LICENCE_NAME,
        "vector_layers": [
            {"id": "pins", "minzoom": 0, "maxzoom": tiles.MAX_ZOOM, "fields": FIELDS}
        ],
    }
    return answer(request, content, make=lambda: JsonResponse(content))
