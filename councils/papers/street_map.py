"""The look of the ground on paper: land, water, streets with their names, buildings."""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from councils.papers import svg
from councils.papers.frames import Point
from councils.papers.ground import Ground, Shape

LAND, WATER, BUILDING = "#f7f6f3", "#b9d6ec", "#ddd8d0"
BUILDING_EDGE, EDGE, LABEL = "#c9c2b8", "#c9c5bd", "#3d434c"
AREAS = {
    "#d3e4cb": ("forest", "wood"),
    "#d7e9cd": (
        *("park", "garden", "village_green", "cemetery", "grave_yard", "playground"),
        *("dog_park", "pitch", "sports_centre", "sports_center", "stadium"),
    ),
    "#e5efdc": (
        *("grass", "grassland", "meadow", "scrub", "heath", "recreation_ground"),
        *("allotments", "orchard", "vineyard"),
    ),
    "#f4f2e6": ("farmland", "farmyard"),
    "#ebebee": ("industrial", "commercial", "retail", "railway", "garages"),
    "#f0eeea": ("residential", "construction"),
}
COLOURS = {kind: colour for colour, kinds in AREAS.items() for kind in kinds}
# Width on the ground in metres, the least on the paper in units, and the colour.
STREETS = {
    "footway": (1.5, 0, "#bfae97"),
    "path": (1.5, 0, "#bfae97"),
    "cycleway": (2, 0, "#bfae97"),
    "steps": (2, 0, "#bfae97"),
    "track": (2.5, 0, "#bfae97"),
    "rail": (2, 0.8, "#8f96a3"),
    "service": (4, 0, "#ffffff"),
    "pedestrian": (6, 0, "#ffffff"),
    "living_street": (6, 0, "#ffffff"),
    "residential": (7, 0, "#ffffff"),
    "unclassified": (7, 0, "#ffffff"),
    "tertiary": (9, 1, "#fbe9c3"),
    "secondary": (10, 1.4, "#fbe9c3"),
    "primary": (11, 1.8, "#fbe9c3"),
    "trunk": (14, 2.2, "#f5d6a6"),
    "motorway": (18, 2.6, "#f5d6a6"),
}
# What is narrower on the paper is left out, and what is coarser has no houses.
LEAST_WIDTH, BUILDING_METRES = 0.9, 3.0
LABEL_SIZE, LETTER = 10.0, 0.46
# Enough to know one’s way: more of them fill a paper of 200 maps with letters.
MOST_LABELS = 16


def draw_ground(ground: Ground, taken: Sequence[Point]) -> list[str]:
    """Return the elements of the ground, from the lowest to the names.

    No name is written over what is `taken`.
    """
    return [*draw_shapes(ground), *_labels(ground, taken)]


def draw_shapes(ground: Ground) -> list[str]:
    """Return the elements of the ground without any names, from the lowest on."""
    frame = ground.frame
    layers = [svg.element("rect", width=frame.width, height=frame.height, fill=LAND)]
    layers += _land(ground)
    layers += _areas(ground, "water_polygons", WATER)
    layers.append(_lines(_of(ground, "water_lines"), WATER, max(0.8, 3 / frame.metres)))
    layers += _areas(ground, "street_polygons", "#ffffff")
    layers += _streets(ground)
    if frame.metres < BUILDING_METRES:
        layers += _areas(ground, "buildings", BUILDING, edge=BUILDING_EDGE)
    return [layer for layer in layers if layer]


def _land(ground: Ground) -> list[str]:
    by_colour: dict[str, list[list[Point]]] = defaultdict(list)
    for shape, lines in ground.shapes("land"):
        if shape.kind in COLOURS:
            by_colour[COLOURS[shape.kind]] += lines
    # Quarters lie below the parks in them.
    order = [*reversed(AREAS)]
    return [
        svg.element(
            "path",
            d=svg.path_of(by_colour[colour], closed=True),
            fill=colour,
        )
        for colour in order
        if by_colour[colour]
    ]


def _areas(ground: Ground, layer: str, fill: str, edge: str = "") -> list[str]:
    lines = [line for s, found in ground.shapes(layer) if s.is_area for line in found]
    if not lines:
        return []
    return [
        svg.element(
            "path",
            d=svg.path_of(lines, closed=True),
            fill=fill,
            stroke=edge or "none",
            stroke_width=0.4,
        )
    ]


def _of(ground: Ground, layer: str) -> Iterator[list[Point]]:
    for shape, lines in ground.shapes(layer):
        if not (shape.is_area or shape.is_hidden):
            yield from lines


def _lines(lines: Iterable[list[Point]], colour: str, width: float) -> str:
    path = svg.path_of(lines, closed=False)
    if not path:
        return ""
    return svg.element(
        "path",
        d=path,
        fill="none",
        stroke=colour,
        stroke_width=width,
        stroke_linecap="round",
        stroke_linejoin="round",
    )


def _streets(ground: Ground) -> list[str]:
    by_kind: dict[str, list[list[Point]]] = defaultdict(list)
    for shape, lines in ground.shapes("streets"):
        if not shape.is_hidden:
            by_kind[shape.kind] += lines
    edges, fillings = [], []
    for kind, (metres, least, colour) in STREETS.items():
        width = max(metres / ground.frame.metres, least)
        if width < LEAST_WIDTH or not by_kind[kind]:
            continue
        if metres >= STREETS["service"][0]:
            edges.append(_lines(by_kind[kind], EDGE, width + 1.2))
        fillings.append(_lines(by_kind[kind], colour, min(width, 20)))
    return edges + fillings


@dataclass(frozen=True)
class _Label:
    """A street's name where it has room: around a place, at an angle in degrees."""

    name: str
    at: Point
    angle: float
    room: float

    @property
    def width(self) -> float:
        return len(self.name) * LABEL_SIZE * LETTER

    @property
    def circles(self) -> list[Point]:
        """Places along the name, closer to each other than it is high."""
        turn, half = math.radians(self.angle), self.width / 2
        steps = max(1, round(self.width / LABEL_SIZE))
        return [
            (
                self.at[0] + (2 * n / steps - 1) * half * math.cos(turn),
                self.at[1] + (2 * n / steps - 1) * half * math.sin(turn),
            )
            for n in range(steps + 1)
        ]


def _labels(ground: Ground, taken: Sequence[Point]) -> list[str]:
    best: dict[str, _Label] = {}
    for shape, lines in ground.shapes("street_labels"):
        for line in lines:
            label = _label(shape, line, ground)
            if label and (shape.name not in best or best[shape.name].room < label.room):
                best[shape.name] = label
    occupied: list[Point] = [*taken]
    names: list[str] = []
    for label in sorted(best.values(), key=lambda found: -found.room):
        if len(names) == MOST_LABELS:
            break
        if not svg.collide(label.circles, occupied, 1.3 * LABEL_SIZE):
            occupied += label.circles
            names.append(_name(label))
    return names


def _label(shape: Shape, line: list[Point], ground: Ground) -> _Label | None:
    """Return the name along the longest straight part of a street that is seen."""
    if not shape.name or shape.is_area or len(line) < 2:
        return None
    start, end = max(pairwise(line), key=lambda pair: math.dist(*pair))
    clipped = _seen_part(start, end, ground)
    if clipped is None:
        return None
    start, end = clipped
    angle = math.degrees(math.atan2(end[1] - start[1], end[0] - start[0]))
    if abs(angle) > 90:
        angle -= math.copysign(180, angle)
    at = (start[0] + end[0]) / 2, (start[1] + end[1]) / 2
    label = _Label(shape.name, at, angle, math.dist(start, end))
    is_inside = all(ground.frame.holds(c, margin=6) for c in label.circles)
    return label if is_inside and label.room > 0.6 * label.width else None


def _seen_part(start: Point, end: Point, ground: Ground) -> tuple[Point, Point] | None:
    """Return what of a line lies within the picture (Liang and Barsky)."""
    first, last = 0.0, 1.0
    for axis, size in ((0, ground.frame.width), (1, ground.frame.height)):
        step = end[axis] - start[axis]
        for direction, room in ((-step, start[axis]), (step, size - start[axis])):
            if direction == 0:
                if room < 0:
                    return None
            elif direction < 0:
                first = max(first, room / direction)
            else:
                last = min(last, room / direction)
    if first >= last:
        return None
    along = [
        (start[0] + t * (end[0] - start[0]), start[1] + t * (end[1] - start[1]))
        for t in (first, last)
    ]
    return along[0], along[1]


def _name(label: _Label) -> str:
    return svg.words(
        label.name,
        label.at,
        size=LABEL_SIZE,
        colour=LABEL,
        angle=label.angle,
        has_rim=False,
    )
