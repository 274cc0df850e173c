"""The tiles of the basemap, straight out of its file, and what describes them."""

import gzip

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils.cache import (
    get_conditional_response,
    patch_cache_control,
    patch_vary_headers,
)
from django.utils.translation import gettext as _

from layers.basemap import archive
from layers.basemap.archive import Archive
from layers.compression import accepts_gzip
from layers.conditional import answer, shared_for_a_moment
from layers.problems import not_found, read_only
from layers.tiles import MEDIA_TYPE, no_such_tile, tile_template

A_YEAR, AN_HOUR = 31_536_000, 3_600


@read_only
def tile(request: HttpRequest, z: int, x: int, y: int) -> HttpResponseBase:
    """Answer with one tile; 204 where nothing is on it, 404 where there can be none.

    The address with the version of the file is good for ever, the one without for an
    hour.
    """
    basemap = archive.current()
    if basemap is None:
        return not_found(_("There is no basemap."))
    if not basemap.holds(z, x, y):
        return no_such_tile(*basemap.zooms)
    takes_gzip = accepts_gzip(request.headers.get("Accept-Encoding", ""))
    form = "" if takes_gzip else "-plain"
    etag = f'"{basemap.version}-{z}-{x}-{y}{form}"'
    response = get_conditional_response(request, etag=etag)
    if response is None:
        response = _answer(basemap.tile(z, x, y), takes_gzip=takes_gzip)
    response["ETag"] = etag
    if request.GET.get("v") == basemap.version:
        patch_cache_control(response, public=True, max_age=A_YEAR, immutable=True)
    else:
        patch_cache_control(response, public=True, max_age=AN_HOUR)
    patch_vary_headers(response, ["Accept-Encoding"])
    return response


@read_only
def tilejson(request: HttpRequest) -> HttpResponseBase:
    """Describe the tiles as TileJSON 3.0.0; 404 where there is no basemap.

    Addresses are absolute, as QGIS needs them, and at the host that was asked: the
    browser may load from no other.
    """
    basemap = archive.current()
    if basemap is None:
        return not_found(_("There is no basemap."))
    here = f"{request.scheme}://{request.get_host()}"
    address = f"{here}{tile_template('basemap-tile')}?v={basemap.version}"
    description = _description(basemap, address)
    response = answer(request, description, make=lambda: JsonResponse(description))
    return shared_for_a_moment(response)


def _answer(data: bytes | None, *, takes_gzip: bool) -> HttpResponse:
    if data is None:
        return HttpResponse(status=204)
    if not takes_gzip:
        return HttpResponse(gzip.decompress(data), content_type=MEDIA_TYPE)
    response = HttpResponse(data, content_type=MEDIA_TYPE)
    # Also tells the middleware that there is nothing left to compress.
    response["Content-Encoding"] = "gzip"
    return response


def _description(basemap: Archive, address: str) -> dict[str, object]:
    first, last = basemap.zooms
    told = ("name", "description", "attribution", "vector_layers")
    own = {key: basemap.metadata[key] for key in told if key in basemap.metadata}
    if settings.BASEMAP_ATTRIBUTION:
        own["attribution"] = settings.BASEMAP_ATTRIBUTION
    return {
        "tilejson": "3.0.0",
        "scheme": "xyz",
        "tiles": [address],
        "minzoom": first,
        "maxzoom": last,
        "bounds": basemap.bounds,
        "center": basemap.centre,
        **own,
    }
