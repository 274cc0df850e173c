"""From the tiles that were cut to the one file that is served."""

import gzip
import hashlib
import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pmtiles.tile import Compression, TileType, tileid_to_zxy, zxy_to_tileid
from pmtiles.writer import Writer

from geo.bounds import Bounds
from geo.osm.zooms import MAX_ZOOM, MIN_ZOOM

ATTRIBUTION = (
    '<a href="https://www.openstreetmap.org/copyright">© OpenStreetMap contributors</a>'
)
CENTRE_ZOOM = 12
SCHEMA = "Shortbread 1.0"


@dataclass(frozen=True)
class Description:
    """What the file says of itself.

    `bounds` are in degrees, `first_zooms` those of the layers, `data_date` is an ISO
    date or empty where the extract does not say.
    """

    name: str
    bounds: Bounds
    first_zooms: dict[str, int]
    data_date: str


def write_archive(tiles: Path, target: Path, description: Description) -> int:
    """Write the tiles of an MBTiles file into a PMTiles file; return how many there are.

    Of the program that cut them nothing is taken over but the names of the attributes:
    its own metadata tells the command line, and with it the folders of this machine.
    """
    with closing(sqlite3.connect(tiles)) as database, target.open("wb") as output:
        writer = Writer(output)
        content = hashlib.sha256()
        number = 0
        for tile_id, data in _tiles(database):
            writer.write_tile(tile_id, data)
            content.update(tile_id.to_bytes(8, "big") + data)
            number += 1
        metadata = _metadata(description, _fields(database), content.hexdigest())
        writer.finalize(_header(description.bounds), metadata)
        output.flush()
        os.fsync(output.fileno())
    return number


def _tiles(database: sqlite3.Connection) -> Iterator[tuple[int, bytes]]:
    """Return the tiles in the order of the archive, each compressed by gzip."""
    places = database.execute("SELECT zoom_level, tile_column, tile_row FROM tiles")
    # MBTiles counts rows from the south.
    ids = sorted(zxy_to_tileid(z, x, (1 << z) - 1 - row) for z, x, row in places)
    one = (
        "SELECT tile_data FROM tiles "
        "WHERE zoom_level = ? AND tile_column = ? AND tile_row = ?"
    )
    for tile_id in ids:
        z, x, y = tileid_to_zxy(tile_id)
        (data,) = database.execute(one, (z, x, (1 << z) - 1 - y)).fetchone()
        # Without the time of writing: equal tiles stay equal.
        yield tile_id, gzip.compress(gzip.decompress(data), mtime=0)


def _fields(database: sqlite3.Connection) -> dict[str, dict[str, str]]:
    """Return the attributes of each layer with their types."""
    (text,) = database.execute(
        "SELECT value FROM metadata WHERE name = 'json'"
    ).fetchone()
    return {layer["id"]: layer["fields"] for layer in json.loads(text)["vector_layers"]}


def _metadata(
    description: Description, fields: dict[str, dict[str, str]], content: str
) -> dict[str, Any]:
    return {
        "name": description.name,
        "description": f"Basemap in the layers of {SCHEMA}",
        "type": "baselayer",
        "format": "pbf",
        "attribution": ATTRIBUTION,
        "data_date": description.data_date,
        "content": content[:16],
        "vector_layers": [
            {
                "id": layer,
                "fields": names,
                "minzoom": max(description.first_zooms[layer], MIN_ZOOM),
                "maxzoom": MAX_ZOOM,
            }
            for layer, names in sorted(fields.items())
        ],
    }


def _header(bounds: Bounds) -> dict[str, Any]:
    west, south, east, north = (round(degrees * 1e7) for degrees in bounds)
    return {
        "tile_type": TileType.MVT,
        "tile_compression": Compression.GZIP,
        "min_lon_e7": west,
        "min_lat_e7": south,
        "max_lon_e7": east,
        "max_lat_e7": north,
        "center_lon_e7": (west + east) // 2,
        "center_lat_e7": (south + north) // 2,
        "center_zoom": CENTRE_ZOOM,
    }
