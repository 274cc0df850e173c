"""The ground of a map: shapes out of the tiles of the own basemap."""

import gzip
import logging
import math
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from html import unescape
from typing import Any

from django.conf import settings
from django.utils.html import strip_tags

from councils.papers.frames import Box, Frame, Point
from geo.mercator import HALF_WORLD
from layers.basemap import archive
from layers.basemap.archive import Archive

logger = logging.getLogger(__name__)

LAYERS = (
    "land",
    "sites",
    "water_polygons",
    "water_lines",
    "street_polygons",
    "streets",
    "buildings",
    "street_labels",
)
POLYGON, LINE = "Polygon", "LineString"


@dataclass(frozen=True)
class Shape:
    """Lines or rings of one thing, in the units of its tile."""

    kind: str
    name: str
    is_area: bool
    is_hidden: bool
    lines: list[list[tuple[int, int]]]

    @cached_property
    def edges(self) -> tuple[int, int, int, int]:
        """Left, top, right and bottom."""
        points = [point for line in self.lines for point in line]
        across, down = zip(*points, strict=True)
        return min(across), min(down), max(across), max(down)


@dataclass(frozen=True)
class Tile:
    """What a tile shows, and where it lies."""

    z: int
    x: int
    y: int
    extents: dict[str, int]
    layers: dict[str, list[Shape]]

    @property
    def size(self) -> float:
        """Width in metres of the projection."""
        return 2 * HALF_WORLD / (1 << self.z)

    def shapes(self, layer: str, box: Box) -> Iterator[tuple[Shape, list[list[Point]]]]:
        """Yield what of a layer is in the box, with its lines in EPSG:3857."""
        unit = self.size / self.extents.get(layer, 4096)
        west, north = self.x * self.size - HALF_WORLD, HALF_WORLD - self.y * self.size
        for shape in self.layers.get(layer, ()):
            left, top, right, bottom = shape.edges
            found = Box(
                west + left * unit,
                north - bottom * unit,
                west + right * unit,
                north - top * unit,
            )
            if found.meets(box):
                yield (
                    shape,
                    [
                        [(west + x * unit, north - y * unit) for x, y in line]
                        for line in shape.lines
                    ],
                )


@dataclass(frozen=True)
class Ground:
    """The tiles under a frame."""

    frame: Frame
    tiles: list[Tile]
    source: str

    def shapes(self, layer: str) -> Iterator[tuple[Shape, list[list[Point]]]]:
        """Yield what the frame shows of a layer, with its lines on the picture."""
        for tile in self.tiles:
            for shape, lines in tile.shapes(layer, self.frame.box):
                yield shape, [[self.frame.place(p) for p in line] for line in lines]


def ground_of(frame: Frame) -> Ground | None:
    """Return what is under a frame; None where there is no basemap, or not there."""
    basemap = archive.current()
    if basemap is None:
        return None
    z = _zoom(frame, basemap)
    n, box = 1 << z, frame.box
    columns = range(*_between(box.west, box.east, n))
    rows = range(*_between(-box.north, -box.south, n))
    found = [_tile(basemap, z, x, y) for x in columns for y in rows]
    tiles = [tile for tile in found if tile is not None]
    return Ground(frame, tiles, _source(basemap)) if tiles else None


def _source(basemap: Archive) -> str:
    """Return whom a map with this ground must name, in plain words."""
    named = settings.BASEMAP_ATTRIBUTION or basemap.metadata.get("attribution")
    return unescape(strip_tags(str(named or "© OpenStreetMap")))


def _between(start: float, end: float, n: int) -> tuple[int, int]:
    """Return the first tile of `n` and the one after the last that a stretch touches."""
    first, last = ((v + HALF_WORLD) / (2 * HALF_WORLD) * n for v in (start, end))
    return max(0, int(first)), min(n, int(last) + 1)


def _zoom(frame: Frame, basemap: Archive) -> int:
    """Return the zoom at which a tile is about half as wide as the frame."""
    first, last = basemap.zooms
    width = frame.box.east - frame.box.west
    wanted = math.floor(math.log2(2 * HALF_WORLD / width)) + 1
    return max(first, min(wanted, last))


def forget_tiles() -> None:
    """Give back the memory of the tiles, once all maps of a paper are drawn."""
    _tile.cache_clear()


# Maps are drawn in the order of their places, so that few tiles serve many of them; each
# takes some megabytes.
@lru_cache(maxsize=6)
def _tile(basemap: Archive, z: int, x: int, y: int) -> Tile | None:
    data = basemap.tile(z, x, y)
    if data is None:
        return None
    try:
        decoded = _decoded(gzip.decompress(data))
    except (OSError, EOFError, ValueError, LookupError, zlib.error) as error:
        logger.warning("The tile %d/%d/%d cannot be read: %s", z, x, y, error)
        return None
    return Tile(
        z,
        x,
        y,
        {name: int(layer["extent"]) for name, layer in decoded.items()},
        {
            name: [s for f in decoded[name]["features"] for s in _shapes_of(f)]
            for name in LAYERS
            if name in decoded
        },
    )


def _decoded(data: bytes) -> dict[str, Any]:
    """Return the layers of a tile that are drawn; raises ValueError for what is none."""
    # Here and not above: it brings numpy and shapely, which only who draws a map needs.
    import mapbox_vector_tile
    from google.protobuf.message import DecodeError  # type: ignore[import-untyped]  # has no types
    from mapbox_vector_tile.Mapbox import vector_tile_pb2

    tile = vector_tile_pb2.tile()
    try:
        tile.ParseFromString(data)
    except DecodeError as error:
        message = f"It is no vector tile: {error}"
        raise ValueError(message) from error
    # A third of a tile are addresses and stops: taking them apart would be for nothing.
    for number in reversed(range(len(tile.layers))):
        if tile.layers[number].name not in LAYERS:
            del tile.layers[number]
    layers: dict[str, Any] = mapbox_vector_tile.decode(
        tile.SerializeToString(),
        default_options={"y_coord_down": True, "geojson": True},
    )
    return layers


def _shapes_of(feature: dict[str, Any]) -> Iterator[Shape]:
    properties, geometry = feature["properties"], feature["geometry"]
    is_many = geometry["type"].startswith("Multi")
    kind = geometry["type"].removeprefix("Multi")
    if kind not in {POLYGON, LINE}:
        return
    parts = geometry["coordinates"] if is_many else [geometry["coordinates"]]
    lines = [ring for part in parts for ring in (part if kind == POLYGON else [part])]
    lines = [line for line in lines if line]
    if lines:
        yield Shape(
            str(properties.get("kind", "")),
            str(properties.get("name", "")),
            kind == POLYGON,
            bool(properties.get("tunnel")),
            lines,
        )
