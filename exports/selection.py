"""What a request asks for: the same filters for the map's data and for every file."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Protocol

from django.conf import settings
from django.db.models import Sum
from django.http import JsonResponse, QueryDict
from django.utils.translation import gettext as _

from districts.models import District
from layers.problems import problem, texts_of_errors
from pins.filters import PinFilter
from pins.models import PublicCell
from pins.models.cells import PublicCellQuerySet
from pins.models.public import PublicPin, PublicPinQuerySet


@dataclass(frozen=True)
class Selection:
    """The pins somebody wants, in order, and what a file of them is made from besides.

    `district` is set where the address names one. `srid` is the CRS of the points in a
    format that can have several; `address` is where the file can be had anew. `cells` are
    the counts of the pins, and of others where somebody looks for words.
    """

    pins: PublicPinQuerySet
    district: District | None = None
    srid: int = field(default_factory=lambda: settings.PLANNING_SRID)
    address: str = ""
    cells: PublicCellQuerySet = field(default_factory=PublicCell.objects.whole_city)

    @property
    def at_most(self) -> int:
        """How many pins there are at most, from the counts kept ready. One query."""
        return self.cells.aggregate(n=Sum("n"))["n"] or 0


class BadSelection(ValueError):
    """A filter has a value that does not exist; `errors` says which, field by field."""

    def __init__(self, errors: dict[str, list[str]]) -> None:
        super().__init__(", ".join(errors))
        self.errors = errors


def read_filters(query: QueryDict) -> PinFilter:
    """Return the valid filters of the query string; raises BadSelection."""
    filters = PinFilter.from_query(query)
    if not filters.is_valid():
        raise BadSelection(texts_of_errors(filters))
    return filters


class Source(Protocol):
    """Where the pins of a file come from; whoever may read it decides before."""

    @property
    def parameters(self) -> Collection[str]:
        """The names of the filters that it knows."""

    @property
    def language(self) -> str:
        """The language of a file's words, where no parameter chooses one."""

    def select(self, query: QueryDict) -> Selection:
        """Return the pins that pass the filters; raises BadSelection."""


@dataclass(frozen=True)
class OpenData:
    """The published pins of the city, or of a district."""

    district: District | None = None
    parameters: Collection[str] = tuple(PinFilter.base_fields)
    language: str = settings.LANGUAGE_CODE

    def select(self, query: QueryDict) -> Selection:
        """Return the pins that pass, the newest first unless the filters say otherwise.

        Two database queries, none of pins. Raises BadSelection.
        """
        filters = read_filters(query)
        pins = filters.apply(PublicPin.objects.all())
        pins = filters.order.sort(filters.order.prepare(pins))
        cells = PublicCell.objects.whole_city().filter(filters.conditions())
        if self.district is not None:
            pins = pins.in_district(self.district.slug)
            cells = cells.filter(district_slug=self.district.slug)
        return Selection(pins, self.district, cells=cells)


def bad_selection(error: BadSelection) -> JsonResponse:
    """Answer 400 and say for each filter what is wrong with it."""
    detail = _("The filters are not all valid: %(names)s.") % {
        "names": ", ".join(error.errors)
    }
    return problem(detail, status=400, errors=error.errors)
