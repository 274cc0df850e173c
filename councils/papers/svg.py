"""SVG as text: every value is escaped, so a name can never become markup."""

import math
from collections.abc import Iterable, Iterator, Sequence
from xml.sax.saxutils import escape, quoteattr

Point = tuple[float, float]
# Closer together than this (a fifth of a millimetre) two points are one to the eye.
FINEST = 0.8
FONT, PAPER = "Libertinus Serif", "#ffffff"


def element(name: str, *children: str, text: str = "", **attributes: object) -> str:
    """Return an element; `_` in an attribute's name stands for a hyphen.

    `children` are elements already, `text` is not.
    """
    pairs = "".join(
        f" {key.replace('_', '-')}={quoteattr(_plain(value))}"
        for key, value in attributes.items()
    )
    inside = escape(text) + "".join(children)
    return f"<{name}{pairs}>{inside}</{name}>" if inside else f"<{name}{pairs}/>"


def _plain(value: object) -> str:
    """Return a number with one decimal at most: a tenth of a unit is not to be seen."""
    return f"{value:.1f}".removesuffix(".0") if isinstance(value, float) else str(value)


def path_of(lines: Iterable[Sequence[Point]], *, closed: bool) -> str:
    """Return the commands that draw lines, or the rings of areas."""
    end = "Z" if closed else ""
    return "".join(
        "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in _thinned(line)) + end
        for line in lines
    )


def _thinned(line: Sequence[Point]) -> Iterator[Point]:
    """Yield the points that can be told from the one before; the last is always one."""
    yield line[0]
    x, y = line[0]
    for point in line[1:-1]:
        if abs(point[0] - x) + abs(point[1] - y) > FINEST:
            x, y = point
            yield point
    yield line[-1]


def collide(some: Iterable[Point], others: Sequence[Point], distance: float) -> bool:
    """Tell whether any two of the places are closer to each other than that."""
    return any(math.dist(a, b) < distance for a in some for b in others)


def document(width: float, height: float, *children: str) -> str:
    """Return a whole picture, cut at its edge."""
    edge = element("rect", width=width, height=height)
    return element(
        "svg",
        element("clipPath", edge, id="edge"),
        element("g", *children, clip_path="url(#edge)"),
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {_plain(width)} {_plain(height)}",
        width=width,
        height=height,
    )


def words(
    text: str,
    at: Point,
    *,
    size: float,
    colour: str,
    weight: int = 400,
    angle: float = 0,
    has_rim: bool = True,
) -> str:
    """Return words around a place, with a pale rim where they must stand out.

    Words with a rim are drawn as shapes: they take ten times the room of plain ones.
    """
    x, y = at
    more: dict[str, object] = {}
    if angle:
        more["transform"] = f"rotate({angle:.1f} {x:.1f} {y:.1f})"
    if has_rim:
        more |= {
            "stroke": PAPER,
            "stroke_width": 2.5,
            "stroke_linejoin": "round",
            "paint_order": "stroke",
        }
    return element(
        "text",
        text=text,
        x=x,
        y=y + size / 3,
        font_family=FONT,
        font_size=size,
        font_weight=weight,
        text_anchor="middle",
        fill=colour,
        **more,
    )
