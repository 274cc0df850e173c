"""What came of the contributions of a district, from counts kept ready."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Sum
from django.utils.translation import ngettext

from councils.models import Sitting
from districts.models import Body, District
from pins.models import PublicCell, PublicPin
from pins.workflow import Status

DECIDED = (Status.ADOPTED, Status.IN_PROGRESS, Status.DONE)
SHOWN = 3
# With fewer, "half of them" says more than there is.
ENOUGH_FOR_HALF = 5
DAY = datetime.timedelta(days=1)


@dataclass(frozen=True)
class Record:
    """How many contributions of a district have come how far, and how soon.

    `median` is the time from publication to the first public answer. `statuses` counts
    each status; `refused` are the latest that were not supported.
    """

    statuses: Mapping[str, int]
    answered: int
    median: datetime.timedelta | None
    refused: list[PublicPin]
    upcoming: list[Sitting]
    recent: list[Sitting]

    @property
    def received(self) -> int:
        return sum(self.statuses.values())

    @property
    def endorsed(self) -> int:
        return self.statuses.get(Status.ENDORSED, 0)

    @property
    def not_endorsed(self) -> int:
        return self.statuses.get(Status.NOT_ENDORSED, 0)

    @property
    def decided(self) -> int:
        """How many were adopted, those that are being carried out or done included."""
        return sum(self.statuses.get(status, 0) for status in DECIDED)

    @property
    def done(self) -> int:
        return self.statuses.get(Status.DONE, 0)

    @property
    def next_sitting(self) -> Sitting | None:
        """The next one that has not been cancelled, among those read."""
        open_ones = (s for s in self.upcoming if s.state != Sitting.State.CANCELLED)
        return next(open_ones, None)

    @property
    def speed(self) -> str:
        """The median in a sentence that claims no more than the number bears out."""
        if self.median is None:
            return ""
        days = max(round(self.median / DAY), 1)
        if self.answered == 1:
            sentence = ngettext(
                "The one answer so far came within a day.",
                "The one answer so far came after %(days)d days.",
                days,
            )
        elif self.answered < ENOUGH_FOR_HALF:
            sentence = ngettext(
                "The few answers so far took about a day.",
                "The few answers so far took about %(days)d days.",
                days,
            )
        else:
            sentence = ngettext(
                "Half of the answers came within a day.",
                "Half of the answers came within %(days)d days.",
                days,
            )
        return sentence % {"days": days}


def read_record(district: District, body: Body) -> Record:
    """Return what came of a district's contributions; at most five queries."""
    statuses, answered = _counts(district)
    return Record(
        statuses=statuses,
        answered=answered,
        median=_median(district, answered),
        refused=_refused(district) if statuses.get(Status.NOT_ENDORSED) else [],
        upcoming=list(Sitting.objects.of_body(body).ahead()[:SHOWN]),
        recent=list(Sitting.objects.of_body(body).past()[:SHOWN]),
    )


def _counts(district: District) -> tuple[dict[str, int], int]:
    rows = list(
        PublicCell.objects.whole_city()
        .filter(district_slug=district.slug)
        .values_list("status")
        .annotate(Sum("n"), Sum("answered"))
    )
    counts = {status: number for status, number, _answered in rows}
    return counts, sum(answered for _status, _number, answered in rows)


def _median(district: District, answered: int) -> datetime.timedelta | None:
    """Return the middle of the times to the first answer, read from the index alone."""
    if not answered:
        return None
    times = PublicPin.objects.in_district(district.slug).filter(
        answered_after__isnull=False
    )
    start, length = (answered - 1) // 2, 2 - answered % 2
    middle = list(
        times.order_by("answered_after").values_list("answered_after", flat=True)[
            start : start + length
        ]
    )
    found = [time for time in middle if time is not None]
    return sum(found, datetime.timedelta()) / len(found) if found else None


def _refused(district: District) -> list[PublicPin]:
    refused = PublicPin.objects.in_district(district.slug).filter(
        status=Status.NOT_ENDORSED
    )
    return list(refused.for_list().order_by("-status_changed_at", "-id")[:SHOWN])
