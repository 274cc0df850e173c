"""Do areas that should cover a city overlap, or leave gaps between them?"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import shapely
from shapely import MultiPolygon, Polygon, STRtree
from shapely.geometry.base import BaseGeometry

from geo.shapes import WGS84, polygons_of, reproject

# What is smaller is a rounding error of coordinates, not a fault of the survey.
NOTICEABLE_M2 = 0.1
# A strip between neighbours that is open to the outside counts as a gap, not as land
# of the neighbouring municipality, where it is narrower than this.
STRIP_METRES = 5.0
# How near an area must come to a gap to be named as its neighbour.
TOUCHING_METRES = 0.5
# Corners sharper than about six degrees are cut off when strips are looked for.
MITRE_LIMIT = 20.0


@dataclass(frozen=True)
class Fault:
    """A place where two areas overlap, or where a gap is left between areas.

    `between` holds the keys of the areas, `square_metres` is measured in the planners'
    CRS, `lon` and `lat` (EPSG:4326) are a point inside the largest part of the fault.
    """

    between: tuple[str, ...]
    square_metres: float
    lon: float
    lat: float


@dataclass(frozen=True)
class Coverage:
    """The faults of a coverage, the largest first.

    `overlaps` has one entry for each pair of areas, `gaps` one for each place.
    """

    overlaps: tuple[Fault, ...]
    gaps: tuple[Fault, ...]


def check_coverage(areas: Mapping[str, MultiPolygon], *, srid: int) -> Coverage:
    """Find what is covered twice and what not at all.

    `areas` are valid and not empty, in EPSG:4326, under the keys that name them; `srid` is the EPSG
    code of a metric CRS to measure in. Gaps are the holes in the union of all areas,
    and narrow strips between neighbours that are open to the outside.

    Overlaps and holes are sought in degrees, as the areas are stored, and only measured
    in metres: an edge that is straight in one CRS bends in the other.
    """
    if not areas:
        return Coverage((), ())
    keys = tuple(areas)
    shapes = tuple(areas.values())
    metric = f"EPSG:{srid}"
    return Coverage(
        overlaps=_largest_first(_overlaps(keys, shapes, metric)),
        gaps=_largest_first(_gaps(keys, shapes, metric)),
    )


def differing_area(one: MultiPolygon, other: MultiPolygon, *, srid: int) -> float:
    """Return how many m² belong to one of two areas only, in the metric CRS `srid`."""
    difference = polygons_of(one.symmetric_difference(other))
    (measured,) = reproject([difference], WGS84, f"EPSG:{srid}")
    return measured.area


def _largest_first(faults: Iterator[Fault]) -> tuple[Fault, ...]:
    noticeable = [fault for fault in faults if fault.square_metres >= NOTICEABLE_M2]
    return tuple(sorted(noticeable, key=lambda fault: -fault.square_metres))


def _overlaps(
    keys: Sequence[str], shapes: Sequence[MultiPolygon], metric: str
) -> Iterator[Fault]:
    firsts, seconds = STRtree(shapes).query(shapes, predicate="intersects")
    pairs = [(i, j) for i, j in zip(firsts, seconds, strict=True) if i < j]
    common = [polygons_of(shapes[i].intersection(shapes[j])) for i, j in pairs]
    for (i, j), shape, measured in zip(
        pairs, common, reproject(common, WGS84, metric), strict=True
    ):
        if not shape.is_empty:
            yield _fault((keys[i], keys[j]), shape, measured.area)


def _gaps(
    keys: Sequence[str], shapes: Sequence[MultiPolygon], metric: str
) -> Iterator[Fault]:
    neighbours = STRtree(reproject(shapes, WGS84, metric))

    def between(gap: BaseGeometry) -> tuple[str, ...]:
        near = neighbours.query(gap, predicate="dwithin", distance=TOUCHING_METRES)
        return tuple(keys[index] for index in sorted(near))

    union = polygons_of(shapely.union_all(shapes))
    # The outside alone: whatever lies in a hole of it is filled over.
    outline = shapely.union_all([Polygon(part.exterior) for part in union.geoms])
    holes = polygons_of(outline.difference(union)).geoms
    for hole, measured in zip(holes, reproject(holes, WGS84, metric), strict=True):
        yield _fault(between(measured), polygons_of(hole), measured.area)

    strips = _strips(*reproject([outline], WGS84, metric))
    for strip, measured in zip(reproject(strips, metric, WGS84), strips, strict=True):
        # A bay in the outline of one area alone is just its shape.
        if len(around := between(measured)) > 1:
            yield _fault(around, polygons_of(strip), measured.area)


def _strips(outline: BaseGeometry) -> list[Polygon]:
    """Return what a brush of the strip's width fills along a metric outline."""
    radius = STRIP_METRES / 2
    # Mitred on the way back, so that corners do not come out rounded and look like gaps.
    brushed = outline.buffer(radius).buffer(
        -radius, join_style="mitre", mitre_limit=MITRE_LIMIT
    )
    return list(polygons_of(brushed.difference(outline)).geoms)


def _fault(between: tuple[str, ...], shape: MultiPolygon, area: float) -> Fault:
    inside = max(shape.geoms, key=lambda part: part.area).representative_point()
    return Fault(between, area, inside.x, inside.y)
