"""How many pins pass the filters, and how many would with another choice in one of them."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet, Value

from districts.models import Body
from pins.filters import COLUMNS, PinFilter
from pins.models import PublicCell, PublicPin
from pins.models.public import PublicPinQuerySet

# Counting on would cost more than the page; "more than 500" says enough.
COUNT_LIMIT = 500


@dataclass(frozen=True)
class Counts:
    """The number of pins that pass, and per filter the number for each of its values.

    `is_capped` says that there are more than `total`. The facets are then unknown, and
    empty.
    """

    total: int
    is_capped: bool = False
    theme: Counter[str] = field(default_factory=Counter)
    kind: Counter[str] = field(default_factory=Counter)
    status: Counter[str] = field(default_factory=Counter)
    district: Counter[str] = field(default_factory=Counter)


def count_pins(filters: PinFilter, *, within: Body | None = None) -> Counts:
    """Count what passes; only after `filters.is_valid()`. One query.

    Without words from the counts kept ready, exactly and whatever the number of pins.
    With words the pins themselves are counted, up to `COUNT_LIMIT`. `within` keeps those
    that a body answers for.
    """
    mine = Q(body_slug=within.slug) if within else Q()
    if not filters.has_words:
        cells = PublicCell.objects.whole_city().filter(mine)
        return _add_up(filters, list(cells.values_list(*COLUMNS.values(), "n")))
    found = PublicPin.objects.matching(filters.search).filter(mine).order_by()
    rows = _up_to_limit(found, passes=False)
    if conditions := filters.conditions():
        rows = rows.union(_up_to_limit(found.filter(conditions), passes=True), all=True)
    all_found: list[Any] = []
    passing: list[Any] = []
    for *values, passes in rows:
        (passing if passes else all_found).append((*values, 1))
    if len(all_found) <= COUNT_LIMIT:
        return _add_up(filters, all_found)
    total = len(passing) if conditions else len(all_found)
    return Counts(min(total, COUNT_LIMIT), is_capped=total > COUNT_LIMIT)


def _up_to_limit(pins: PublicPinQuerySet, *, passes: bool) -> QuerySet[Any, Any]:
    """Return what is counted of each pin, of one more than the limit at most."""
    return pins.values_list(*COLUMNS.values(), Value(passes))[: COUNT_LIMIT + 1]


def _add_up(filters: PinFilter, rows: list[tuple[Any, ...]]) -> Counts:
    """Sum up rows of one value per facet and their number.

    A facet counts what passes all the other filters: what one would get by choosing.
    """
    wanted = filters.wanted_values()
    counts = {name: Counter[str]() for name in COLUMNS}
    total = 0
    for *values, n in rows:
        missed = [
            name
            for name, value in zip(COLUMNS, values, strict=True)
            if wanted[name] and value not in wanted[name]
        ]
        if not missed:
            total += n
        for name, value in zip(COLUMNS, values, strict=True):
            if not missed or missed == [name]:
                counts[name][value] += n
    return Counts(
        total,
        theme=counts["theme"],
        kind=counts["kind"],
        status=counts["status"],
        district=counts["district"],
    )
