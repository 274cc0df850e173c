"""The features of a city's map, cut at its edge, out of a small OSM file."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import shapely
from shapely import LineString, MultiLineString, MultiPolygon, Point
from shapely.geometry.base import BaseGeometry

from geo.mercator import EARTH_RADIUS
from geo.osm import meanings
from geo.osm.tags import Meaning, Tags
from geo.shapes import polygons_of

# Ways that close and yet are lines.
LINE_KEYS = ("highway", "railway", "waterway", "aeroway")


@dataclass(frozen=True)
class Feature:
    """Something on the map: where (EPSG:4326), and what it is in one layer."""

    shape: BaseGeometry
    meaning: Meaning


@dataclass(frozen=True)
class Thing:
    """An object of OpenStreetMap with its whole shape (EPSG:4326), before it is cut."""

    shape: Point | LineString | MultiPolygon
    tags: Tags

    def features(self, edge: "Edge") -> Iterator[Feature]:
        """Return what is on the map of it, within the edge."""
        if isinstance(self.shape, Point):
            if edge.holds(self.shape):
                yield from _all(self.shape, meanings.of_point(self.tags))
        elif isinstance(self.shape, LineString):
            found = list(meanings.of_line(self.tags))
            if found and (part := edge.cut(self.shape)) is not None:
                yield from _all(part, iter(found))
        else:
            yield from self._of_area(self.shape, edge)

    def _of_area(self, shape: MultiPolygon, edge: "Edge") -> Iterator[Feature]:
        size = mercator_area(shape)
        found = list(meanings.of_area(self.tags, size))
        if found and (part := edge.cut(shape)) is not None:
            yield from _all(part, iter(found))
        named = list(meanings.of_middle_of_area(self.tags, size))
        if named:
            middle = shapely.point_on_surface(shape)
            if edge.holds(middle):
                yield from _all(middle, iter(named))


class Edge:
    """Where the map ends: an area in EPSG:4326."""

    def __init__(self, area: MultiPolygon) -> None:
        self._area = area
        shapely.prepare(self._area)

    def holds(self, point: Point) -> bool:
        """Tell whether a point is on the map."""
        return bool(shapely.intersects(self._area, point))

    def cut(self, shape: BaseGeometry) -> BaseGeometry | None:
        """Return the part of a line or an area that is on the map, if any."""
        if shapely.contains_properly(self._area, shape):
            return shape
        if not shapely.intersects(self._area, shape):
            return None
        if not shape.is_valid:
            shape = shapely.make_valid(shape)
        part = shapely.intersection(self._area, shape)
        kept = lines_of(part) if shape.length and not shape.area else polygons_of(part)
        return None if kept.is_empty else kept


def things(source: Path) -> Iterator[Thing]:
    """Read all nodes and ways with tags, and all areas, from an OSM file.

    An area comes once as an area, and as a line too where its tags may mean one.
    """
    import osmium

    factory = osmium.geom.WKBFactory()
    processor = (
        osmium.FileProcessor(source)
        .with_locations()
        .with_areas()
        .with_filter(osmium.filter.EmptyTagFilter())
    )
    for found in processor:
        shape = _shape(found, factory)
        if shape is not None:
            yield Thing(shape, dict(found.tags))


def mercator_area(shape: MultiPolygon) -> float:
    """Return the m² of a small area in the Mercator projection, as Shortbread counts."""
    _west, south, _east, north = shape.bounds
    metres = math.radians(1) * EARTH_RADIUS
    stretch = 1 / math.cos(math.radians((south + north) / 2))
    return float(shape.area * metres * metres * stretch)


def lines_of(geometry: BaseGeometry) -> MultiLineString:
    """Return the lines of a geometry; what else there is is left out."""
    parts = shapely.get_parts(shapely.get_parts(geometry))
    return MultiLineString([part for part in parts if isinstance(part, LineString)])


def _all(shape: BaseGeometry, found: Iterator[Meaning]) -> Iterator[Feature]:
    for meaning in found:
        yield Feature(shape, meaning)


def _shape(found: Any, factory: Any) -> Point | LineString | MultiPolygon | None:
    """Return the shape of a node, way or area; None where it has none of use."""
    if found.is_node():
        return Point(found.lon, found.lat) if found.location.valid() else None
    if found.is_area():
        return _area(found, factory)
    if not found.is_way() or not any(key in found.tags for key in LINE_KEYS):
        return None
    if found.is_closed() and found.tags.get("area") == "yes":
        return None
    # An extract that was cut roughly lacks nodes of the ways that leave it.
    points = [(node.lon, node.lat) for node in found.nodes if node.location.valid()]
    return LineString(points) if len(set(points)) > 1 else None


def _area(found: Any, factory: Any) -> MultiPolygon | None:
    from_street = found.from_way() and "highway" in found.tags
    if from_street and not meanings.is_street_area(found.tags):
        return None
    try:
        return polygons_of(shapely.from_wkb(factory.create_multipolygon(found)))
    except RuntimeError:
        # Rings that do not close or cross each other: osmium makes no area of them.
        return None
