"""What a request asks for: the same filters for the map's data and for every file."""

from dataclasses import dataclass, field

from django.conf import settings
from django.http import HttpRequest, JsonResponse, QueryDict
from django.utils.translation import gettext as _

from districts.models import District
from layers.problems import problem, texts_of_errors
from pins.filters import PinFilter
from pins.models.public import PublicPin, PublicPinQuerySet


@dataclass(frozen=True)
class Selection:
    """The pins somebody wants, in order, and what a file of them is made from besides.

    `district` is set where the address names one. `srid` is the CRS of the points in a
    format that can have several; `address` is where the file can be had anew.
    """

    pins: PublicPinQuerySet
    district: District | None = None
    srid: int = field(default_factory=lambda: settings.PLANNING_SRID)
    address: str = ""


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


def select_pins(
    query: QueryDict, district: District | None = None
) -> PublicPinQuerySet:
    """Return the pins that pass the filters, the newest first unless they say otherwise.

    Two database queries, none of pins. Raises BadSelection.
    """
    filters = read_filters(query)
    pins = filters.apply(PublicPin.objects.all())
    pins = filters.order.sort(filters.order.prepare(pins))
    return pins if district is None else pins.in_district(district.slug)


def read_selection(request: HttpRequest, district: District | None = None) -> Selection:
    """Return what the query string asks for; raises BadSelection."""
    return Selection(pins=select_pins(request.GET, district), district=district)


def bad_selection(error: BadSelection) -> JsonResponse:
    """Answer 400 and say for each filter what is wrong with it."""
    detail = _("The filters are not all valid: %(names)s.") % {
        "names": ", ".join(error.errors)
    }
    return problem(detail, status=400, errors=error.errors)
