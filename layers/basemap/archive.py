"""Reading tiles out of the one file of the basemap."""

import hashlib
import logging
import os
import threading
import weakref
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from pmtiles.reader import Reader
from pmtiles.tile import (
    Compression,
    Entry,
    TileType,
    deserialize_directory,
    find_tile,
    zxy_to_tileid,
)

logger = logging.getLogger(__name__)

HEADER_BYTES = 127
# A tile is found in the root or in one leaf below it; the format allows one more.
MOST_DIRECTORIES = 3
DIRECTORIES_KEPT = 64


class UnreadableArchiveError(Exception):
    """The file is no PMTiles file with vector tiles that are compressed by gzip."""


class Archive:
    """An open PMTiles file.

    Read by position, not mapped into memory: a file that somebody shortens in place would
    otherwise take the process with it. What was opened stays readable when the file is
    exchanged for another.
    """

    def __init__(self, path: Path) -> None:
        """Open a file; raises UnreadableArchiveError where it is none of the kind."""
        self._descriptor = os.open(path, os.O_RDONLY)
        # Requests may still read from it when another has taken its place.
        weakref.finalize(self, os.close, self._descriptor)
        self._directories: dict[tuple[int, int], list[Entry]] = {}
        try:
            reader = Reader(self._bytes)
            self._header: dict[str, Any] = reader.header()
            self.metadata: dict[str, Any] = reader.metadata()
            self.version = self._version()
            kind = (self._header["tile_type"], self._header["tile_compression"])
        except Exception as error:
            # The library raises whatever garbage leads it to.
            message = f"{path} is no PMTiles file: {error!r}"
            raise UnreadableArchiveError(message) from error
        if kind != (TileType.MVT, Compression.GZIP):
            message = f"{path} does not hold vector tiles compressed by gzip."
            raise UnreadableArchiveError(message)

    @property
    def zooms(self) -> tuple[int, int]:
        """Return the first and the last zoom."""
        return self._header["min_zoom"], self._header["max_zoom"]

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """Return west, south, east and north in degrees."""
        west, south, east, north = (
            self._header[f"{name}_e7"] / 1e7
            for name in ("min_lon", "min_lat", "max_lon", "max_lat")
        )
        return west, south, east, north

    @property
    def centre(self) -> tuple[float, float, int]:
        """Return longitude and latitude in degrees, and the zoom to begin with."""
        header = self._header
        lon, lat = header["center_lon_e7"] / 1e7, header["center_lat_e7"] / 1e7
        return lon, lat, header["center_zoom"]

    def holds(self, z: int, x: int, y: int) -> bool:
        """Tell whether there is such a tile within the zooms, empty or not."""
        first, last = self.zooms
        return first <= z <= last and x < 1 << z and y < 1 << z

    def tile(self, z: int, x: int, y: int) -> bytes | None:
        """Return a tile compressed by gzip; None where it is empty.

        Raises ValueError for a place that `holds` denies.
        """
        tile_id = zxy_to_tileid(z, x, y)
        offset, length = self._header["root_offset"], self._header["root_length"]
        for _depth in range(MOST_DIRECTORIES):
            entry = find_tile(self._directory(offset, length), tile_id)
            if entry is None:
                return None
            if entry.run_length:
                start = self._header["tile_data_offset"] + entry.offset
                return self._bytes(start, entry.length)
            offset = self._header["leaf_directory_offset"] + entry.offset
            length = entry.length
        return None

    def _bytes(self, offset: int, length: int) -> bytes:
        return os.pread(self._descriptor, length, offset)

    def _directory(self, offset: int, length: int) -> list[Entry]:
        """Return a directory; unpacking it takes longer than reading the tile."""
        place = (offset, length)
        if place not in self._directories:
            if len(self._directories) >= DIRECTORIES_KEPT:
                self._directories = {}
            self._directories[place] = deserialize_directory(self._bytes(*place))
        return self._directories[place]

    def _version(self) -> str:
        """Return what changes with the content, and is the same for a copy elsewhere."""
        root = self._bytes(self._header["root_offset"], self._header["root_length"])
        seen = self._bytes(0, HEADER_BYTES) + root + repr(self.metadata).encode()
        return hashlib.sha256(seen).hexdigest()[:12]


@dataclass(frozen=True)
class _Opened:
    """What was found at a path when it was looked at last."""

    path: Path
    state: tuple[int, int, int]
    archive: Archive | None


_lock = threading.Lock()
_opened: _Opened | None = None


def current() -> Archive | None:
    """Return the basemap in use; None where there is none that can be read.

    A file is opened once in a process, and again when it has been exchanged.
    """
    global _opened
    path: Path = settings.BASEMAP_PATH
    try:
        found = path.stat()
    except OSError:
        return None
    state = (found.st_ino, found.st_mtime_ns, found.st_size)
    known = _opened
    if known is not None and (known.path, known.state) == (path, state):
        return known.archive
    with _lock:
        known = _opened
        if known is None or (known.path, known.state) != (path, state):
            known = _opened = _Opened(path, state, _open(path))
    return known.archive


def _open(path: Path) -> Archive | None:
    try:
        return Archive(path)
    except (UnreadableArchiveError, OSError) as error:
        logger.warning("The basemap cannot be used: %s", error)
        return None
