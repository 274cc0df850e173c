"""The look of the ground on paper: what is drawn, how thick, and which names have room.

The tile lies in the corner of the picture, and its units are metres.
"""

import re

import pytest

from councils.papers.frames import Frame
from councils.papers.ground import Ground, Shape, Tile
from councils.papers.street_map import (
    BUILDING,
    COLOURS,
    EDGE,
    MOST_LABELS,
    STREETS,
    WATER,
    draw_ground,
)

WIDTH, HEIGHT = 640, 400
ACROSS = [(0, 200), (640, 200)]
HOUSE = [(10, 10), (90, 10), (90, 90), (10, 90)]


def line(*points, kind="", name="", is_hidden=False):
    return Shape(kind, name, is_area=False, is_hidden=is_hidden, lines=[list(points)])


def area(*points, kind="", name=""):
    return Shape(kind, name, is_area=True, is_hidden=False, lines=[list(points)])


def drawn(metres=1.0, taken=(), **layers):
    middle = WIDTH / 2 * metres, -HEIGHT / 2 * metres
    frame = Frame(middle, WIDTH, HEIGHT, metres)
    # At this zoom a tile is as many metres wide as it has units.
    n = 1 << 13
    tile = Tile(14, n, n, dict.fromkeys(layers, 2446), layers)
    return draw_ground(Ground(frame, [tile], ""), taken)


def names(elements):
    return [
        found[1] for e in elements if (found := re.search(r"<text.*>(.*)</text>", e))
    ]


def test_land_that_has_no_colour_is_left_white():
    meadow, unknown = (area(*HOUSE, kind=k) for k in ("meadow", "unheard of"))

    assert COLOURS["meadow"] in "".join(drawn(land=[meadow, unknown]))
    # Nothing but the paper.
    assert len(drawn(land=[unknown])) == 1


def test_what_runs_below_the_ground_is_not_drawn():
    brook = line(*ACROSS, kind="stream")
    street = line(*ACROSS, kind="primary")
    pipe = line(*ACROSS, kind="stream", is_hidden=True)
    tunnel = line(*ACROSS, kind="primary", is_hidden=True)

    seen = "".join(drawn(water_lines=[brook], streets=[street]))
    assert WATER in seen
    assert STREETS["primary"][2] in seen
    assert len(drawn(water_lines=[pipe], streets=[tunnel])) == 1


@pytest.mark.parametrize(("metres", "has_houses"), [(1.0, True), (3.0, False)])
def test_a_coarse_map_has_no_houses(metres, has_houses):
    picture = "".join(drawn(metres, buildings=[area(*HOUSE)]))

    assert (BUILDING in picture) == has_houses


@pytest.mark.parametrize(
    ("kind", "metres", "is_seen", "has_edge"),
    [
        ("service", 1.0, True, True),
        ("footway", 1.0, True, False),
        ("footway", 3.0, False, False),
        # However coarse: the streets that one goes by.
        ("motorway", 50.0, True, True),
    ],
)
def test_how_a_street_is_drawn(kind, metres, is_seen, has_edge):
    picture = "".join(drawn(metres, streets=[line(*ACROSS, kind=kind)]))

    assert (f'stroke="{STREETS[kind][2]}"' in picture) == is_seen
    assert (f'stroke="{EDGE}"' in picture) == has_edge


@pytest.mark.parametrize(
    "points",
    [
        pytest.param([(320, 200)], id="a point"),
        pytest.param([(300, 200), (330, 200)], id="shorter than the name"),
        pytest.param([(10, 10), (10, -20), (600, -20)], id="beside the picture"),
        pytest.param([(-200, 100), (100, -200)], id="past the corner"),
        pytest.param([(0, 2), (640, 2)], id="at the edge"),
    ],
)
def test_a_street_with_no_room_for_its_name(points):
    assert names(drawn(street_labels=[line(*points, name="Am Großen Weiher")])) == []


def test_only_streets_have_names():
    labels = [
        line(*ACROSS),
        area((0, 100), (640, 100), (640, 300), name="Marktplatz"),
        line(*ACROSS, name="Nordweg"),
    ]

    assert names(drawn(street_labels=labels)) == ["Nordweg"]


def test_no_name_stands_on_its_head():
    ways = [
        line((0, 60), (640, 60), name="Ostweg"),
        line((640, 120), (0, 120), name="Westweg"),
        line((500, 390), (300, 190), name="Bergweg"),
        line((200, 190), (20, 370), name="Talweg"),
    ]

    labels = drawn(street_labels=ways)[1:]

    assert sorted(names(labels)) == ["Bergweg", "Ostweg", "Talweg", "Westweg"]
    for label in labels:
        turned = re.search(r"rotate\((-?[\d.]+) ", label)
        assert turned is None or abs(float(turned[1])) <= 90


def test_a_street_of_several_parts_is_named_once_where_there_is_most_room():
    parts = [
        line((0, 50), (200, 50), name="Ringstraße"),
        line((0, 350), (640, 350), name="Ringstraße"),
        line((0, 150), (300, 150), name="Ringstraße"),
    ]

    (label,) = drawn(street_labels=parts)[1:]

    assert 'y="353.3"' in label


def test_names_keep_off_the_marks_and_each_other():
    high, low = (line((0, y), (640, y), name=f"Weg {y}") for y in (200, 205))

    assert names(drawn(street_labels=[high, low])) == ["Weg 200"]
    assert names(drawn(taken=[(320, 200)], street_labels=[high])) == []
    assert names(drawn(taken=[(320, 300)], street_labels=[high])) == ["Weg 200"]


def test_names_do_not_fill_the_paper():
    ways = [line((0, y), (640, y), name=f"Weg {y}") for y in range(20, 380, 18)]
    assert len(ways) > MOST_LABELS

    assert len(names(drawn(street_labels=ways))) == MOST_LABELS
