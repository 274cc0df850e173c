"""What a map needs to know of an overlay, for pages and for programs."""

from typing import Any

from layers.models import Overlay
from layers.overlay_tiles import MAX_ZOOM
from layers.tiles import tile_template
from layers.wms import picture_address


def describe(overlay: Overlay, base_url: str) -> dict[str, Any]:
    """Return what a map shows of an overlay, in the language of the page.

    `base_url` stands before the address of the tiles; it is empty for the site's own
    pages, which may have been opened under another name.
    """
    is_file = overlay.kind == Overlay.Kind.FILE
    return {
        "slug": overlay.slug,
        "title": overlay.title,
        "theme": overlay.theme.slug if overlay.theme else None,
        "kind": overlay.kind,
        "tiles": address_of_tiles(overlay, base_url) if is_file else None,
        "maxzoom": MAX_ZOOM if is_file else None,
        "wms": None if is_file else picture_address(overlay),
        "shapes": overlay.shapes,
        "bounds": overlay.bounds,
        "style": {
            "colour": overlay.colour,
            "line_width": overlay.line_width,
            "fill_opacity": overlay.fill_opacity,
            "point_radius": overlay.point_radius,
        },
        "description": overlay.description,
        "legend": overlay.legend,
        "attribution": overlay.attribution,
        "licence": {"name": overlay.licence_name, "url": overlay.licence_url},
    }


def address_of_tiles(overlay: Overlay, base_url: str) -> str:
    """Return the address of the tiles of a file, with {z}, {x} and {y} in it."""
    return f"{base_url}{tile_template('overlay-tile', overlay.slug)}"
