"""Reading geodata files that people send, in a process of its own.

A file from outside may be built to crash a library, to fill the memory or to make GDAL
open something else. So the reading process gets three drivers, no secret of this one, and
limits of time and memory; what it says comes back as plain values.
"""

import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from geo.bounds import Bounds

DRIVERS = {"GeoJSON", "GPKG", "ESRI Shapefile"}
ROOT = Path(__file__).resolve().parent.parent
SECONDS = 60
READER = "geo.upload_reader"

logger = logging.getLogger(__name__)


class UploadError(Exception):
    """The file cannot be used; `code` says why, `details` with which values.

    Codes: `kind` (none of the three formats), `broken`, `too_large` (unpacked), `empty`,
    `too_many` (features), `too_detailed` (vertices), `layers` (several, none chosen),
    `no_layer`, `no_crs`, `unknown_crs`, `misplaced` (coordinates do not fit the CRS),
    `encoding`, `no_column`, `no_shapes`, `too_slow`.
    """

    def __init__(self, code: str, **details: str | int) -> None:
        super().__init__(code, details)
        self.code = code
        self.details = details


@dataclass(frozen=True)
class Limits:
    """What a file may hold at most; `unpacked` is in bytes."""

    unpacked: int = 200 * 1024 * 1024
    features: int = 20_000
    vertices: int = 1_000_000


@dataclass(frozen=True)
class Wanted:
    """What is to be read: a layer where there are several, and columns to keep.

    `epsg` says in which CRS the coordinates are where the file does not, or wrongly.
    """

    layer: str = ""
    epsg: int | None = None
    columns: tuple[str, ...] = ()
    label: str = ""


@dataclass(frozen=True)
class UploadedFeature:
    """A shape in EPSG:4326 without Z as WKB: points, lines or areas, valid."""

    kind: str
    wkb: bytes
    label: str
    properties: dict[str, str]


@dataclass(frozen=True)
class Upload:
    """What a file holds. `crs` is the file's own; the counts are of features.

    `repaired` were invalid and have been mended, `dropped` had no shape that could be
    used, `shortened` counts the texts that were cut.
    """

    crs: str
    layer: str
    bounds: Bounds
    repaired: int
    dropped: int
    shortened: int
    features: tuple[UploadedFeature, ...]


def read_upload(
    path: Path, *, wanted: Wanted | None = None, limits: Limits | None = None
) -> Upload:
    """Read a GeoJSON, a GeoPackage or a zipped Shapefile; the name does not matter.

    Raises UploadError.
    """
    with TemporaryDirectory(prefix="upload-") as name:
        folder = Path(name)
        task = {
            "path": str(path.resolve()),
            "folder": name,
            "wanted": asdict(wanted or Wanted()),
            "limits": asdict(limits or Limits()),
        }
        answer = folder / "answer"
        _run(task, answer)
        with answer.open(encoding="utf-8") as lines:
            return read_answer(lines)


def _run(task: Mapping[str, object], answer: Path) -> None:
    try:
        done = subprocess.run(  # noqa: S603 – Python itself and a module of this package
            [sys.executable, "-m", READER, str(answer)],
            input=json.dumps(task).encode(),
            cwd=ROOT,
            env=environment(),
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise UploadError("too_slow") from error
    if done.returncode != 0 or not answer.exists():
        # Killed by a limit or by a fault in a library: the file is to blame either way.
        logger.warning(
            "Reading an upload ended early: %s", done.stderr.decode()[-2000:]
        )
        raise UploadError("broken")


def environment() -> dict[str, str]:
    """Return what the reading process may know: no address of a database, no secret."""
    kept = {
        name: os.environ[name]
        for name in ("PATH", "LD_LIBRARY_PATH", "TMPDIR")
        if name in os.environ
    }
    return kept | {
        "LANG": "C.UTF-8",
        "OGR_SKIP": _other_drivers(),
        "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR",
        "PROJ_NETWORK": "OFF",
        "OPENBLAS_NUM_THREADS": "1",
    }


@cache
def _other_drivers() -> str:
    # Here and not above: loading it takes a moment, which only who reads a file pays.
    import pyogrio

    return ",".join(sorted(set(pyogrio.list_drivers()) - DRIVERS))


def read_answer(lines: Iterator[str]) -> Upload:
    """Return what the reading process wrote; raises UploadError where it wrote that."""
    head = json.loads(next(lines))
    if "error" in head:
        raise UploadError(head["error"], **head["details"])
    features = tuple(
        UploadedFeature(kind, bytes.fromhex(wkb), label, properties)
        for kind, wkb, label, properties in map(json.loads, lines)
    )
    west, south, east, north = head.pop("bounds")
    return Upload(features=features, bounds=(west, south, east, north), **head)
