"""Vector tiles of the public pins (Mapbox Vector Tile 2.1), made by PostgreSQL.

Up to zoom 13 the pins of a cell become one cluster, from the counts kept ready
(`PublicCell`); from zoom 14 on each pin is a point, unless the tile holds too many of
them. What a tile costs is bounded whatever the number of pins (ADR 0010).
"""

from typing import Any

from django.contrib.gis.geos import Polygon
from django.db import connection
from django.db.models import Func, IntegerField, QuerySet, Value
from django.db.models.functions import Round

from geo.functions import Latitude, Longitude
from layers.tiles import Tile
from pins.filters import PinFilter
from pins.models import PublicPin
from pins.models.cells import LEVELS, WHOLE, PublicCell, PublicCluster
from pins.models.public import PublicPinQuerySet

MAX_ZOOM = 18
# From here on a pin is a point.
POINTS_FROM = 14
# More than these in one tile, whose markers would cover it, are shown as clusters all the
# same (ADR 0062).
POINT_LIMIT = 256
# Of a tile's edge, as the counts have it.
CELLS = 8
# Part of the ETag: raise it when the same pins make another tile.
FORMAT = 3

_NAMES = {
    "points": "id, reference, kind, theme, status, support, place",
    "counted": "cell, n, sum_x, sum_y, sum_id",
}
_TILE = """
    SELECT ST_AsMVT(feature, 'pins', 4096, 'geom', 'id') FROM (
        SELECT id, reference, kind, theme, status, support, n, ST_AsMVTGeom(
            place, ST_MakeEnvelope(%s, %s, %s, %s, 3857), 4096, 0, false
        ) AS geom
        FROM ({features}) shown
        -- A point on an edge belongs to one tile: east and south of it.
        WHERE ST_X(place) >= %s AND ST_X(place) < %s
          AND ST_Y(place) > %s AND ST_Y(place) <= %s
    ) feature
"""
_POINTS = """
    SELECT id, reference, kind, theme, status, support, NULL::bigint AS n, place
    FROM points
"""
# A pin that is alone in its cell is that pin; where `sum_id` says which one.
_CLUSTERS = """
    SELECT pin.id, pin.reference, pin.kind, pin.theme_slug AS theme, pin.status,
        pin.support_count AS support, NULLIF(cells.n, 1) AS n,
        COALESCE(pin.mercator, ST_SetSRID(ST_MakePoint({x}, {y}), 3857)) AS place
    FROM (
        SELECT cell, sum(n) AS n, sum(sum_x) AS x, sum(sum_y) AS y, sum(sum_id)::bigint AS only
        FROM counted GROUP BY cell
    ) cells
    LEFT JOIN pins_publicpin pin ON cells.n = 1 AND pin.id = cells.only
"""
_MIDDLE = {"x": "cells.x::float / cells.n", "y": "cells.y::float / cells.n"}
# Not nearer to the edges of its cell than a fifth: the circles of neighbouring cells
# would lie on each other, and hide each other's numbers.
_APART = {
    "x": f"""LEAST(GREATEST({_MIDDLE["x"]}, {{west}} + ((cells.cell & 7) + 0.2) * {{cell}}),
        {{west}} + ((cells.cell & 7) + 0.8) * {{cell}})""",
    "y": f"""LEAST(GREATEST({_MIDDLE["y"]}, {{north}} - ((cells.cell >> 3) + 0.8) * {{cell}}),
        {{north}} - ((cells.cell >> 3) + 0.2) * {{cell}})""",
}


class CellOf(Func):
    """The number of the cell of its tile in which a point (EPSG:3857) lies.

    As the database function `pins_cells_at` has it.
    """

    template = (
        "((floor((0.5 - ST_Y(%(expressions)s) / 40075016.68557849) * (8 << %(zoom)s))"
        "::integer & 7) * 8 + "
        "(floor((ST_X(%(expressions)s) / 40075016.68557849 + 0.5) * (8 << %(zoom)s))"
        "::integer & 7))"
    )
    output_field = IntegerField()

    def __init__(self, expression: Any, *, zoom: int) -> None:
        super().__init__(expression, zoom=zoom)


def make_tile(tile: Tile, filters: PinFilter) -> bytes:
    """Return the tile with the pins that pass, b"" without any. One query.

    The layer `pins` holds pins (feature id; reference, kind, theme, status, support) and
    clusters (n). Only after `filters.is_valid()`.
    """
    if tile.z > max(LEVELS):
        return _fetch(tile, {"points": _points(tile, filters)}, _POINTS)
    counted = _counted(tile, filters)
    clusters = _clusters(tile)
    if tile.z < POINTS_FROM:
        return _fetch(tile, {"counted": counted}, clusters)
    total = "(SELECT sum(n) FROM counted)"
    return _fetch(
        tile,
        {"counted": counted, "points": _points(tile, filters)},
        f"({_POINTS} WHERE {total} <= {POINT_LIMIT}) UNION ALL "
        f"({clusters} WHERE {total} > {POINT_LIMIT})",
    )


def _clusters(tile: Tile) -> str:
    """Return the SQL of the clusters of a tile from what is counted."""
    if tile.z < LEVELS[1]:
        # The whole city is one cell, of no tile.
        return _CLUSTERS.format(**_MIDDLE)
    west, _south, _east, north = tile.bounds
    cell = tile.size / CELLS
    places = {k: v.format(west=west, north=north, cell=cell) for k, v in _APART.items()}
    return _CLUSTERS.format(**places)


def _counted(tile: Tile, filters: PinFilter) -> QuerySet[Any, Any]:
    """Return counts per cell: of this tile, or of the whole city where that is less."""
    if filters.has_words:
        # Whatever somebody may look for cannot be counted before.
        found = _inside(tile) if tile.z >= LEVELS[1] else PublicPin.objects.all()
        return (
            filters.apply(found)
            .order_by()
            .values_list(
                CellOf("mercator", zoom=tile.z),
                Value(1),
                Round(Longitude("mercator")),
                Round(Latitude("mercator")),
                "id",
            )
        )
    place = (
        {"zoom": tile.z, "tile_x": tile.x, "tile_y": tile.y}
        if tile.z >= LEVELS[1]
        else {"zoom": WHOLE}
    )
    counts = (
        PublicCell.objects.filter(filters.conditions())
        if filters.leaves_out()
        else PublicCluster.objects.all()
    )
    return counts.filter(**place).values_list("cell", "n", "sum_x", "sum_y", "sum_id")


def _inside(tile: Tile) -> PublicPinQuerySet:
    area = Polygon.from_bbox(tile.bounds)
    area.srid = 3857
    return PublicPin.objects.filter(mercator__bboverlaps=area)


def _points(tile: Tile, filters: PinFilter) -> QuerySet[Any, Any]:
    return (
        filters.apply(_inside(tile))
        .order_by()
        .values_list(
            "id",
            "reference",
            "kind",
            "theme_slug",
            "status",
            "support_count",
            "mercator",
        )
    )


def _fetch(tile: Tile, tables: dict[str, QuerySet[Any, Any]], features: str) -> bytes:
    named: list[str] = []
    parameters: list[Any] = []
    for name, rows in tables.items():
        sql, values = rows.query.sql_with_params()
        named.append(f"{name} ({_NAMES[name]}) AS ({sql})")
        parameters += values
    west, south, east, north = tile.bounds
    statement = f"WITH {', '.join(named)} {_TILE.format(features=features)}"
    parameters += [west, south, east, north, west, east, south, north]
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        (found,) = cursor.fetchone()
    return bytes(found)
