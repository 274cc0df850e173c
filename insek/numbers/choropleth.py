"""The districts in classes, for maps whose areas are coloured by a number."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from insek.numbers.tables import Column, Figure

# More shades cannot be told apart, least of all on paper.
MOST_CLASSES = 5
TITLES: dict[str, Promise] = {
    "per_km2": _("Contributions per km²"),
    "per_1000": _("Contributions per 1,000 inhabitants"),
    "answered_percent": _("Share of contributions answered"),
}


@dataclass(frozen=True)
class Place:
    """A district in its class, the lowest 0; None where its number is unknown."""

    slug: str
    level: int | None
    text: str


@dataclass(frozen=True)
class Scale:
    """One number of all districts in up to five classes of about the same size.

    `levels` says of each class, the lowest first, from which number to which it goes.
    """

    key: str
    title: Promise
    levels: list[str]
    places: list[Place]

    @property
    def has_unknown(self) -> bool:
        return any(place.level is None for place in self.places)


def scales(districts: Figure) -> list[Scale]:
    """Return a scale for each number of the figure of districts that a map can show."""
    return [_scale(districts, key) for key in TITLES]


def _scale(districts: Figure, key: str) -> Scale:
    names = [column.name for column in districts.columns]
    column = districts.columns[names.index(key)]
    values = districts.column(key)
    level_of = _levels([value for value in values if value is not None])
    places = [
        Place(
            slug=row.code,
            level=None if value is None else level_of[value],
            text=column.show(value),
        )
        for row, value in zip(districts.rows, values, strict=True)
    ]
    return Scale(key, TITLES[key], _bounds(level_of, column), places)


def _levels(values: Sequence[float]) -> dict[float, int]:
    """Return the class of each value; the same values are never parted."""
    distinct = sorted(set(values))
    count = min(MOST_CLASSES, len(distinct))
    return {
        value: number * count // len(distinct) for number, value in enumerate(distinct)
    }


def _bounds(level_of: dict[float, int], column: Column) -> list[str]:
    bounds = []
    for level in sorted(set(level_of.values())):
        members = [value for value, found in level_of.items() if found == level]
        first, last = column.show(min(members)), column.show(max(members))
        bounds.append(first if first == last else f"{first} – {last}")
    return bounds
