"""What waits at the desks, in numbers."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from councils.deadlines import overdue_parts
from councils.models import Assignment, Consultation, Sitting
from districts.models import Body
from pins.models import PublicCell, PublicPin
from pins.workflow import FINAL_STATUSES, Status


def with_numbers(bodies: QuerySet[Body], user: User | None = None) -> QuerySet[Body]:
    """Add to each body what waits at its desk, and its next sitting. One query.

    `new_count, waiting_count, overdue_count, proposal_count`; `next_sitting_id` and
    `next_start`; `my_count`, what is assigned to the user.
    """
    of_body = PublicPin.objects.filter(body=OuterRef("pk"))
    mine = Assignment.objects.filter(assignee=user, body=OuterRef("pk"))
    sittings = Sitting.objects.filter(body=OuterRef("pk")).upcoming()
    proposals = Consultation.objects.filter(
        body=OuterRef("pk"), item=None, decided_at=None
    )
    return bodies.annotate(
        new_count=_cells(Status.RECEIVED),
        waiting_count=_cells(Status.IN_REVIEW),
        # A sum of ranges of the index: one count of both would read every row.
        overdue_count=_sum(counted(of_body.filter(part)) for part in overdue_parts()),
        my_count=counted(
            mine.filter(
                Exists(
                    PublicPin.objects.filter(
                        pk=OuterRef("pin"), body=OuterRef("body")
                    ).exclude(status__in=FINAL_STATUSES)
                )
            )
        ),
        proposal_count=counted(proposals),
        next_sitting_id=Subquery(sittings.values("pk")[:1]),
        next_start=Subquery(sittings.values("start")[:1]),
    )


def counted(rows: QuerySet[Any]) -> Coalesce:
    """Return how many rows there are of each outer row, as an expression."""
    counted = rows.order_by().annotate(all=Value(1)).values("all")
    return Coalesce(Subquery(counted.annotate(number=Count("*")).values("number")), 0)


def _sum(numbers: Iterable[Any]) -> Any:
    first, *others = numbers
    for number in others:
        first += number
    return first


def _cells(status: Status) -> Coalesce:
    cells = PublicCell.objects.whole_city().filter(
        body_slug=OuterRef("slug"), status=status
    )
    total = cells.order_by().values("zoom").annotate(total=Sum("n")).values("total")
    return Coalesce(Subquery(total), 0)
