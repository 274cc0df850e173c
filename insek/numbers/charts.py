"""Charts as SVG that the server writes: places and lengths, as the templates draw them.

Widths are per cent of the drawing and heights are in em, so that a chart is as wide as
the page allows and grows with the reader's text. Each bar has its name and number beside
it: no colour has to be told apart.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from insek.numbers.tables import Figure

# In em.
LINE = 3.1
BASELINE, BAR_TOP, NUMBER_LINE = 1.1, 1.5, 2.3
PLOT, AXIS = 10.0, 1.8
# A column narrower than a third of a finger says nothing; the table has all months.
MOST_MONTHS = 36
MOST_LABELS = 6


@dataclass(frozen=True)
class Bar:
    """One bar with its name above it, and its number to its right."""

    label: str
    text: str
    baseline: str
    top: str
    number_line: str
    width: str


@dataclass(frozen=True)
class Range(Bar):
    """A bar from the first to the third quartile, with a mark at the median."""

    start: str
    middle: str


@dataclass(frozen=True)
class Pillar:
    """One column; `label` is empty where there is no room for it."""

    label: str
    anchor: str
    middle: str
    left: str
    top: str
    width: str
    height: str


@dataclass(frozen=True)
class Chart:
    """What a template draws; `words` says the same to who cannot see it."""

    kind: str
    key: str
    title: str
    words: str
    height: str
    marks: Sequence[Bar | Pillar]
    # Of columns: the number at the upper line, where both lines are, and the names.
    highest: str = ""
    top: str = ""
    baseline: str = ""
    names: str = ""


def bars(figure: Figure, name: str, *, key: str, title: str) -> Chart | None:
    """Draw a column of a figure as bars; what is unknown is left out."""
    position = [column.name for column in figure.columns].index(name)
    column = figure.columns[position]
    known = [
        (row.label, row.values[position])
        for row in figure.rows
        if row.values[position] is not None
    ]
    longest = max((value for _label, value in known), default=0)
    if not longest:
        return None
    marks = [
        Bar(
            label=label,
            text=column.show(value),
            width=_per_cent(value / longest),
            **_line(number),
        )
        for number, (label, value) in enumerate(known)
    ]
    return _lines("bars", key, title, marks)


def shares(figure: Figure) -> Chart | None:
    """Draw numbers and their shares: a full bar would be all there are."""
    if not any(figure.column("contributions")):
        return None
    count, percent = figure.columns
    marks = [
        Bar(
            label=row.label,
            text=f"{count.show(row.values[0])} ({percent.show(row.values[1])})",
            width=_per_cent((row.values[1] or 0) / 100),
            **_line(number),
        )
        for number, row in enumerate(figure.rows)
    ]
    return _lines("bars", figure.key, str(figure.title), marks)


def ranges(figure: Figure) -> Chart | None:
    """Draw the quartiles of each row on one scale, which begins at 0."""
    days = figure.columns[2]
    longest = max((row.values[3] for row in figure.rows), default=0)
    if not longest:
        return None
    marks = []
    for number, row in enumerate(figure.rows):
        _answered, first, median, third = row.values
        marks.append(
            Range(
                label=row.label,
                text=days.show(median),
                start=_per_cent(first / longest),
                middle=_per_cent(median / longest),
                width=_per_cent((third - first) / longest),
                **_line(number),
            )
        )
    return _lines("ranges", figure.key, str(figure.title), marks)


def pillars(figure: Figure) -> Chart | None:
    """Draw the rows of a figure as columns, the last ones where there are many."""
    rows = figure.rows[-MOST_MONTHS:]
    highest = max((row.values[0] for row in rows), default=0)
    if not highest:
        return None
    step = -(-len(rows) // MOST_LABELS)
    wide = 1 / len(rows)
    marks = []
    for number, row in enumerate(rows):
        # From the last one back, so that the present month has its name.
        is_named = (len(rows) - 1 - number) % step == 0
        height = PLOT * row.values[0] / highest
        marks.append(
            Pillar(
                label=_short(row.code) if is_named else "",
                anchor=_anchor(number, len(rows)),
                middle=_per_cent(_named_at(number, len(rows)) * wide),
                left=_per_cent((number + 0.1) * wide),
                width=_per_cent(0.8 * wide),
                top=_em(PLOT + AXIS - height),
                height=_em(height),
            )
        )
    return Chart(
        kind="pillars",
        key=figure.key,
        title=str(figure.title),
        words=_words(
            (row.label, figure.columns[0].show(row.values[0])) for row in rows
        ),
        height=_em(PLOT + 2 * AXIS),
        marks=marks,
        highest=figure.columns[0].show(highest),
        top=_em(AXIS),
        baseline=_em(PLOT + AXIS),
        names=_em(PLOT + AXIS + 1.3),
    )


def chart_of(figure: Figure) -> Chart | None:
    """Return the chart that suits a figure; None where there is nothing to draw."""
    match figure.key:
        case "month":
            return pillars(figure)
        case "answer-time":
            return ranges(figure)
        case "report" | "report-reason":
            # Years beside each other are read in the table.
            return None
        case _:
            return shares(figure)


def _line(number: int) -> dict[str, str]:
    top = number * LINE
    return {
        "baseline": _em(top + BASELINE),
        "top": _em(top + BAR_TOP),
        "number_line": _em(top + NUMBER_LINE),
    }


def _lines(kind: str, key: str, title: str, marks: Sequence[Bar]) -> Chart:
    return Chart(
        kind=kind,
        key=key,
        title=title,
        words=_words((mark.label, mark.text) for mark in marks),
        height=_em(len(marks) * LINE),
        marks=marks,
    )


def _words(pairs: Iterable[tuple[str, str]]) -> str:
    return "; ".join(f"{label}: {text}" for label, text in pairs)


def _short(month: str) -> str:
    year, number = month.split("-")
    return f"{number}/{year[2:]}"


def _anchor(number: int, count: int) -> str:
    if count > 1 and number in (0, count - 1):
        return "start" if number == 0 else "end"
    return "middle"


def _named_at(number: int, count: int) -> float:
    return {"start": 0.0, "end": float(count), "middle": number + 0.5}[
        _anchor(number, count)
    ]


def _per_cent(part: float) -> str:
    return f"{100 * part:.2f}%"


def _em(length: float) -> str:
    return f"{length:.2f}em"
