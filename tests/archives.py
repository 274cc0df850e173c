"""Small PMTiles files for tests."""

import gzip
from pathlib import Path
from typing import Any

from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer

HEADER = {
    "tile_type": TileType.MVT,
    "tile_compression": Compression.GZIP,
    "min_lon_e7": 76_000_000,
    "min_lat_e7": 493_000_000,
    "max_lon_e7": 79_000_000,
    "max_lat_e7": 495_000_000,
    "center_lon_e7": 77_500_000,
    "center_lat_e7": 494_000_000,
    "center_zoom": 12,
}
LAYERS = [{"id": "streets", "fields": {"kind": "String"}, "minzoom": 6, "maxzoom": 14}]
Tile = tuple[int, int, int]


def write_archive(
    path: Path,
    tiles: dict[Tile, bytes],
    header: dict[str, Any] | None = None,
    **metadata: Any,
) -> Path:
    """Write a file with these tiles, which are compressed here, and return its path."""
    fresh = path.with_suffix(".new")
    with fresh.open("wb") as output:
        writer = Writer(output)
        for place in sorted(tiles, key=lambda place: zxy_to_tileid(*place)):
            data = gzip.compress(tiles[place], mtime=0)
            writer.write_tile(zxy_to_tileid(*place), data)
        writer.finalize(
            {**HEADER, **(header or {})}, {"vector_layers": LAYERS, **metadata}
        )
    return fresh.replace(path)
