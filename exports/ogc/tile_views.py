"""OGC API Tiles: the vector tiles of the contributions, under the standard's addresses.

The same tiles as at /tiles/pins/, but with the row before the column.
"""

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _

from exports.ogc.answers import answer_document, resource
from exports.ogc.catalogue import find_collection
from exports.ogc.collections import Collection
from exports.ogc.documents import REL, Addresses
from exports.ogc.errors import BadParameter, Missing
from exports.ogc.literals import WHOLE
from exports.ogc.media_types import JSON_TYPE
from exports.ogc.requests import Link, read_parameters
from exports.pin_tiles import content_of, etag_of, revalidated
from layers.tiles import MEDIA_TYPE, Tile, answer_tile
from pins import tiles
from pins.models import PublicVersion

GRID = "WebMercatorQuad"
GRID_URI = f"http://www.opengis.net/def/tilematrixset/OGC/1.0/{GRID}"
GRID_CRS = "http://www.opengis.net/def/crs/EPSG/0/3857"
# What a tile says of a contribution, and of several that lie close together.
FIELDS = {
    "reference": "string",
    "kind": "string",
    "theme": "string",
    "status": "string",
    "support": "integer",
    "n": "integer",
}


@resource
def tilesets(request: HttpRequest, collection_id: str) -> HttpResponseBase:
    """List the tile sets of a collection: there is one, or 404."""
    found = _tiled(collection_id)
    to = Addresses(read_parameters(request.GET).get("lang"))
    links = to.both("self", JSON_TYPE, GRID, "tileset", found.id, GRID)
    listed = {**_about(found), "links": [link.as_json() for link in links]}
    content = {"tilesets": [listed]}
    return answer_document(request, "tilesets", content, collection=found)


@resource
def tileset(request: HttpRequest, collection_id: str, grid: str) -> HttpResponseBase:
    """Describe a tile set: its grid, its zooms, what is in it."""
    found = _tiled(collection_id, grid)
    to = Addresses(read_parameters(request.GET).get("lang"))
    title = str(found.title)
    template = to.of("tile", found.id, GRID, "0", "0", "0").partition("?")[0]
    pattern = f"{template.removesuffix('0/0/0')}{{tileMatrix}}/{{tileRow}}/{{tileCol}}"
    links = [
        Link(f"{REL}/tiling-scheme", GRID_URI, JSON_TYPE, GRID),
        *to.both(f"{REL}/geodata", JSON_TYPE, title, "collection", found.id),
    ]
    item = {**Link("item", pattern, MEDIA_TYPE, title).as_json(), "templated": True}
    content = {
        **_about(found),
        "layers": [_layer(found)],
        "tileMatrixSetLimits": _limits(),
    }
    return answer_document(
        request, "tileset", content, links, extra=[item], collection=found
    )


def _tiled(collection_id: str, grid: str = GRID) -> Collection:
    """Return a collection that has tiles, in this grid; raises Missing."""
    found = find_collection(collection_id)
    if not found.has_tiles or grid != GRID:
        raise Missing(_("There are no such tiles."))
    return found


def _about(found: Collection) -> dict[str, Any]:
    return {
        "title": f"{found.title} ({GRID})",
        "dataType": "vector",
        "crs": GRID_CRS,
        "tileMatrixSetURI": GRID_URI,
    }


def _layer(found: Collection) -> dict[str, Any]:
    return {
        "id": found.id,
        "dataType": "vector",
        "geometryDimension": 0,
        "minTileMatrix": "0",
        "maxTileMatrix": str(tiles.MAX_ZOOM),
        "propertiesSchema": {
            "type": "object",
            "properties": {name: {"type": kind} for name, kind in FIELDS.items()},
        },
    }


def _limits() -> list[dict[str, Any]]:
    """Return the rows and columns that are served: all of each zoom."""
    return [
        {
            "tileMatrix": str(zoom),
            "minTileRow": 0,
            "maxTileRow": 2**zoom - 1,
            "minTileCol": 0,
            "maxTileCol": 2**zoom - 1,
        }
        for zoom in range(tiles.MAX_ZOOM + 1)
    ]


@resource
def tile(
    request: HttpRequest,
    collection_id: str,
    grid: str,
    zoom: str,
    row: str,
    column: str,
) -> HttpResponseBase:
    """Answer with a tile; 204 without contributions, 404 outside of the grid."""
    _tiled(collection_id, grid)
    _read_tile_parameters(request)
    wanted = _tile(zoom, row, column)
    # Read before the pins: what changes in between is asked for once more.
    version = PublicVersion.recent()
    etag = etag_of(version)
    known = get_conditional_response(request, etag=etag)
    response = known or answer_tile(request, content_of(version, wanted, ""))
    return revalidated(response, etag)


def _read_tile_parameters(request: HttpRequest) -> None:
    """Refuse what a tile is not asked for by; raises BadParameter."""
    for name, values in request.GET.lists():
        if (name, values) != ("f", ["mvt"]):
            raise BadParameter(name[:40], _("A tile has no parameters but f=mvt."))


def _tile(*texts: str) -> Tile:
    numbers = [int(text) for text in texts if WHOLE.fullmatch(text)]
    if len(numbers) == len(texts) and min(numbers) >= 0:
        zoom, row, column = numbers
        found = Tile(zoom, column, row)
        if found.exists(max_zoom=tiles.MAX_ZOOM):
            return found
    raise Missing(_("There is no such tile in the grid."))
