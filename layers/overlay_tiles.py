"""Vector tiles of an overlay's features (Mapbox Vector Tile 2.1), made by PostgreSQL."""

from django.db import connection

from layers.models import Overlay
from layers.tiles import Tile

LAYER = "overlay"
# Browsers magnify what is beyond; a vertex is then exact to a few centimetres.
MAX_ZOOM = 16
# From here on a feature carries its texts: a tile of the whole city would carry all.
TEXTS_FROM = 13
# Units of a tile's edge, as the statement below has them.
EXTENT = 4096
# Units beyond the edge that lines and outlines are drawn to; and what cannot be seen.
BUFFER, TOLERANCE = 64, 4
# Part of the ETag: raise it when the same features make another tile.
FORMAT = 1

_TILE = """
    SELECT ST_AsMVT(feature, 'overlay', 4096, 'geom', 'id') FROM (
        SELECT id, NULLIF(label, '') AS label,
            CASE WHEN %(has_texts)s THEN properties ELSE '{}'::jsonb END AS texts,
            ST_AsMVTGeom(
                ST_Simplify(mercator, %(tolerance)s, true), edge, 4096, 64, true
            ) AS geom
        FROM layers_overlayfeature, ST_TileEnvelope(%(z)s, %(x)s, %(y)s) AS edge
        WHERE overlay_id = %(overlay)s AND mercator && ST_Expand(edge, %(margin)s)
        ORDER BY id
    ) feature
    WHERE geom IS NOT NULL
"""


def make_tile(overlay: Overlay, tile: Tile) -> bytes:
    """Return the tile, b"" without features. One query.

    A feature of its layer `overlay` has an id, `label`, and, close by, its texts by the
    names of their columns.
    """
    unit = tile.size / EXTENT
    parameters = {
        "overlay": overlay.pk,
        "z": tile.z,
        "x": tile.x,
        "y": tile.y,
        "has_texts": tile.z >= TEXTS_FROM,
        "tolerance": unit * TOLERANCE,
        "margin": unit * BUFFER,
    }
    with connection.cursor() as cursor:
        cursor.execute(_TILE, parameters)
        row = cursor.fetchone()
    return bytes(row[0]) if row and row[0] else b""
