"""Writing points to the files of GIS programs: GeoPackage, FlatGeobuf, Shapefile, Parquet.

GDAL is handed Arrow batches, and Parquet is written by Arrow itself, so that a million
points need no more memory than ten thousand.
"""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geo.point_tables import GEOMETRY, PointTable

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pyarrow as pa

# What a text of a Shapefile can hold.
SHAPEFILE_BYTES, ELLIPSIS = 254, "…"
# What programs of some years ago read without a warning; GDAL would write the newest.
GEOPACKAGE = "1.2"
# https://geoparquet.org/releases/v1.1.0/
GEOPARQUET = "1.1.0"
# Rows of a Parquet file that are read as one.
ROW_GROUP = 50_000


def write_geopackage(path: Path, layer: str, table: PointTable) -> None:
    """Write a new GeoPackage with one layer, its rows in the order of the table."""
    _write_by_gdal(
        path,
        layer,
        table,
        driver="GPKG",
        version=GEOPACKAGE,
        # As the standard writes a moment: others are read with a warning.
        DATETIME_PRECISION="MILLISECOND",
    )


def write_flatgeobuf(path: Path, layer: str, table: PointTable) -> None:
    """Write a new FlatGeobuf with its spatial index, by which its rows are ordered."""
    _write_by_gdal(path, layer, table, driver="FlatGeobuf")


def write_shapefile(path: Path, table: PointTable) -> None:
    """Write `path` and the files beside it that make a Shapefile, in UTF-8.

    The names of the columns have at most 10 characters, and no column holds moments. A
    text of more than 254 bytes is cut at a character, and ends in "…".
    """
    batches = (_shortened(batch) for batch in table.batches())
    _write_by_gdal(
        path,
        path.stem,
        table,
        batches=batches,
        driver="ESRI Shapefile",
        ENCODING="UTF-8",
    )


def _shortened(batch: "pa.RecordBatch") -> "pa.RecordBatch":
    import pyarrow as pa
    from pyarrow import compute

    columns = []
    for column in batch.columns:
        is_text = pa.types.is_string(column.type)
        longest = compute.max(compute.binary_length(column)).as_py() if is_text else 0
        if (longest or 0) > SHAPEFILE_BYTES:
            column = pa.array([_cut(text) for text in column.to_pylist()], pa.string())
        columns.append(column)
    return pa.record_batch(columns, schema=batch.schema)


def _cut(text: str | None) -> str | None:
    whole = (text or "").encode()
    if len(whole) <= SHAPEFILE_BYTES:
        return text
    room = SHAPEFILE_BYTES - len(ELLIPSIS.encode())
    return whole[:room].decode(errors="ignore") + ELLIPSIS


def _write_by_gdal(
    path: Path,
    layer: str,
    table: PointTable,
    *,
    driver: str,
    batches: "Iterable[pa.RecordBatch] | None" = None,
    version: str = "",
    **options: str,
) -> None:
    import pyarrow as pa
    import pyogrio

    rows = table.batches() if batches is None else batches
    pyogrio.write_arrow(
        pa.RecordBatchReader.from_batches(table.schema(), rows),
        path,
        layer=layer,
        driver=driver,
        geometry_name=GEOMETRY,
        geometry_type="Point",
        crs=f"EPSG:{table.srid}",
        dataset_options={"VERSION": version} if version else None,
        layer_options=options,
    )


def write_geoparquet(path: Path, table: PointTable) -> None:
    """Write a new GeoParquet file, its rows in the order of the table.

    Coordinates are x, y whatever the order of the axes of the CRS, as the format says.
    """
    import pyarrow as pa
    from pyarrow import parquet

    box = _Box()
    with parquet.ParquetWriter(path, table.schema(), compression="zstd") as writer:
        waiting: list[pa.RecordBatch] = []
        rows = 0
        for batch in table.batches():
            box.add(batch)
            waiting.append(batch)
            rows += batch.num_rows
            if rows >= ROW_GROUP:
                writer.write_table(pa.Table.from_batches(waiting))
                waiting, rows = [], 0
        writer.write_table(pa.Table.from_batches(waiting, table.schema()))
        writer.add_key_value_metadata({"geo": json.dumps(_metadata(table.srid, box))})


class _Box:
    """The rectangle around all points that it was shown."""

    def __init__(self) -> None:
        self.bounds: list[float] = []

    def add(self, batch: "pa.RecordBatch") -> None:
        import shapely

        bounds = shapely.total_bounds(shapely.from_wkb(batch.column(GEOMETRY)))
        known = self.bounds or bounds
        lowest = [min(pair) for pair in zip(known[:2], bounds[:2], strict=True)]
        highest = [max(pair) for pair in zip(known[2:], bounds[2:], strict=True)]
        self.bounds = [float(number) for number in (*lowest, *highest)]


def _metadata(srid: int, box: _Box) -> dict[str, Any]:
    import geopandas

    about: dict[str, Any] = {
        "encoding": "WKB",
        "geometry_types": ["Point"],
        "crs": geopandas.GeoSeries(crs=srid).crs.to_json_dict(),
    }
    if box.bounds:
        about["bbox"] = box.bounds
    return {
        "version": GEOPARQUET,
        "primary_column": GEOMETRY,
        "columns": {GEOMETRY: about},
    }
