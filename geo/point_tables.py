"""Points with properties on their way from PostgreSQL into files, a batch at a time.

The rows come as the lines that `COPY … (FORMAT csv)` writes, and go through Arrow's
reader into GDAL or Parquet: no row is ever an object of Python, and what is in memory
does not grow with the number of rows.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

# So many bytes of lines are read into one batch.
BATCH = 4_000_000
GEOMETRY = "geometry"
# Little-endian well-known binary of a point: byte order, type, x, y.
WKB_POINT = [("order", "u1"), ("type", "<u4"), ("x", "<f8"), ("y", "<f8")]


class ColumnType(StrEnum):
    """What a column holds."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    MOMENT = "moment"


@dataclass(frozen=True)
class Column:
    """Name and type of a column; any value may be missing."""

    name: str
    type: ColumnType


@dataclass(frozen=True)
class PointTable:
    """Points in EPSG:`srid` with the values of their columns.

    A line has the values of the columns and, last, x and y, in CSV as PostgreSQL writes
    it: an empty field is a missing value, an empty text is in quotes. Each piece of
    `lines` is one or more whole lines.
    """

    columns: Sequence[Column]
    lines: Iterable[bytes]
    srid: int

    def batches(self) -> Iterator["pa.RecordBatch"]:
        """Yield the rows with their points as WKB, in the order of the lines."""
        for piece in _pieces(self.lines):
            yield from _read(piece, self.columns).to_batches()

    def schema(self) -> "pa.Schema":
        """Return the columns as Arrow knows them, the geometry last."""
        import pyarrow as pa

        fields = [(column.name, _arrow_type(column.type)) for column in self.columns]
        return pa.schema([*fields, (GEOMETRY, pa.binary())])


def _pieces(lines: Iterable[bytes]) -> Iterator[bytes]:
    buffer = bytearray()
    for line in lines:
        buffer += line
        if len(buffer) >= BATCH:
            yield bytes(buffer)
            buffer.clear()
    if buffer:
        yield bytes(buffer)


def _arrow_type(kind: ColumnType) -> "pa.DataType":
    # Here and in the other functions, not above: loading Arrow takes half a second,
    # which only who writes a file should pay.
    import pyarrow as pa

    return {
        ColumnType.TEXT: pa.string(),
        ColumnType.INTEGER: pa.int32(),
        ColumnType.NUMBER: pa.float64(),
        ColumnType.MOMENT: pa.timestamp("ms", tz="UTC"),
    }[kind]


def _read(piece: bytes, columns: Sequence[Column]) -> "pa.Table":
    import pyarrow as pa
    from pyarrow import csv

    types = {column.name: _arrow_type(column.type) for column in columns}
    table = csv.read_csv(
        pa.BufferReader(piece),
        read_options=csv.ReadOptions(
            column_names=[*types, "x", "y"],
            use_threads=False,
            # One block: a text with line breaks could lie across the edge of two.
            block_size=len(piece) + 1,
        ),
        parse_options=csv.ParseOptions(newlines_in_values=True),
        convert_options=csv.ConvertOptions(
            column_types={**types, "x": pa.float64(), "y": pa.float64()},
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
        ),
    )
    points = _well_known_binary(table.column("x"), table.column("y"))
    return table.drop_columns(["x", "y"]).append_column(GEOMETRY, points)


def _well_known_binary(x: Any, y: Any) -> "pa.Array":
    import numpy as np
    import pyarrow as pa

    points = np.empty(len(x), dtype=WKB_POINT)
    points["order"], points["type"] = 1, 1
    points["x"], points["y"] = x.to_numpy(), y.to_numpy()
    offsets = np.arange(len(x) + 1, dtype=np.int32) * points.itemsize
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(points.tobytes())]
    return pa.Array.from_buffers(pa.binary(), len(x), buffers)
