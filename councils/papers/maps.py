"""Maps for papers, drawn as SVG from the own data alone: districts, tiles, contributions.

A unit of a picture is about a quarter of a millimetre on the paper.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.contrib.gis.db.models.functions import Transform

from councils.papers import svg
from councils.papers.frames import Frame, Point, box_around, frame_around
from councils.papers.ground import ground_of
from councils.papers.street_map import draw_ground
from districts.models import District
from geo.mercator import mercator

WIDTH, DETAIL_HEIGHT, OVERVIEW_HEIGHT = 640.0, 320.0, 400.0
# On the ground: what a map of one contribution shows from left to right, and one of many.
DETAIL_METRES, OVERVIEW_METRES = 600.0, 1_500.0
# Without streets to go by, a map of one contribution shows the district around it.
WIDE_METRES = 5_000.0
# The side of the square in which a contribution lies that is shown roughly.
ROUGH_METRES = 100.0
INK, PAPER, OUTSIDE, BORDER = "#002970", svg.PAPER, "#e4e9ef", "#6f7f99"
INSIDE, NAME = "#f7f6f3", "#20304d"
RADIUS, NAME_SIZE = 10.0, 11.0
# So coarse a map (metres a unit) shows whole districts, and their names help.
NAMES_FROM_METRES = 1.5


@dataclass(frozen=True)
class Outline:
    """A district of today, with its rings in EPSG:3857."""

    slug: str
    name: str
    rings: list[list[Point]]

    @property
    def largest(self) -> list[Point]:
        return max(self.rings, key=len)


@dataclass(frozen=True)
class Marker:
    """A contribution on a map: its place in degrees, and what is written on it."""

    lon: float
    lat: float
    label: str = ""
    is_rough: bool = False

    @property
    def point(self) -> Point:
        return mercator(self.lon, self.lat)


@dataclass(frozen=True)
class Map:
    """A drawn map, its width on the ground, and whom it must name as its source."""

    svg: str
    metres: int
    source: str


def outlines() -> list[Outline]:
    """Return today's districts; one query."""
    shapes = District.objects.current().order_by("number")
    rows = shapes.annotate(shape=Transform("geometry", 3857)).values_list(
        "slug", "name", "shape"
    )
    return [
        Outline(slug, name, [list(ring) for part in shape.coords for ring in part])
        for slug, name, shape in rows
    ]


def detail_map(marker: Marker, districts: Sequence[Outline]) -> Map:
    """Return the surroundings of one contribution: 600 m wide where the basemap shows
    them, else so much that the borders of the districts do.
    """
    frame = Frame(marker.point, WIDTH, DETAIL_HEIGHT, DETAIL_METRES / WIDTH)
    if ground_of(frame) is None:
        frame = Frame(marker.point, WIDTH, DETAIL_HEIGHT, WIDE_METRES / WIDTH)
    x, y = frame.place(marker.point)
    place = [(x, y), (x, y - RADIUS), (x, y - 2 * RADIUS)]
    return _draw(frame, [_place_of(marker, frame)], districts, taken=place)


def overview_map(
    markers: Sequence[Marker], districts: Sequence[Outline], shown: Iterable[str]
) -> Map | None:
    """Return where the contributions lie; `shown` are the slugs of their districts.

    None where there is nothing to show.
    """
    names = set(shown)
    corners = [
        point
        for d in districts
        if d.slug in names
        for ring in d.rings
        for point in ring
    ]
    points = corners + [marker.point for marker in markers]
    if not points:
        return None
    frame = frame_around(
        box_around(points), WIDTH, OVERVIEW_HEIGHT, least_metres=OVERVIEW_METRES
    )
    taken: list[Point] = []
    marks = _numbers(markers, frame, taken)
    return _draw(frame, marks, districts, taken=taken)


def _draw(
    frame: Frame,
    marks: list[str],
    districts: Sequence[Outline],
    taken: Sequence[Point],
) -> Map:
    """Return the picture; no name is written over what is `taken` by the marks."""
    ground = ground_of(frame)
    taken = [*taken, *_corner_of_scale(frame)]
    layers = [svg.element("rect", width=frame.width, height=frame.height, fill=INSIDE)]
    if ground is not None:
        layers += draw_ground(ground, taken)
    layers += [_veil(frame, districts), *_borders(frame, districts)]
    if frame.metres > NAMES_FROM_METRES:
        layers += _names(frame, districts, taken)
    layers += [*marks, _scale_bar(frame), _north(frame)]
    return Map(
        svg.document(frame.width, frame.height, *layers),
        round(frame.width * frame.metres),
        ground.source if ground else "",
    )


def _veil(frame: Frame, districts: Iterable[Outline]) -> str:
    """Return what lies over everything outside of the city."""
    near = [d for d in districts if box_around(d.largest).meets(frame.box)]
    width, height = frame.width, frame.height
    picture = [(0.0, 0.0), (width, 0.0), (width, height), (0.0, height)]
    rings = [[frame.place(p) for p in ring] for d in near for ring in d.rings]
    return svg.element(
        "path",
        d=svg.path_of([picture, *rings], closed=True),
        fill=OUTSIDE,
        fill_opacity=0.7,
        fill_rule="evenodd",
    )


def _borders(frame: Frame, districts: Iterable[Outline]) -> list[str]:
    return [
        svg.element(
            "path",
            d=svg.path_of(
                [[frame.place(p) for p in ring] for ring in district.rings], closed=True
            ),
            fill="none",
            stroke=BORDER,
            stroke_width=1.2,
            stroke_opacity=0.8,
        )
        for district in districts
        if box_around(district.largest).meets(frame.box)
    ]


def _names(
    frame: Frame, districts: Iterable[Outline], taken: Sequence[Point]
) -> list[str]:
    """Return the names of the districts that have room for them near their middle."""
    occupied, names = [*taken], []
    for district in districts:
        x, y = frame.place(box_around(district.largest).middle)
        half = len(district.name) * NAME_SIZE * 0.26
        for drop in (0, -16, 16, -32, 32):
            row = [(x + half * n / 6, y + drop) for n in range(-6, 7)]
            is_seen = all(frame.holds(at, margin=8) for at in row)
            if is_seen and not svg.collide(row, occupied, RADIUS + NAME_SIZE / 2):
                occupied += row
                at = (x, y + drop)
                names.append(
                    svg.words(
                        district.name, at, size=NAME_SIZE, colour=NAME, weight=600
                    )
                )
                break
    return names


def _place_of(marker: Marker, frame: Frame) -> str:
    x, y = frame.place(marker.point)
    if marker.is_rough:
        side = ROUGH_METRES / frame.metres
        return svg.element(
            "rect",
            x=x - side / 2,
            y=y - side / 2,
            width=side,
            height=side,
            fill=INK,
            fill_opacity=0.15,
            stroke=INK,
            stroke_width=2,
        )
    drop = f"M{x:.1f} {y:.1f}l-9 -16a10.5 10.5 0 1 1 18 0z"
    return svg.element(
        "g",
        svg.element(
            "path", d=drop, fill=INK, stroke=PAPER, stroke_width=2, paint_order="stroke"
        ),
        svg.element("circle", cx=x, cy=y - 21, r=4, fill=PAPER),
    )


def _numbers(markers: Sequence[Marker], frame: Frame, taken: list[Point]) -> list[str]:
    """Return numbered circles, none upon another: a line leads to the place of each.

    Their places are appended to `taken`.
    """
    lines, circles = [], []
    for marker in markers:
        place = frame.place(marker.point)
        at = _free_place(place, taken, frame)
        taken.append(at)
        lines.append(
            svg.element(
                "line", x1=place[0], y1=place[1], x2=at[0], y2=at[1], stroke=INK
            )
        )
        lines.append(svg.element("circle", cx=place[0], cy=place[1], r=2, fill=INK))
        circles.append(_numbered(marker.label, at))
    return lines + circles


def _free_place(place: Point, taken: Sequence[Point], frame: Frame) -> Point:
    """Return the nearest place on a spiral where a circle has room, or the place itself."""
    for step in range(400):
        turn, away = step * 0.9, 1.6 * RADIUS * math.sqrt(step) / 1.6
        at = place[0] + away * math.cos(turn), place[1] + away * math.sin(turn)
        is_free = all(math.dist(at, other) >= 2 * RADIUS + 1 for other in taken)
        if is_free and frame.holds(at, margin=RADIUS):
            return at
    return place


def _numbered(label: str, at: Point) -> str:
    size = 11.0 if len(label) < 3 else 8.5
    return svg.element(
        "g",
        svg.element("circle", cx=at[0], cy=at[1], r=RADIUS, fill=INK, stroke=PAPER),
        svg.element(
            "text",
            text=label,
            x=at[0],
            y=at[1] + size / 3,
            font_family=svg.FONT,
            font_size=size,
            font_weight=700,
            text_anchor="middle",
            fill=PAPER,
        ),
    )


def _corner_of_scale(frame: Frame) -> list[Point]:
    return [(14 + 12 * n, frame.height - 20) for n in range(15)]


def _scale_bar(frame: Frame) -> str:
    length = _round_length(frame.width * frame.metres / 4)
    units = length / frame.metres
    words = f"{length:g} m" if length < 1_000 else f"{length / 1_000:g} km"
    left, bottom = 14.0, frame.height - 14
    bar = svg.path_of(
        [
            [
                (left, bottom - 5),
                (left, bottom),
                (left + units, bottom),
                (left + units, bottom - 5),
            ]
        ],
        closed=False,
    )
    rim = {"d": bar, "fill": "none", "stroke_linecap": "square"}
    return svg.element(
        "g",
        svg.element("path", stroke=PAPER, stroke_width=5, stroke_opacity=0.8, **rim),
        svg.element("path", stroke=NAME, stroke_width=1.6, **rim),
        svg.words(words, (left + units / 2, bottom - 12), size=11, colour=NAME),
    )


def _round_length(metres: float) -> float:
    """Return the largest of 1, 2 or 5 times a power of ten that is not longer."""
    power = 10.0 ** math.floor(math.log10(metres))
    return max(n * power for n in (1, 2, 5) if n * power <= metres)


def _north(frame: Frame) -> str:
    x, y = frame.width - 20, 14.0
    arrow = f"M{x:.1f} {y:.1f}l7 18l-7 -4l-7 4z"
    return svg.element(
        "g",
        svg.element(
            "path",
            d=arrow,
            fill=NAME,
            stroke=PAPER,
            stroke_width=2,
            paint_order="stroke",
        ),
        svg.words("N", (x, y + 28), size=12, colour=NAME, weight=700),
    )
