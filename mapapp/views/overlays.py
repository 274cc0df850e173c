"""Overlays: what the map offers, and the tiles of those that came from a file."""

import gzip

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_safe

from exports.conditional import answer
from exports.selection import not_found
from exports.streams import accepts_gzip
from layers import overlay_tiles
from layers.models import Overlay
from layers.problems import problem
from mapapp.overlays import describe, tile_template

MEDIA_TYPE = "application/vnd.mapbox-vector-tile"


@require_safe
def overlays(request: HttpRequest) -> HttpResponseBase:
    """Answer with all overlays that the map offers, in the language of `?lang=`.

    400 for a language that the site does not speak.
    """
    language = request.GET.get("lang", settings.LANGUAGE_CODE)
    if language not in dict(settings.LANGUAGES):
        return problem(
            _("Please give as “lang” one of: %(languages)s.")
            % {"languages": ", ".join(dict(settings.LANGUAGES))},
            status=400,
        )
    offered = list(Overlay.objects.offered().select_related("theme"))
    with override(language):
        content = [describe(overlay, settings.BASE_URL) for overlay in offered]
    return answer(
        request, content, make=lambda: _open_data(JsonResponse({"overlays": content}))
    )


@require_safe
def tile(request: HttpRequest, slug: str, z: int, x: int, y: int) -> HttpResponseBase:
    """Answer with a tile of a published overlay's features; 204 without any.

    404 for an overlay that is not offered or has no features, and for a tile that is not
    in the grid.
    """
    if not overlay_tiles.tile_exists(z, x, y):
        return not_found(
            _("There is no such tile. The zooms go from 0 to %(zoom)d.")
            % {"zoom": overlay_tiles.MAX_ZOOM}
        )
    overlay = _offered_file(slug)
    if overlay is None:
        return not_found(_("There is no published overlay of this name."))
    state = (overlay_tiles.FORMAT, overlay.pk, overlay.version)
    return answer(request, state, make=lambda: _tile(request, overlay, z, x, y))


def _tile(
    request: HttpRequest, overlay: Overlay, z: int, x: int, y: int
) -> HttpResponse:
    content = overlay_tiles.make_tile(overlay, z, x, y)
    response = HttpResponse(content, content_type=MEDIA_TYPE)
    if not content:
        response.status_code = 204
    elif accepts_gzip(request.headers.get("Accept-Encoding", "")):
        # Level 1: a higher one costs more time than the line saves.
        response.content = gzip.compress(content, compresslevel=1, mtime=0)
        response["Content-Encoding"] = "gzip"
    return _open_data(response)


@require_safe
def tile_json(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Answer with the TileJSON 3.0.0 of a published overlay."""
    overlay = _offered_file(slug)
    if overlay is None:
        return not_found(_("There is no published overlay of this name."))
    fields = dict.fromkeys(["label", *overlay.columns], "String")
    return _open_data(
        JsonResponse(
            {
                "tilejson": "3.0.0",
                "name": overlay.title,
                "description": overlay.description,
                "tiles": [tile_template(overlay, settings.BASE_URL)],
                "minzoom": 0,
                "maxzoom": overlay_tiles.MAX_ZOOM,
                "bounds": overlay.bounds,
                "attribution": f"{overlay.attribution}, {overlay.licence_name}",
                "vector_layers": [{"id": overlay_tiles.LAYER, "fields": fields}],
            }
        )
    )


def _offered_file(slug: str) -> Overlay | None:
    files = Overlay.objects.offered().filter(kind=Overlay.Kind.FILE)
    return files.filter(slug=slug).first()


def _open_data(response: HttpResponse) -> HttpResponse:
    # Other sites' maps may read it; there is nothing here but what is published.
    response["Access-Control-Allow-Origin"] = "*"
    return response
