"""What lies under the standalone map: the own basemap, drawn as one picture.

A picture in the page needs no request, and as an image it can run no script. It grows
sharp as far as its lines go, and has no names of streets: they would grow along.
"""

import base64
from dataclasses import dataclass
from functools import lru_cache

from councils.papers import ground, svg
from councils.papers.frames import box_around, frame_around
from councils.papers.street_map import draw_shapes
from geo.mercator import degrees, mercator
from layers.basemap import archive

# Units of the longer side: a city's streets are told apart, and the file stays small.
SIDE = 2_400.0
# West, south, east and north in degrees.
Extent = tuple[float, float, float, float]


@dataclass(frozen=True)
class GroundPicture:
    """A picture as a data URL, where it lies, and whom it must name."""

    url: str
    extent: Extent
    source: str


def ground_state() -> object:
    """Return what changes with the basemap."""
    basemap = archive.current()
    return basemap.version if basemap else None


def picture_of(extent: Extent) -> GroundPicture | None:
    """Return the ground of an extent and a rim around it; None without a basemap there."""
    basemap = archive.current()
    return _drawn(basemap.version, extent) if basemap else None


# Drawing takes a second or two: once for each place and basemap.
@lru_cache(maxsize=20)
def _drawn(_version: str, extent: Extent) -> GroundPicture | None:
    west, south, east, north = extent
    box = box_around([mercator(west, south), mercator(east, north)])
    shape = (box.north - box.south) / (box.east - box.west)
    width, height = (SIDE, SIDE * shape) if shape < 1 else (SIDE / shape, SIDE)
    frame = frame_around(box, width, height, least_metres=0)
    found = ground.ground_of(frame)
    ground.forget_tiles()
    if found is None:
        return None
    picture = svg.document(width, height, *draw_shapes(found)).encode()
    edges = frame.box
    return GroundPicture(
        url=f"data:image/svg+xml;base64,{base64.b64encode(picture).decode()}",
        extent=(
            *degrees(edges.west, edges.south),
            *degrees(edges.east, edges.north),
        ),
        source=found.source,
    )
