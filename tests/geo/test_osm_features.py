"""What is on the map of an object: its shape, cut at the edge, in one layer or several."""

from typing import Any

import osmium
import pytest
from shapely import LineString, MultiPolygon, Point, Polygon, box

from geo.osm.features import Edge, Thing, mercator_area, things
from geo.shapes import polygons_of
from tests.osm import Town

EDGE = Edge(polygons_of(box(7, 49, 8, 50)))
WOOD = {"natural": "wood"}
POND = {"natural": "water", "name": "Weiher"}


def told(shape, **tags):
    return {
        feature.meaning.layer: feature.shape
        for feature in Thing(shape, tags).features(EDGE)
    }


def test_points_within_the_edge():
    stop = {"highway": "bus_stop"}

    assert told(Point(7.5, 49.5), **stop) == {"public_transport": Point(7.5, 49.5)}
    assert told(Point(8.5, 49.5), **stop) == {}


def test_lines_are_cut_at_the_edge():
    (shape,) = told(LineString([(6.5, 49.5), (7.5, 49.5)]), highway="path").values()

    assert shape.equals(LineString([(7, 49.5), (7.5, 49.5)]))


def test_a_line_that_only_touches_the_edge_is_not_on_the_map():
    assert told(LineString([(6.5, 49.5), (7, 49.5)]), highway="path") == {}
    assert told(LineString([(6.5, 49.5), (6.6, 49.5)]), highway="path") == {}
    assert told(LineString([(7.1, 49.5), (7.2, 49.5)]), barrier="fence") == {}


def test_areas_are_cut_and_keep_their_whole_size():
    shape = polygons_of(box(6, 49.25, 7.5, 49.75))
    (wood,) = Thing(shape, {"natural": "water"}).features(EDGE)

    assert wood.shape.equals(box(7, 49.25, 7.5, 49.75))
    assert wood.meaning.properties["way_area"] == round(mercator_area(shape))


def test_a_name_stands_where_the_middle_is():
    assert set(told(polygons_of(box(7.1, 49.1, 7.2, 49.2)), **POND)) == {
        "water_polygons",
        "water_polygons_labels",
    }
    # Most of it lies beyond the edge, and so does its name.
    assert set(told(polygons_of(box(7.9, 49.1, 9.5, 49.2)), **POND)) == {
        "water_polygons"
    }


def test_an_area_that_crosses_itself_is_mended_before_it_is_cut():
    bow = Polygon([(6.5, 49.2), (7.5, 49.8), (7.5, 49.2), (6.5, 49.8)])

    shape = told(MultiPolygon([bow]), **WOOD)["land"]

    assert shape.is_valid
    assert shape.bounds == (7, 49.2, 7.5, 49.8)


def test_the_size_is_that_of_the_mercator_projection():
    # A minute of latitude and longitude at 60°, where Mercator stretches by two.
    minute = 1 / 60
    size = mercator_area(polygons_of(box(7, 60, 7 + minute, 60 + minute)))

    assert size == pytest.approx(2 * 1855.3**2, rel=1e-3)


# --- What is read from a file ---------------------------------------------------------


def read(town, tmp_path):
    return list(things(town.write(tmp_path / "town.osm")))


def kinds(found):
    return sorted(thing.shape.geom_type for thing in found)


def test_a_street_in_a_circle_is_a_line_and_a_square_an_area(tmp_path):
    circle, square = Town(), Town()
    circle.square(0.1, 0.1, 0.1, highway="residential", name="Ring")
    square.square(0.1, 0.1, 0.1, highway="pedestrian", area="yes")

    assert kinds(read(circle, tmp_path)) == ["LineString"]
    assert kinds(read(square, tmp_path)) == ["MultiPolygon"]


def test_what_has_no_tags_or_no_lines_is_left_out(tmp_path):
    town = Town()
    town.way((0.1, 0.1), (0.2, 0.2))
    town.way((0.1, 0.1), (0.2, 0.2), barrier="fence")

    assert read(town, tmp_path) == []


def test_rings_that_cross_are_no_area(tmp_path):
    town = Town()
    town.way((0.1, 0.1), (0.4, 0.4), (0.4, 0.1), (0.1, 0.4), (0.1, 0.1), building="yes")

    assert read(town, tmp_path) == []


def test_a_way_that_has_lost_nodes_goes_on_with_the_others(tmp_path):
    file = tmp_path / "rough.osm.pbf"
    node: Any = osmium.osm.mutable.Node
    way: Any = osmium.osm.mutable.Way
    with osmium.SimpleWriter(str(file)) as writer:
        writer.add_node(node(id=1, version=1, location=(7.5, 49.5)))
        writer.add_node(node(id=3, version=1, location=(7.75, 49.5)))
        whole = {"version": 1, "tags": {"highway": "path"}}
        writer.add_way(way(id=1, nodes=[1, 2, 3], **whole))
        writer.add_way(way(id=2, nodes=[1, 2], **whole))
        closed = {"version": 1, "tags": {"building": "yes"}}
        writer.add_way(way(id=3, nodes=[1, 2, 3, 1], **closed))

    (found,) = things(file)

    assert found.shape == LineString([(7.5, 49.5), (7.75, 49.5)])
