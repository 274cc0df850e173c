"""The districts as vector tiles, and the TileJSON that says where they are."""

import hashlib

from django.conf import settings
from django.contrib.gis.db.models import Extent
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _

from districts.models import District
from exports.states import districts_state
from layers import district_tiles
from layers.conditional import answer
from layers.district_tiles import FORMAT, LAYERS, MAX_ZOOM
from layers.problems import problem, read_only
from layers.tiles import Tile, answer_tile, no_such_tile, tile_template

A_YEAR = 31_536_000
# Where a map of the whole city begins.
CITY_ZOOM = 11


def version() -> str:
    """Return what changes with the districts, their borders and bodies; one query."""
    state = repr((FORMAT, districts_state()))
    return hashlib.sha256(state.encode()).hexdigest()[:12]


def extent() -> tuple[float, float, float, float] | None:
    """Return west, south, east and north of the city in degrees; None without districts."""
    found = District.objects.current().aggregate(bounds=Extent("geometry"))
    bounds = found["bounds"]
    if bounds is None:
        return None
    west, south, east, north = (round(value, 5) for value in bounds)
    return west, south, east, north


def place_of(bounds: tuple[float, float, float, float] | None) -> dict[str, object]:
    """Return the members of a TileJSON that say where the tiles are; none without."""
    if bounds is None:
        return {}
    west, south, east, north = bounds
    middle = [round((west + east) / 2, 5), round((south + north) / 2, 5), CITY_ZOOM]
    return {"bounds": list(bounds), "center": middle}


@read_only
def tile(request: HttpRequest, z: int, x: int, y: int) -> HttpResponseBase:
    """Answer with the tile of today's districts; 204 without any, 404 outside the grid.

    The address with the present version (`v`) is good for a year, the one without is to
    be asked for each time. 400 for another parameter.
    """
    if set(request.GET) - {"v"}:
        return problem(_("The tiles of districts take no filters."), status=400)
    place = Tile(z, x, y)
    if not place.exists(max_zoom=MAX_ZOOM):
        return no_such_tile(0, MAX_ZOOM)
    now = version()
    response = answer(
        request,
        now,
        make=lambda: answer_tile(request, district_tiles.make_tile(place)),
    )
    if request.GET.get("v") == now:
        response["Cache-Control"] = ""
        patch_cache_control(response, public=True, max_age=A_YEAR, immutable=True)
    return response


@read_only
def tilejson(request: HttpRequest) -> HttpResponseBase:
    """Answer with the TileJSON 3.0.0 of the districts."""
    if request.GET:
        return problem(_("The tiles of districts take no filters."), status=400)
    template = f"{settings.BASE_URL}{tile_template('district-tile')}"
    content = {
        "tilejson": "3.0.0",
        "name": _("Districts"),
        "scheme": "xyz",
        "tiles": [f"{template}?v={version()}"],
        "minzoom": 0,
        "maxzoom": MAX_ZOOM,
        **place_of(extent()),
        "attribution": settings.LICENCE_NAME,
        "vector_layers": [
            {"id": layer, "fields": fields} for layer, fields in LAYERS.items()
        ],
    }
    return answer(request, content, make=lambda: JsonResponse(content))
