"""Overlays: what the map offers, and the tiles of those that came from a file."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import override

from layers import overlay_tiles
from layers.conditional import answer
from layers.models import Overlay
from layers.problems import not_found, problem, read_only, takes
from layers.tiles import Tile, answer_tile, no_such_tile
from mapapp.overlays import address_of_tiles, describe


@read_only
@takes("lang")
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


@read_only
def tile(request: HttpRequest, slug: str, z: int, x: int, y: int) -> HttpResponseBase:
    """Answer with a tile of a published overlay's features; 204 without any.

    404 for an overlay that is not offered or has no features, and for a tile that is not
    in the grid.
    """
    place = Tile(z, x, y)
    if not place.exists(max_zoom=overlay_tiles.MAX_ZOOM):
        return no_such_tile(0, overlay_tiles.MAX_ZOOM)
    overlay = _offered_file(slug)
    if overlay is None:
        return not_found(_("There is no published overlay of this name."))
    state = (overlay_tiles.FORMAT, overlay.pk, overlay.version)
    return answer(request, state, make=lambda: _tile(request, overlay, place))


def _tile(request: HttpRequest, overlay: Overlay, place: Tile) -> HttpResponse:
    content = overlay_tiles.make_tile(overlay, place)
    return _open_data(answer_tile(request, content))


@read_only
def tile_json(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Answer with the TileJSON 3.0.0 of a published overlay."""
    overlay = _offered_file(slug)
    if overlay is None:
        return not_found(_("There is no published overlay of this name."))
    source = f"{overlay.attribution}, {overlay.licence_name}"
    fields = dict.fromkeys(["label", *overlay.columns], "String")
    return _open_data(
        JsonResponse(
            {
                "tilejson": "3.0.0",
                "name": overlay.title,
                "description": overlay.description,
                "tiles": [address_of_tiles(overlay, settings.BASE_URL)],
                "minzoom": 0,
                "maxzoom": overlay_tiles.MAX_ZOOM,
                "bounds": overlay.bounds,
                # Maps take it for markup, on other sites under a laxer policy than ours.
                "attribution": escape(source),
                "vector_layers": [{"id": overlay_tiles.LAYER, "fields": fields}],
            }
        )
    )


def _offered_file(slug: str) -> Overlay | None:
    files = Overlay.objects.offered().filter(kind=Overlay.Kind.FILE)
    return files.filter(slug=slug).first()


def _open_data(response: HttpResponse) -> HttpResponse:
    # Other sites' maps may read it; there is nothing here but what is published.
    return response
