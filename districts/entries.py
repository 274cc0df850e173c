"""From the features of a boundary file to what they say of districts."""

import re
from collections import Counter
from dataclasses import dataclass, fields, replace

from districts.models import District
from geo.bounds import Bounds
from geo.datasets import Feature, Layer, Value
from geo.shapes import Shape, lies_within, repair

LARGEST_NUMBER = 32_767
NUMBER = re.compile(r"\s*0*([0-9]{1,5})(\.0*)?\s*\Z")
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z")
LONGEST_TEXT = 80


class FieldMissingError(Exception):
    """The layer has no field of this name; the message lists those it has."""


@dataclass(frozen=True)
class Fields:
    """The names of the fields to read.

    Those that are None are read under their usual names, where the file has them.
    """

    number: str = "number"
    name: str = "name"
    kind: str | None = None
    slug: str | None = None
    body: str | None = None

    def in_layer(self, layer: Layer) -> "Fields":
        """Return the fields, with the usual names filled in that the layer has.

        Raises FieldMissingError for a field that is asked for and not there.
        """
        found = self
        for role in (field.name for field in fields(self)):
            name = getattr(self, role)
            if name is None and role in layer.fields:
                found = replace(found, **{role: role})
            elif name is not None and name not in layer.fields:
                message = (
                    f"The file has no field {name!r} for the {role} of a district "
                    f"(--{role}-field). It has: {', '.join(layer.fields) or 'none'}."
                )
                raise FieldMissingError(message)
        return found


USUAL_FIELDS = Fields()


@dataclass(frozen=True)
class Entry:
    """What the file says of one district; `shape` is valid and in EPSG:4326.

    `kind`, `slug` and `body` (a slug) are empty where the file is silent, `problem`
    tells what had to be repaired.
    """

    position: int
    number: int
    name: str
    shape: Shape
    problem: str
    kind: str
    slug: str
    body: str

    @property
    def label(self) -> str:
        return f"{self.number} {self.name}"


@dataclass(frozen=True)
class Rejection:
    """A feature that is no district, and why; its number, where that is clear."""

    position: int
    number: int | None
    reason: str

    def __str__(self) -> str:
        number = "" if self.number is None else f", number {self.number}"
        return f"Feature {self.position}{number}: {self.reason}"


class UnusableError(Exception):
    """Why a feature cannot become a district."""


def read_entries(
    layer: Layer, fields: Fields, *, within: Bounds
) -> tuple[list[Entry], list[Rejection]]:
    """Read all features, in the order of their numbers.

    What is wrong with one does not stop the others. Areas that leave the bounds (degrees) are rejected. Raises FieldMissingError where
    the layer lacks a field that is asked for.
    """
    present = fields.in_layer(layer)
    numbers = [
        _read_number(feature.properties[present.number]) for feature in layer.features
    ]
    times = Counter(numbers)
    entries: list[Entry] = []
    rejections: list[Rejection] = []
    for feature, number in zip(layer.features, numbers, strict=True):
        try:
            checked = _usable_number(number, times, feature.properties[present.number])
            entries.append(_read_entry(feature, checked, present, within))
        except UnusableError as error:
            rejections.append(Rejection(feature.position, number, str(error)))
    return sorted(entries, key=lambda entry: entry.number), rejections


def _read_number(value: Value) -> int | None:
    """Return 16 for 16, 16.0, "16" and "016", None for anything else."""
    match = NUMBER.match(str(value))
    number = int(match[1]) if match else 0
    return number if 0 < number <= LARGEST_NUMBER else None


def _usable_number(number: int | None, times: Counter[int | None], given: Value) -> int:
    if number is None:
        message = f"{given!r} is no official number of a district."
        raise UnusableError(message)
    if times[number] > 1:
        message = f"the number occurs {times[number]} times in the file."
        raise UnusableError(message)
    return number


def _read_entry(feature: Feature, number: int, fields: Fields, within: Bounds) -> Entry:
    name = _read_text(feature, fields.name)
    if not name:
        message = "it has no name."
        raise UnusableError(message)
    kind = _read_text(feature, fields.kind)
    if kind and kind not in District.Kind.values:
        known = ", ".join(District.Kind.values)
        message = f"the kind {kind!r} is unknown, known are: {known}."
        raise UnusableError(message)
    slug = _read_text(feature, fields.slug)
    if slug and not SLUG.match(slug):
        message = f"the slug {slug!r} has other characters than a–z, 0–9 and hyphens."
        raise UnusableError(message)
    shape, problem = _read_shape(feature, within)
    body = _read_text(feature, fields.body)
    return Entry(feature.position, number, name, shape, problem, kind, slug, body)


def _read_text(feature: Feature, field: str | None) -> str:
    """Return the value with single spaces; empty where the file is silent."""
    value = feature.properties[field] if field is not None else None
    text = "" if value is None else " ".join(str(value).split())
    if len(text) > LONGEST_TEXT or not text.isprintable():
        message = f"{field} is longer than {LONGEST_TEXT} printable characters."
        raise UnusableError(message)
    return text


def _read_shape(feature: Feature, within: Bounds) -> tuple[Shape, str]:
    if feature.shape.is_empty:
        message = f"it has no area but {feature.geometry_type}."
        raise UnusableError(message)
    if not lies_within(feature.shape, within):
        message = (
            "its coordinates lie outside the area of the planners' CRS. Is the CRS of "
            "the file another (--crs), or are longitude and latitude swapped?"
        )
        raise UnusableError(message)
    mended = repair(feature.shape)
    if mended.shape.is_empty:
        message = f"nothing is left of it after repair ({mended.problem})."
        raise UnusableError(message)
    return mended.shape, mended.problem
