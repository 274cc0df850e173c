"""What a map needs to know of an overlay, for pages and for programs."""

from typing import Any

from django.urls import reverse

from layers.models import Overlay
from layers.overlay_tiles import MAX_ZOOM
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
        "tiles": tile_template(overlay, base_url) if is_file else None,
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


def tile_template(overlay: Overlay, base_url: str) -> str:
    """Return the address of the tiles of a file, with {z}, {x} and {y} in it."""
    # Written as the grid's placeholders, which are no numbers yet.
    address = reverse("overlay-tile", args=[overlay.slug, 0, 0, 0])
    return f"{base_url}{address.removesuffix('0/0/0.pbf')}{{z}}/{{x}}/{{y}}.pbf"
