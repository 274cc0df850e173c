"""What a figure is made of: columns, rows of codes, names and numbers."""

from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from django.utils.formats import date_format, number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _

Text = str | Promise


class Shown(Enum):
    """How the values of a column are written on a page."""

    TEXT = auto()
    COUNT = auto()
    DECIMAL = auto()
    PER_CENT = auto()
    DATE = auto()


@dataclass(frozen=True)
class Column:
    """A column beside code and label; `name` is that of the file."""

    name: str
    title: Text
    shown: Shown
    # Whether the page has room for it; the file has all.
    is_on_page: bool = True

    def show(self, value: Any) -> str:
        """Return a value as people read it."""
        if value is None:
            return _("unknown")
        match self.shown:
            case Shown.COUNT:
                return number_format(value, force_grouping=True)
            case Shown.DECIMAL:
                return number_format(round(value, 1), 1, force_grouping=True)
            case Shown.PER_CENT:
                return f"{number_format(round(value), 0)} %"
            case Shown.DATE:
                return date_format(value, "YEAR_MONTH_FORMAT")
            case _:
                return str(value)


@dataclass(frozen=True)
class Row:
    """A line of a figure; `values` in the order of the columns, None where unknown."""

    code: str
    label: str
    values: tuple[Any, ...]


@dataclass(frozen=True)
class Figure:
    """A table with a name of its own, in the language of the moment."""

    key: str
    title: Text
    # What the codes are: the head of the first column.
    of_what: Text
    columns: tuple[Column, ...]
    rows: list[Row]
    note: Text = ""

    def column(self, name: str) -> list[Any]:
        """Return the values of a column."""
        position = [column.name for column in self.columns].index(name)
        return [row.values[position] for row in self.rows]

    @property
    def page_columns(self) -> list[Column]:
        return [column for column in self.columns if column.is_on_page]

    @property
    def page_rows(self) -> list[tuple[str, list[str]]]:
        """Return label and written values of each row."""
        return [
            (
                row.label,
                [
                    column.show(value)
                    for column, value in zip(self.columns, row.values, strict=True)
                    if column.is_on_page
                ],
            )
            for row in self.rows
        ]
