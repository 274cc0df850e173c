"""Writing GeoPackages, the file that QGIS and ArcGIS open without asking anything."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from pathlib import Path

Row = Sequence[object]
# So many rows are in memory at a time.
BATCH = 5_000


class ColumnType(StrEnum):
    """What a column holds, by the name of its type in pandas."""

    TEXT = "object"
    INTEGER = "int32"
    NUMBER = "float64"
    MOMENT = "datetime64[ms, UTC]"


@dataclass(frozen=True)
class Column:
    """Name and type of a column; only texts may be missing (None)."""

    name: str
    type: ColumnType


def write_points(
    path: Path, *, layer: str, columns: Sequence[Column], rows: Iterable[Row], srid: int
) -> None:
    """Write a new GeoPackage with one layer of points, in the order of the rows.

    A row is the values of the columns and, last, the point as WKB in EPSG:`srid`. A
    layer without rows still has its columns.
    """
    # Here and not above: loading them takes a second, which only who writes a file pays.
    import geopandas
    import pandas as pd
    import pyogrio

    for number, batch in enumerate(_batches(rows)):
        *values, points = (
            zip(*batch, strict=True) if batch else [()] * (len(columns) + 1)
        )
        table = pd.DataFrame(
            {
                column.name: pd.Series(cells, dtype=column.type.value)
                for column, cells in zip(columns, values, strict=True)
            }
        )
        geometry = geopandas.GeoSeries.from_wkb(list(points), crs=srid)
        pyogrio.write_dataframe(
            geopandas.GeoDataFrame(table, geometry=geometry),
            path,
            layer=layer,
            driver="GPKG",
            geometry_type="Point",
            append=number > 0,
        )


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """Cut the rows into lists; there is one, if an empty one, where there are none."""
    remaining = iter(rows)
    batch = list(islice(remaining, BATCH))
    yield batch
    while batch := list(islice(remaining, BATCH)):
        yield batch
