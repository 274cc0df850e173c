"""Reading areas from any file that GDAL reads, into plain typed values."""

import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shapely import MultiPolygon

from geo.shapes import WGS84, polygons_of

Value = str | int | float | bool | None


class DatasetError(Exception):
    """The file gives no areas; the message says why and what would help."""


class FileMissingError(DatasetError):
    """There is no such file."""


class NotGeodataError(DatasetError):
    """GDAL cannot read the file."""


class LayerError(DatasetError):
    """The file has several layers and none is named, or none of that name."""


class NoFeaturesError(DatasetError):
    """The layer is empty."""


class CrsError(DatasetError):
    """The reference system of the coordinates is unknown or cannot be converted."""


class NoPolygonsError(DatasetError):
    """No feature of the layer has an area."""


@dataclass(frozen=True)
class Feature:
    """One feature; `position` counts from 1, `shape` is in EPSG:4326 without Z.

    `shape` is empty where the feature has no area; `geometry_type` says what it has.
    """

    position: int
    properties: dict[str, Value]
    shape: MultiPolygon
    geometry_type: str


@dataclass(frozen=True)
class Layer:
    """What one layer of a file holds. `crs` is the file's own, `notes` GDAL's remarks."""

    crs: str
    fields: tuple[str, ...]
    features: tuple[Feature, ...]
    notes: tuple[str, ...] = ()


def read_layer(
    path: Path, *, layer: str | None = None, crs: str | None = None
) -> Layer:
    """Read the areas of a file in EPSG:4326.

    `layer` names one of several; `crs` (such as "EPSG:31466") says what the
    coordinates are where the file does not, or says it wrongly. A GeoJSON file that
    names no CRS is WGS 84 by RFC 7946.

    Raises a DatasetError of the kind that tells what is missing.
    """
    if not path.exists():
        message = f"There is no file {path}."
        raise FileMissingError(message)
    with warnings.catch_warnings(record=True) as remarks:
        warnings.simplefilter("always")
        table = _read_table(path, _choose_layer(path, layer))
    if table.empty:
        message = f"{path} holds no features."
        raise NoFeaturesError(message)
    table, source = _with_crs(table, crs, path)
    return Layer(
        crs=source,
        fields=tuple(column for column in table.columns if column != "geometry"),
        features=_read_features(table, path),
        notes=tuple(str(remark.message) for remark in remarks),
    )


def _choose_layer(path: Path, wanted: str | None) -> str:
    # Here and in the other functions, not above: loading GDAL and pandas takes a
    # second, which only who reads a file should pay.
    import pyogrio

    try:
        layers = pyogrio.list_layers(path)
    except pyogrio.errors.DataSourceError as error:
        reason = str(error).partition(";")[0]  # without the hint for programmers
        message = f"{path} is no geodata file that can be read: {reason}"
        raise NotGeodataError(message) from error
    # A table without geometry beside the one layer leaves the choice clear.
    names = [str(name) for name, geometry_type in layers if geometry_type is not None]
    if not names:
        message = f"{path} holds a table without geometry."
        raise NoPolygonsError(message)
    if wanted is not None and wanted not in names:
        message = f"{path} has no layer {wanted!r}. It has: {', '.join(names)}."
        raise LayerError(message)
    if wanted is None and len(names) > 1:
        message = f"{path} has several layers, name one of: {', '.join(names)}."
        raise LayerError(message)
    return wanted or names[0]


def _read_table(path: Path, layer: str) -> Any:
    """Return the layer as a GeoDataFrame; its column of shapes is `geometry`."""
    import geopandas
    import pyogrio

    try:
        # Rings that do not close are closed; what cannot be mended comes without.
        return geopandas.read_file(path, layer=layer, on_invalid="fix")
    except UnicodeDecodeError as error:
        message = (
            f"{path} holds text that is not {error.encoding}. Name its encoding, for a "
            "Shapefile in a .cpg file beside it that holds e.g. ISO-8859-1."
        )
        raise NotGeodataError(message) from error
    except pyogrio.errors.DataLayerError as error:
        message = f"{path} cannot be read: {error}"
        raise NotGeodataError(message) from error


def _with_crs(table: Any, crs: str | None, path: Path) -> tuple[Any, str]:
    """Return the table in EPSG:4326, and the name of the CRS it was in."""
    if table.crs is None and crs is None:
        message = f"{path} does not say in which CRS its coordinates are; name it."
        raise CrsError(message)
    try:
        if crs is not None:
            table = table.set_crs(crs, allow_override=True)
        source = table.crs.to_string()
        return table.to_crs(WGS84), source
    except RuntimeError as error:  # of which PROJ's errors are a kind
        message = f"The CRS {crs or table.crs} is not known, or no CRS of the Earth."
        raise CrsError(message) from error


def _read_features(table: Any, path: Path) -> tuple[Feature, ...]:
    shapes = [polygons_of(geometry) for geometry in table.geometry]
    types = [getattr(shape, "geom_type", "no geometry") for shape in table.geometry]
    if all(shape.is_empty for shape in shapes):
        message = f"{path} holds no polygons, only: {', '.join(sorted(set(types)))}."
        raise NoPolygonsError(message)
    rows = table.drop(columns="geometry").to_dict("records")
    return tuple(
        Feature(
            position=position,
            properties={name: _plain(value) for name, value in row.items()},
            shape=shape,
            geometry_type=geometry_type,
        )
        for position, (row, shape, geometry_type) in enumerate(
            zip(rows, shapes, types, strict=True), start=1
        )
    )


def _plain(value: Any) -> Value:
    import pandas

    if value is None or (pandas.api.types.is_scalar(value) and pandas.isna(value)):
        return None
    return value if isinstance(value, str | int | float | bool) else str(value)
