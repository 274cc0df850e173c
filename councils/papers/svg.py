"""SVG as text: every value is escaped, so a name can never become markup."""

import math
from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape, quoteattr

Point = tuple[float, float]
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


def path_of(lines: Iterable[Iterable[Point]], *, closed: bool) -> str:
    """Return the commands that draw lines, or the rings of areas."""
    end = "Z" if closed else ""
    return "".join(
        "M" + "L".join(f"{_plain(x)} {_plain(y)}" for x, y in line) + end
        for line in lines
    )


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
) -> str:
    """Return words around a place, with a pale rim that keeps them legible."""
    x, y = at
    turn = {"transform": f"rotate({angle:.1f} {x:.1f} {y:.1f})"} if angle else {}
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
        stroke=PAPER,
        stroke_width=2.5,
        stroke_linejoin="round",
        paint_order="stroke",
        **turn,
    )
