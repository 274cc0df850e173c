"""Making one clean file, of a kind that is known, out of what somebody sent.

GDAL looks into a file to find out what it is, and some kinds send it on to other files or
to the network. So the kind is told here, and what is handed on has been written anew
(GeoJSON), taken out of its archive under names of our own (Shapefile), or looked through
(GeoPackage).
"""

import json
import re
import sqlite3
import zlib
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, NoReturn
from zipfile import BadZipFile, ZipFile, ZipInfo

from geo.shapes import WGS84
from geo.uploads import Limits, UploadError

PARTS = {".shp", ".shx", ".dbf", ".prj", ".cpg"}
ENTRIES = 500
CHUNK = 1024 * 1024
EPSG_NAME = re.compile(r"(?:urn:(?:x-)?ogc:def:crs:)?EPSG:(?:[\d.]*:)?(\d{1,6})", re.I)
CRS84_NAME = re.compile(r"(?:urn:ogc:def:crs:)?OGC:(?:[\d.]*:)?CRS84", re.I)


@dataclass(frozen=True)
class Source:
    """A file that GDAL may open, its layer, and its CRS where the file does not say."""

    path: Path
    layer: str
    crs: str | None = None


def unpack(upload: Path, folder: Path, *, layer: str, limits: Limits) -> Source:
    """Return the file to read; new files are made in the folder.

    Raises UploadError.
    """
    with upload.open("rb") as file:
        start = file.read(512)
    if start.startswith(b"PK\x03\x04"):
        return _shapefile(upload, folder, layer, limits)
    if start.startswith(b"SQLite format 3\0"):
        return _geopackage(upload, layer)
    if start.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
        return _geojson(upload, folder, limits)
    raise UploadError("kind")


# --- Shapefile ------------------------------------------------------------------------


def _shapefile(upload: Path, folder: Path, layer: str, limits: Limits) -> Source:
    try:
        with ZipFile(upload) as archive:
            parts = _parts(archive.infolist(), layer)
            left = limits.unpacked
            for suffix, entry in parts.items():
                left -= _extract(archive, entry, folder / f"upload{suffix}", left)
    # What zipfile has for a packing it does not know, and for a password, are the last two.
    except (
        BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        RuntimeError,
    ) as error:
        raise UploadError("broken") from error
    return Source(folder / "upload.shp", "upload")


def _parts(entries: Sequence[ZipInfo], layer: str) -> dict[str, ZipInfo]:
    """Return the files of the one Shapefile in an archive, by their endings."""
    if len(entries) > ENTRIES:
        raise UploadError("too_large")
    paths = {
        PurePosixPath(entry.filename): entry
        for entry in entries
        if not entry.is_dir() and not entry.filename.startswith("__MACOSX/")
    }
    shapes = sorted(path for path in paths if path.suffix.lower() == ".shp")
    if not shapes:
        raise UploadError("kind")
    stem = _choose([path.stem for path in shapes], layer)
    chosen = next(path for path in shapes if path.stem == stem)
    return {
        path.suffix.lower(): entry
        for path, entry in paths.items()
        if path.with_suffix("") == chosen.with_suffix("")
        and path.suffix.lower() in PARTS
    }


def _extract(archive: ZipFile, entry: ZipInfo, target: Path, left: int) -> int:
    """Write one entry under a name of our own; return its size.

    What the archive says of sizes is not believed: the bytes are counted.
    """
    size = 0
    with archive.open(entry) as packed, target.open("wb") as file:
        while chunk := packed.read(CHUNK):
            size += len(chunk)
            if size > left:
                raise UploadError("too_large")
            file.write(chunk)
    return size


# --- GeoPackage -----------------------------------------------------------------------


def _geopackage(upload: Path, layer: str) -> Source:
    """Look a GeoPackage through; a query hidden in it must not run.

    A view or a computed column can call any function that GDAL knows, one of which asks
    the network.
    """
    address = f"{upload.resolve().as_uri()}?mode=ro&immutable=1"
    try:
        with closing(sqlite3.connect(address, uri=True)) as database:
            database.execute("PRAGMA trusted_schema = OFF")
            _forbid_queries(database)
            names = [
                str(name)
                for (name,) in database.execute(
                    "SELECT table_name FROM gpkg_contents WHERE data_type = 'features' "
                    "ORDER BY table_name"
                )
            ]
    except (sqlite3.Error, UnicodeDecodeError) as error:
        raise UploadError("broken") from error
    if not names:
        raise UploadError("empty")
    return Source(upload, _choose(names, layer))


def _forbid_queries(database: sqlite3.Connection) -> None:
    tables = database.execute("SELECT type, name FROM sqlite_master").fetchall()
    if any(kind == "view" for kind, _ in tables):
        raise UploadError("kind")
    for kind, name in tables:
        if kind != "table":
            continue
        columns = database.execute(
            "SELECT 1 FROM pragma_table_xinfo(?) WHERE hidden IN (2, 3)", [name]
        )
        if columns.fetchone():
            raise UploadError("kind")


# --- GeoJSON --------------------------------------------------------------------------


def _geojson(upload: Path, folder: Path, limits: Limits) -> Source:
    try:
        document = json.loads(
            upload.read_bytes().decode("utf-8-sig"), parse_constant=_no_number
        )
    except UnicodeDecodeError as error:
        raise UploadError("encoding") from error
    except (ValueError, RecursionError) as error:
        raise UploadError("broken") from error
    features = _features_of(document)
    if len(features) > limits.features:
        raise UploadError("too_many", found=len(features), limit=limits.features)
    path = folder / "upload.geojson"
    collection = {"type": "FeatureCollection", "features": features}
    path.write_text(json.dumps(collection), encoding="utf-8")
    return Source(path, "upload", _crs_of(document))


def _no_number(text: str) -> NoReturn:
    raise ValueError(text)


def _features_of(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the features with nothing but geometry and properties."""
    found = (
        [document] if document.get("type") == "Feature" else document.get("features")
    )
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise UploadError("kind")
    if not found:
        raise UploadError("empty")
    return [
        {
            "type": "Feature",
            "properties": _dictionary(feature.get("properties")),
            "geometry": _dictionary(feature.get("geometry")) or None,
        }
        for feature in found
    ]


def _dictionary(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _crs_of(document: dict[str, Any]) -> str:
    """Return the CRS that a GeoJSON of before RFC 7946 names; without one it is WGS 84."""
    member = document.get("crs")
    if member is None:
        return WGS84
    name = str(_dictionary(_dictionary(member).get("properties")).get("name", ""))
    if CRS84_NAME.fullmatch(name):
        return WGS84
    if found := EPSG_NAME.fullmatch(name):
        return f"EPSG:{found[1]}"
    raise UploadError("unknown_crs", name=name[:80])


def _choose(names: Sequence[str], wanted: str) -> str:
    if wanted and wanted not in names:
        raise UploadError("no_layer", name=wanted, found=", ".join(names))
    if not wanted and len(names) > 1:
        raise UploadError("layers", found=", ".join(names))
    return wanted or names[0]
