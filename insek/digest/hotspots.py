"""Places where many contributions lie close together (DBSCAN in the planners' metres)."""

from dataclasses import dataclass

from django.conf import settings
from django.contrib.gis.geos import GEOSGeometry, Polygon
from django.db import connection, transaction

from pins.models import PublicPin
from pins.models.public import PublicPinQuerySet
from pins.workflow import Status

METRES = 80
FEWEST = 5
# The range of what can be asked for.
LEAST_METRES, MOST_METRES = 20, 500
LEAST_PINS, MOST_PINS = 3, 100
MOST_SPOTS = 60
# Around the outermost contributions, so that a spot of one address is an area, too.
MARGIN = 25

# In the planners' CRS, where a metre is one on the ground.
_CLUSTERS = """
    WITH chosen AS (
        SELECT id, ST_Transform(location, {srid}) AS place
        FROM pins_publicpin WHERE id IN ({chosen})
    ),
    clustered AS (
        SELECT id, place,
            ST_ClusterDBSCAN(place, eps := %s, minpoints := %s) OVER (ORDER BY id)
                AS spot
        FROM chosen
    )
    SELECT array_agg(id ORDER BY id),
        ST_AsEWKB(ST_Transform(
            ST_Buffer(ST_ConvexHull(ST_Collect(place)), %s, 'quad_segs=4'), 4326
        ))
    FROM clustered WHERE spot IS NOT NULL
    GROUP BY spot
    ORDER BY count(*) DESC, min(id)
    LIMIT %s
"""


@dataclass(frozen=True)
class Spot:
    """Contributions close together, and the area (EPSG:4326) around them."""

    ids: list[int]
    geometry: Polygon


@dataclass(frozen=True)
class Closeness:
    """How close together how many must lie: neighbours within `metres` of one another."""

    metres: int = METRES
    fewest: int = FEWEST


def placed(pins: PublicPinQuerySet) -> PublicPinQuerySet:
    """Keep what has a place of its own: not that of a district, nor that of another."""
    return pins.filter(is_approximate=False).exclude(status=Status.DUPLICATE)


def find_spots(
    pins: PublicPinQuerySet | None = None, closeness: Closeness | None = None
) -> list[Spot]:
    """Return the hot spots among published contributions, at most 60, the largest first."""
    closeness = closeness or Closeness()
    wanted = placed(PublicPin.objects.all() if pins is None else pins)
    chosen, values = wanted.order_by().values("pk").query.sql_with_params()
    with transaction.atomic(), connection.cursor() as cursor:
        # Of a job: nobody waits for it.
        cursor.execute("SET LOCAL statement_timeout = '10min'")
        cursor.execute(
            _CLUSTERS.format(chosen=chosen, srid=int(settings.PLANNING_SRID)),
            [*values, closeness.metres, closeness.fewest, MARGIN, MOST_SPOTS],
        )
        rows = cursor.fetchall()
    return [Spot(ids, _polygon(wkb)) for ids, wkb in rows]


def _polygon(wkb: bytes) -> Polygon:
    shape = GEOSGeometry(memoryview(wkb))
    if not isinstance(shape, Polygon):  # pragma: no cover -- a buffer is one
        raise TypeError(shape.geom_type)
    return shape
