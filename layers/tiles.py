"""Vector tiles, whatever is on them: their grid, their addresses, their answers."""

import gzip
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from geo.mercator import HALF_WORLD
from layers.compression import accepts_gzip
from layers.problems import not_found

MEDIA_TYPE = "application/vnd.mapbox-vector-tile"


@dataclass(frozen=True)
class Tile:
    """A tile of the web map's grid. Its measures are in metres of EPSG:3857."""

    z: int
    x: int
    y: int

    def exists(self, *, max_zoom: int) -> bool:
        """Tell whether the grid has such a tile at a zoom that is served."""
        return self.z <= max_zoom and max(self.x, self.y) < 2**self.z

    @property
    def size(self) -> float:
        """Length of an edge."""
        return 2 * HALF_WORLD / 2.0**self.z

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east and north."""
        west, north = -HALF_WORLD + self.x * self.size, HALF_WORLD - self.y * self.size
        return west, north - self.size, west + self.size, north


def tile_template(name: str, *args: str) -> str:
    """Return the path of the tiles that a URL name stands for, with {z}, {x} and {y}."""
    # Written as the grid's placeholders, which are no numbers yet.
    path = reverse(name, args=[*args, 0, 0, 0])
    return f"{path.removesuffix('0/0/0.pbf')}{{z}}/{{x}}/{{y}}.pbf"


def answer_tile(request: HttpRequest, content: bytes) -> HttpResponse:
    """Answer with a tile, compressed where the client can read that; 204 without content."""
    if not content:
        return HttpResponse(status=204, content_type=MEDIA_TYPE)
    response = HttpResponse(content, content_type=MEDIA_TYPE)
    if accepts_gzip(request.headers.get("Accept-Encoding", "")):
        # Level 1: a higher one costs more time than the line saves.
        response.content = gzip.compress(content, compresslevel=1, mtime=0)
        response["Content-Encoding"] = "gzip"
    return response


def no_such_tile(first: int, last: int) -> JsonResponse:
    """Answer 404 for a place outside the grid, and say which zooms there are."""
    text = _("There is no such tile. The zooms go from %(first)d to %(last)d.")
    return not_found(text % {"first": first, "last": last})
