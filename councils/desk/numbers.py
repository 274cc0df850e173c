"""What waits at the desks, in numbers."""

from typing import Any

from django.contrib.auth.models import User
from django.db.models import (
    Exists,
    IntegerField,
    OuterRef,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Coalesce

from councils.desk.deadlines import overdue_parts
from councils.models import Assignment, Consultation, Sitting
from districts.models import Body
from pins.counts import COUNT_LIMIT
from pins.models import PublicCell, PublicPin
from pins.workflow import FINAL_STATUSES, Status


class Counted(Subquery):
    """How many rows a query has for each outer row; of a slice, as far as it goes."""

    template = "(SELECT count(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()

    def __init__(self, rows: QuerySet[Any]) -> None:
        super().__init__(rows.values_list(Value(1)))


def with_numbers(
    bodies: QuerySet[Body], user: User | None = None, *, limit: int | None = COUNT_LIMIT
) -> QuerySet[Body]:
    """Add to each body what waits at its desk, and its next sitting. One query.

    `new_count, waiting_count, proposal_count`; `overdue_count` and `my_count`, what is
    assigned to the user, are somewhere above `limit` where there is more;
    `next_sitting_id` and `next_start`.
    """
    end = None if limit is None else limit + 1
    of_body = PublicPin.objects.filter(body=OuterRef("pk")).order_by()
    sittings = Sitting.objects.filter(body=OuterRef("pk")).upcoming()
    proposals = Consultation.objects.filter(
        body=OuterRef("pk"), item=None, decided_at=None
    )
    # A sum of ranges of the index: one count of both would read every row.
    first, *others = [Counted(of_body.filter(part)[:end]) for part in overdue_parts()]
    return bodies.annotate(
        new_count=_cells(Status.RECEIVED),
        waiting_count=_cells(Status.IN_REVIEW),
        overdue_count=sum(others, start=first),
        my_count=Counted(_work_of(user)[:end]),
        proposal_count=Counted(proposals.order_by()),
        next_sitting_id=Subquery(sittings.values("pk")[:1]),
        next_start=Subquery(sittings.values("start")[:1]),
    )


def _work_of(user: User | None) -> QuerySet[Assignment]:
    """Return what somebody still has to do at the desk of the outer body."""
    open_ones = PublicPin.objects.filter(pk=OuterRef("pin"), body=OuterRef("body"))
    return Assignment.objects.filter(
        Exists(open_ones.exclude(status__in=FINAL_STATUSES)),
        assignee=user,
        body=OuterRef("pk"),
    )


def _cells(status: Status) -> Coalesce:
    cells = PublicCell.objects.whole_city().filter(
        body_slug=OuterRef("slug"), status=status
    )
    total = cells.order_by().values("zoom").annotate(total=Sum("n")).values("total")
    return Coalesce(Subquery(total), 0)
