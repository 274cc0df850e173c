"""From which zoom on something is shown, so that tiles of small scales stay light."""

import math

MIN_ZOOM, MAX_ZOOM = 6, 14
# Metres of the Mercator projection that a pixel takes at zoom 0, with tiles of 256 pixels.
METRES_PER_PIXEL = 156_543.034
# An area smaller than this many pixels is a speck.
LEAST_PIXELS = 12


def zoom_for_area(square_metres: float, first: int) -> int:
    """Return the zoom at which an area is more than a speck, `first` at the earliest.

    `square_metres` is measured in the Mercator projection. At the largest zoom of the
    tiles everything is there.
    """
    if square_metres <= 0:
        return MAX_ZOOM
    metres_per_pixel = math.sqrt(square_metres / LEAST_PIXELS)
    seen_from = math.ceil(math.log2(METRES_PER_PIXEL / metres_per_pixel))
    return max(first, min(seen_from, MAX_ZOOM))
