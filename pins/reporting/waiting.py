"""How much of what was reported waits for moderators, and since when."""

import datetime
from dataclasses import dataclass

from django.db.models import Count, Min

from pins.models import Complaint, ReportCase


@dataclass(frozen=True)
class Waiting:
    """Cases to decide on and complaints to look at again, and the oldest of both."""

    cases: int
    complaints: int
    oldest: datetime.datetime | None

    @property
    def count(self) -> int:
        return self.cases + self.complaints


def waiting_reports() -> Waiting:
    """Return what waits. Two short queries."""
    cases = ReportCase.objects.waiting().aggregate(n=Count("pk"), at=Min("opened_at"))
    complaints = Complaint.objects.filter(decided_at=None).aggregate(
        n=Count("pk"), at=Min("created_at")
    )
    moments = [found["at"] for found in (cases, complaints) if found["at"] is not None]
    return Waiting(cases["n"], complaints["n"], min(moments, default=None))
