"""The process that `geo.uploads` reads a file in; it answers with lines of JSON.

Run as `python -m geo.upload_reader <answer file>` with the task on standard input.
"""

import json
import math
import resource
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from geo.bounds import Bounds
from geo.shapes import WGS84
from geo.unpacking import Source, unpack
from geo.uploads import Limits, UploadError, Wanted

MEMORY = 3 * 1024**3
CPU_SECONDS = 50
# Beyond this latitude the maps' projection ends.
WORLD = (-180.0, -85.05, 180.0, 85.05)
TEXT, LABEL = 500, 80
KINDS = {0: "points", 1: "lines", 2: "areas"}
MULTI: dict[int, Any] = {
    0: shapely.MultiPoint,
    1: shapely.MultiLineString,
    2: shapely.MultiPolygon,
}


def main(answer: Path) -> None:
    """Read the task, do it under limits, write the answer."""
    task = json.load(sys.stdin)
    limits = Limits(**task["limits"])
    _limit_this_process(limits)
    wanted = Wanted(**task["wanted"])
    try:
        lines = list(read(Path(task["path"]), Path(task["folder"]), wanted, limits))
    except UploadError as error:
        lines = [{"error": error.code, "details": error.details}]
    with answer.open("w", encoding="utf-8") as file:
        for line in lines:
            file.write(json.dumps(line) + "\n")


def _limit_this_process(limits: Limits) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits.unpacked, limits.unpacked))
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def read(path: Path, folder: Path, wanted: Wanted, limits: Limits) -> Iterator[Any]:
    """Yield the head of an answer and then its features; `folder` is for new files.

    Raises UploadError.
    """
    source = unpack(path, folder, layer=wanted.layer, limits=limits)
    table, crs = _in_degrees(_read_table(source, limits), source, wanted)
    _check_columns(table, wanted)
    shapes = list(table.geometry)
    bounds = _check_place(shapes, crs, limits)
    mended = [_mend(shape) for shape in shapes]
    parts = [_parts_of(shape) for shape in mended]
    if not any(parts):
        raise UploadError("no_shapes")
    texts = _Texts()
    rows = table.drop(columns="geometry").to_dict("records")
    features = [
        [KINDS[dimension], shapely.to_wkb(part, hex=True), *texts.of(row, wanted)]
        for row, found in zip(rows, parts, strict=True)
        for dimension, part in found.items()
    ]
    yield {
        "crs": crs,
        "layer": source.layer,
        "bounds": bounds,
        "repaired": sum(
            shape is not new for shape, new in zip(shapes, mended, strict=True)
        ),
        "dropped": sum(not found for found in parts),
        "shortened": texts.shortened,
    }
    yield from features


def _read_table(source: Source, limits: Limits) -> Any:
    """Return the layer as a GeoDataFrame; its column of shapes is `geometry`."""
    import geopandas
    import pyogrio

    # What GDAL remarks on is counted below, feature by feature.
    warnings.simplefilter("ignore")
    try:
        count = pyogrio.read_info(
            source.path, layer=source.layer, force_feature_count=True
        )["features"]
        if count > limits.features:
            raise UploadError("too_many", found=int(count), limit=limits.features)
        table = geopandas.read_file(
            source.path,
            layer=source.layer,
            on_invalid="fix",
            datetime_as_string=True,
        )
    except UnicodeDecodeError as error:
        raise UploadError("encoding") from error
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
        raise UploadError("broken") from error
    if table.empty:
        raise UploadError("empty")
    return table


def _in_degrees(table: Any, source: Source, wanted: Wanted) -> tuple[Any, str]:
    """Return the table in EPSG:4326 and the name of the CRS it was in."""
    said = f"EPSG:{wanted.epsg}" if wanted.epsg else source.crs
    if said is None and table.crs is None:
        raise UploadError("no_crs")
    try:
        if said is not None:
            table = table.set_crs(said, allow_override=True)
        epsg = table.crs.to_epsg()
        return table.to_crs(WGS84), f"EPSG:{epsg}" if epsg else str(table.crs.name)
    except RuntimeError as error:  # of which PROJ's errors are a kind
        name = said or str(table.crs.name)
        raise UploadError("unknown_crs", name=name) from error


def _check_columns(table: Any, wanted: Wanted) -> None:
    columns = [str(column) for column in table.columns if column != "geometry"]
    for name in filter(None, (*wanted.columns, wanted.label)):
        if name not in columns:
            raise UploadError("no_column", name=name, found=", ".join(columns)[:500])


def _mend(shape: BaseGeometry | None) -> BaseGeometry | None:
    """Return the shape without Z and valid: the very same one where it is already."""
    if shape is None:
        return None
    if shape.is_valid:
        return shape
    return shapely.make_valid(shape, method="structure", keep_collapsed=False)


def _parts_of(shape: BaseGeometry | None) -> dict[int, BaseGeometry]:
    """Return points, lines and areas apart: a tile knows no mixed collections."""
    if shape is None or shape.is_empty:
        return {}
    pieces: dict[int, list[BaseGeometry]] = {}
    for piece in shapely.get_parts(shapely.get_parts(shapely.force_2d(shape))):
        if not piece.is_empty:
            pieces.setdefault(shapely.get_dimensions(piece), []).append(piece)
    return {dimension: MULTI[dimension](found) for dimension, found in pieces.items()}


def _check_place(shapes: list[BaseGeometry | None], crs: str, limits: Limits) -> Bounds:
    """Return the bounds of shapes in degrees, once they are known to be such."""
    coordinates = shapely.get_coordinates(shapes)
    if not len(coordinates):
        raise UploadError("no_shapes")
    if len(coordinates) > limits.vertices:
        raise UploadError("too_detailed", limit=limits.vertices)
    west, south = map(float, coordinates.min(axis=0))
    east, north = map(float, coordinates.max(axis=0))
    # Not turned round: a comparison with what is no number is never true.
    fits = (
        WORLD[0] <= west
        and WORLD[1] <= south
        and east <= WORLD[2]
        and north <= WORLD[3]
    )
    if not fits:
        raise UploadError("misplaced", crs=crs)
    return west, south, east, north


class _Texts:
    """The chosen columns as texts; counts those that were cut."""

    def __init__(self) -> None:
        self.shortened = 0

    def of(self, row: dict[str, Any], wanted: Wanted) -> tuple[str, dict[str, str]]:
        label = self._cut(row[wanted.label], LABEL) if wanted.label else ""
        texts = {name: self._cut(row[name], TEXT) for name in wanted.columns}
        return label, {name: text for name, text in texts.items() if text}

    def _cut(self, value: Any, limit: int) -> str:
        text = _plain(value)
        if len(text) <= limit:
            return text
        self.shortened += 1
        return f"{text[: limit - 1].rstrip()}…"


def _plain(value: Any) -> str:
    """Return a value as a reader would write it; nothing where there is none."""
    import pandas

    if value is None or (pandas.api.types.is_scalar(value) and pandas.isna(value)):
        return ""
    if isinstance(value, float) and math.isfinite(value) and value.is_integer():
        value = int(value)
    text = " ".join(str(value).split())
    return "".join(letter for letter in text if letter.isprintable())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
