"""The style with which other programs show our tiles as we do."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.utils.translation import gettext as _

from layers import district_tiles
from layers.basemap import archive
from layers.conditional import answer
from layers.models import Theme
from layers.problems import problem, read_only
from layers.tiles import tile_template
from mapapp import map_style
from mapapp.templatetags.site import vendor
from mapapp.views.district_tiles import CITY_ZOOM, extent, version
from pins import tiles

FONT_FILES = {map_style.REGULAR: "400", map_style.STRONG: "500"}


@read_only
def style(request: HttpRequest) -> HttpResponseBase:
    """Answer with a style for MapLibre and QGIS of basemap, districts and contributions.

    All addresses in it are absolute. 400 for parameters, of which there are none.
    """
    if request.GET:
        return problem(_("The style takes no parameters."), status=400)
    bounds = extent()
    content = map_style.style(
        name=settings.SITE_NAME,
        sources=_sources(bounds),
        fonts=_fonts(),
        themes=list(Theme.objects.all()),
    )
    if bounds is not None:
        west, south, east, north = bounds
        content["center"] = [round((west + east) / 2, 5), round((south + north) / 2, 5)]
        content["zoom"] = CITY_ZOOM
    return answer(request, content, make=lambda: JsonResponse(content))


def _fonts() -> dict[str, str]:
    package = "@fontsource/fira-sans"
    return {
        name: f"{settings.BASE_URL}"
        + vendor(package, f"fira-sans-latin-{weight}-normal.woff2")
        for name, weight in FONT_FILES.items()
    }


def _sources(bounds: tuple[float, float, float, float] | None) -> dict[str, Any]:
    where = {} if bounds is None else {"bounds": list(bounds)}
    sources = {} if (base := archive.current()) is None else {"base": _base(base)}
    return sources | {
        "districts": {
            "type": "vector",
            "tiles": [f"{_address('district-tile')}?v={version()}"],
            "minzoom": 0,
            "maxzoom": district_tiles.MAX_ZOOM,
            **where,
        },
        "pins": {
            "type": "vector",
            "tiles": [_address("pin-tile")],
            "minzoom": 0,
            "maxzoom": tiles.MAX_ZOOM,
            "attribution": settings.LICENCE_NAME,
        },
    }


def _base(basemap: archive.Archive) -> dict[str, Any]:
    first, last = basemap.zooms
    attribution = settings.BASEMAP_ATTRIBUTION or basemap.metadata.get(
        "attribution", ""
    )
    return {
        "type": "vector",
        "tiles": [f"{_address('basemap-tile')}?v={basemap.version}"],
        "minzoom": first,
        "maxzoom": last,
        "bounds": list(basemap.bounds),
        "attribution": attribution,
    }


def _address(name: str) -> str:
    return f"{settings.BASE_URL}{tile_template(name)}"
