"""Finding what is covered twice, and what not at all."""

import pytest
from shapely import MultiPolygon, Polygon, box
from shapely.affinity import translate

from geo.coverage import Coverage, check_coverage, differing_area
from geo.shapes import polygons_of, reproject

METRIC = 25832


def check(**areas):
    """Check areas drawn in metres around a point near Kaiserslautern."""
    placed = [translate(area, 410_000, 5_475_000) for area in areas.values()]
    degrees = reproject(placed, "EPSG:25832", "EPSG:4326")
    shapes = {
        key: polygons_of(shape) for key, shape in zip(areas, degrees, strict=True)
    }
    return check_coverage(shapes, srid=METRIC)


def place(fault):
    """Return where a fault is, in the metres of `check`."""
    (point,) = reproject(
        [box(fault.lon, fault.lat, fault.lon, fault.lat).centroid],
        "EPSG:4326",
        "EPSG:25832",
    )
    x, y, *_ = point.bounds
    return x - 410_000, y - 5_475_000


def test_neighbours_that_share_an_edge_are_fine():
    found = check(west=box(0, 0, 100, 100), east=box(100, 0, 200, 100))

    assert found.overlaps == ()
    assert found.gaps == ()


def test_areas_that_do_not_touch_are_fine():
    found = check(here=box(0, 0, 100, 100), there=box(300, 0, 400, 100))

    assert (found.overlaps, found.gaps) == ((), ())


def test_one_area_alone_is_fine():
    assert check(only=box(0, 0, 100, 100)).gaps == ()


def test_an_overlap_is_measured_and_placed():
    found = check(west=box(0, 0, 103, 100), east=box(100, 0, 200, 100))

    (overlap,) = found.overlaps
    assert overlap.between == ("west", "east")
    assert overlap.square_metres == pytest.approx(300, rel=1e-3)
    x, y = place(overlap)
    assert 100 < x < 103
    assert 0 < y < 100
    assert found.gaps == ()


def test_a_pair_that_overlaps_twice_is_one_fault():
    islands = MultiPolygon([box(150, 80, 155, 90), box(150, 10, 160, 20)])

    (overlap,) = check(west=islands, east=box(100, 0, 200, 100)).overlaps

    assert overlap.square_metres == pytest.approx(150, rel=1e-3)
    assert 10 < place(overlap)[1] < 20  # in the larger part


def test_the_largest_fault_comes_first():
    found = check(
        a=box(0, 0, 101, 100), b=box(100, 0, 205, 100), c=box(200, 0, 300, 100)
    )

    assert [overlap.between for overlap in found.overlaps] == [("b", "c"), ("a", "b")]


def test_one_inside_the_other_is_an_overlap_of_all_of_it():
    (overlap,) = check(outer=box(0, 0, 100, 100), inner=box(40, 40, 50, 50)).overlaps

    assert overlap.square_metres == pytest.approx(100, rel=1e-3)


def test_a_hole_between_areas_is_a_gap():
    lower = Polygon(
        [(0, 0), (100, 0), (100, 50), (60, 50), (50, 40), (40, 50), (0, 50)]
    )

    found = check(lower=lower, upper=box(0, 50, 100, 100))

    (gap,) = found.gaps
    assert gap.between == ("lower", "upper")
    assert gap.square_metres == pytest.approx(100, rel=1e-3)
    x, y = place(gap)
    assert 40 < x < 60
    assert 40 < y < 50
    assert found.overlaps == ()


def test_a_hole_in_one_area_is_a_gap_unless_another_fills_it():
    ring = box(0, 0, 100, 100).difference(box(40, 40, 60, 60))

    (gap,) = check(ring=ring).gaps
    filled = check(ring=ring, core=box(40, 40, 60, 60))
    (moat,) = check(ring=ring, core=box(42, 42, 58, 58)).gaps

    assert gap.between == ("ring",)
    assert gap.square_metres == pytest.approx(400, rel=1e-3)
    assert filled.gaps == ()
    assert moat.between == ("ring", "core")
    assert moat.square_metres == pytest.approx(400 - 256, rel=1e-3)


def test_a_strip_open_to_the_outside_is_a_gap():
    (gap,) = check(west=box(0, 0, 98, 100), east=box(100, 0, 200, 100)).gaps

    assert gap.between == ("west", "east")
    assert gap.square_metres == pytest.approx(200, rel=1e-2)


def test_a_wedge_open_to_the_outside_is_a_gap():
    wedge = Polygon([(0, 0), (100, 0), (97, 100), (0, 100)])

    (gap,) = check(west=wedge, east=box(100, 0, 200, 100)).gaps

    assert gap.square_metres == pytest.approx(150, rel=2e-2)


def test_land_of_others_between_areas_is_no_gap():
    found = check(west=box(0, 0, 90, 100), east=box(100, 0, 200, 100))

    assert found.gaps == ()


def test_corners_and_bays_of_the_outline_are_no_gaps():
    bay = box(0, 0, 100, 100).difference(box(40, 90, 43, 100))
    corner = Polygon([(100, 0), (200, 0), (200, 60), (100, 100)])

    assert check(west=bay, east=corner, south=box(0, -50, 150, 0)).gaps == ()


def test_rounding_errors_are_not_noticed():
    found = check(west=box(0, 0, 100 + 1e-6, 100), east=box(100, 0, 200, 100))

    assert found.overlaps == ()
    assert found.gaps == ()


def test_no_areas_have_no_faults():
    assert check() == Coverage(overlaps=(), gaps=())


def test_what_belongs_to_one_of_two_areas_is_measured():
    one, other = reproject(
        [
            box(410_000, 5_475_000, 410_100, 5_475_100),
            box(410_010, 5_475_000, 410_120, 5_475_100),
        ],
        "EPSG:25832",
        "EPSG:4326",
    )

    area = differing_area(polygons_of(one), polygons_of(other), srid=METRIC)

    assert area == pytest.approx(10 * 100 + 20 * 100, rel=1e-3)
