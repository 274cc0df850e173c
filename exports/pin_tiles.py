"""The tiles of the pins as they are answered, whatever address they are asked at."""

from functools import lru_cache

from django.http import HttpResponse, QueryDict
from django.utils.cache import patch_vary_headers

from exports.selection import read_filters
from layers.conditional import A_MOMENT
from layers.tiles import Tile
from pins import tiles
from pins.models import PublicVersion

# Of one process; the largest have some ten thousand bytes.
TILES_KEPT = 256


def current_etag() -> str:
    """Return the ETag of all pin tiles; weak, as compressed and plain ones share it."""
    return etag_of(PublicVersion.recent())


def etag_of(version: int) -> str:
    return f'W/"pins-{tiles.FORMAT}-{version}"'


@lru_cache(maxsize=TILES_KEPT)
def content_of(version: int, tile: Tile, query: str) -> bytes:
    """Return a tile of the pins in a state; raises BadSelection.

    The same state makes the same tile: a place that many look at is asked for once.
    """
    return tiles.make_tile(tile, read_filters(QueryDict(query)))


def revalidated(response: HttpResponse, etag: str) -> HttpResponse:
    """Let the client ask each time: a pin that was hidden is gone within a moment."""
    response["ETag"] = etag
    response["Cache-Control"] = A_MOMENT
    response["Access-Control-Allow-Origin"] = "*"
    patch_vary_headers(response, ["Accept-Encoding"])
    return response
