"""Repairing, comparing and measuring areas."""

import math

import pytest
from shapely import GeometryCollection, LineString, MultiPolygon, Point, Polygon, box

from geo.shapes import (
    area_of_use,
    from_wkb,
    lies_within,
    polygons_of,
    repair,
    reproject,
    same_shape,
)

SQUARE = MultiPolygon([box(7, 49, 8, 50)])
BOW_TIE = MultiPolygon([Polygon([(0, 0), (2, 2), (2, 0), (0, 2)])])


def test_only_areas_are_kept():
    mixed = GeometryCollection([Point(0, 0), LineString([(0, 0), (1, 1)]), SQUARE])

    assert polygons_of(mixed) == SQUARE
    assert polygons_of(Point(0, 0)).is_empty
    assert polygons_of(Polygon()).is_empty
    assert polygons_of(None).is_empty


def test_areas_come_from_binary():
    assert from_wkb(box(7, 49, 8, 50).wkb) == SQUARE


def test_a_valid_area_needs_no_repair():
    mended = repair(SQUARE)

    assert mended.shape is SQUARE
    assert mended.problem == ""


def test_a_crossing_ring_is_repaired_and_its_place_named():
    mended = repair(BOW_TIE)

    assert mended.shape.is_valid
    assert mended.shape.area == 2
    assert "Self-intersection[1 1]" in mended.problem


def test_parts_that_overlap_become_one():
    mended = repair(MultiPolygon([box(0, 0, 2, 2), box(1, 0, 3, 2)]))

    assert mended.shape.area == 6


def test_what_has_no_area_is_empty_after_repair():
    flat = MultiPolygon([Polygon([(0, 0), (1, 1), (2, 2)])])

    assert repair(flat).shape.is_empty


def test_the_same_area_may_start_and_turn_otherwise():
    other = MultiPolygon([Polygon([(8, 50), (8, 49), (7.5, 49), (7, 49), (7, 50)])])

    assert same_shape(SQUARE, SQUARE)
    assert same_shape(SQUARE, other)


def test_a_centimetre_is_no_change_but_a_metre_is():
    assert same_shape(SQUARE, MultiPolygon([box(7, 49, 8, 50 + 9e-8)]))
    assert not same_shape(SQUARE, MultiPolygon([box(7, 49, 8, 50 + 1e-5)]))


def test_a_new_hole_is_a_change():
    with_hole = polygons_of(SQUARE.difference(box(7.4, 49.4, 7.6, 49.6)))

    assert not same_shape(SQUARE, with_hole)


@pytest.mark.parametrize(
    ("shape", "within"),
    [
        (SQUARE, True),
        (MultiPolygon([box(410_000, 5_475_000, 411_000, 5_476_000)]), False),
        (MultiPolygon([box(49, 7, 50, 8)]), False),
        (MultiPolygon([box(7, 49, 13, 50)]), False),
        (MultiPolygon([Polygon([(7, 49), (8, 49), (math.inf, 50)])]), False),
    ],
)
def test_swapped_or_metric_coordinates_are_outside_the_zone(shape, within):
    assert lies_within(shape, area_of_use(25832)) is within


def test_longitude_comes_first():
    (point,) = reproject([Point(9, 49)], "EPSG:4326", "EPSG:25832")

    # 9° is the central meridian of the zone.
    assert point.bounds[:2] == pytest.approx((500_000, 5_427_000), abs=1_000)
