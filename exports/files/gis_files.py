"""The files of GIS programs: GeoPackage, FlatGeobuf and GeoParquet.

PostgreSQL writes the rows, Arrow reads them, GDAL and Arrow write the files.
"""

from pathlib import Path

from django.contrib.gis.db.models.functions import Transform

from exports.fields import Field, coordinates, properties
from exports.selection import Selection
from exports.streams import table_rows
from geo import point_files
from geo.functions import Latitude, Longitude
from geo.point_tables import Column, PointTable

LAYER = "pins"


def write_geopackage(selection: Selection, path: Path) -> None:
    """Write the pins as the layer "pins" of a GeoPackage, in their order."""
    point_files.write_geopackage(path, LAYER, table_of(selection))


def write_flatgeobuf(selection: Selection, path: Path) -> None:
    """Write the pins as a FlatGeobuf, which orders them by their place."""
    point_files.write_flatgeobuf(path, LAYER, table_of(selection))


def write_geoparquet(selection: Selection, path: Path) -> None:
    """Write the pins as a GeoParquet file, in their order."""
    point_files.write_geoparquet(path, table_of(selection))


def table_of(selection: Selection, fields: list[Field] | None = None) -> PointTable:
    """Return the pins as points in the CRS of the selection; read when it is written.

    `fields` are the columns, by default those of every table.
    """
    fields = [*properties(), *coordinates()] if fields is None else fields
    point = Transform("location", selection.srid)
    columns = [
        *(field.value for field in fields),
        Longitude(point),
        Latitude(point),
    ]
    return PointTable(
        columns=[Column(field.name, field.type) for field in fields],
        lines=table_rows(selection.pins.values_list(*columns)),
        srid=selection.srid,
    )
