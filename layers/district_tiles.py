"""Vector tiles of today's districts (Mapbox Vector Tile 2.1), made by PostgreSQL."""

from django.db import connection

from districts.models import today
from layers.tiles import Tile

# What is beyond, programs magnify; a vertex is then exact to a few centimetres.
MAX_ZOOM = 14
# Part of the address: raise it when the same districts make another tile.
FORMAT = 1
FIELDS = {
    "number": "Number",
    "name": "String",
    "slug": "String",
    "kind": "String: ortsbezirk or kernstadt",
    "body": "String, the body that answers for the district",
}
LAYERS = {"districts": FIELDS, "district_names": FIELDS}

# Not simplified: neighbours that lose points apart from each other would part. A name's
# place belongs to the one tile that it lies in, south and east of the edges.
_TILE = """
    WITH here AS (
        SELECT ST_TileEnvelope(%(z)s, %(x)s, %(y)s) AS edge
    ), today AS (
        SELECT district.number::integer AS id, district.number::integer AS number,
            district.name, district.slug, district.kind, body.name AS body,
            ST_Transform(district.geometry, 3857) AS mercator
        FROM districts_district district
        JOIN districts_responsibility duty ON duty.district_id = district.id
            AND duty.valid_from <= %(day)s::date
            AND (duty.valid_to IS NULL OR duty.valid_to > %(day)s::date)
        JOIN districts_body body ON body.id = duty.body_id
        WHERE district.valid_from <= %(day)s::date
            AND (district.valid_to IS NULL OR district.valid_to > %(day)s::date)
    ), areas AS (
        SELECT id, number, name, slug, kind, body,
            ST_AsMVTGeom(mercator, edge, 4096, 64, true) AS geom
        FROM today, here
        WHERE mercator && ST_Expand(edge, 64 * (ST_XMax(edge) - ST_XMin(edge)) / 4096)
    ), places AS (
        SELECT id, number, name, slug, kind, body, ST_PointOnSurface(mercator) AS place
        FROM today
    ), names AS (
        SELECT id, number, name, slug, kind, body,
            ST_AsMVTGeom(place, edge, 4096, 0, false) AS geom
        FROM places, here
        WHERE ST_X(place) >= ST_XMin(edge) AND ST_X(place) < ST_XMax(edge)
            AND ST_Y(place) > ST_YMin(edge) AND ST_Y(place) <= ST_YMax(edge)
    )
    SELECT
        (SELECT ST_AsMVT(areas, 'districts', 4096, 'geom', 'id') FROM areas
            WHERE geom IS NOT NULL)
        || (SELECT ST_AsMVT(names, 'district_names', 4096, 'geom', 'id') FROM names)
"""


def make_tile(tile: Tile) -> bytes:
    """Return the tile, b"" where no district is. One query.

    Its layer `districts` holds areas, `district_names` a point inside of each, both with
    the district's number as id and the `FIELDS`.
    """
    grid = {"z": tile.z, "x": tile.x, "y": tile.y}
    parameters: dict[str, int | str] = {**grid, "day": today().isoformat()}
    with connection.cursor() as cursor:
        cursor.execute(_TILE, parameters)
        (found,) = cursor.fetchone()
    return bytes(found)
