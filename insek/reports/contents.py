"""What stands in a report: only what is public, as it is on the day of the report."""

from dataclasses import dataclass, field

from django.db.models import (
    Case,
    Count,
    Exists,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.utils import timezone

from councils.desk.deadlines import overdue_parts
from councils.models import Sitting
from councils.public.agenda import PublicItem, read_agendas
from districts.models import Body, District, Responsibility, valid_on
from insek.models import Link, Measure, Milestone
from insek.reports.months import Month
from pins.models import Handover, PublicPin
from pins.models.public import PublicPinQuerySet
from pins.workflow import Status

# As many as somebody reads; the desk has them all.
MOST_ROWS = 200
OPEN = (Status.RECEIVED, Status.IN_REVIEW, Status.SCHEDULED)


@dataclass(frozen=True)
class Numbers:
    """The numbers of the first page."""

    came_in: int
    open: int
    overdue: int
    # Items of sittings with a result.
    decided: int
    handed_over: int
    measures: int


@dataclass(frozen=True)
class DistrictLine:
    """What one district of the city has to do with the month."""

    name: str
    body: str
    came_in: int
    open: int
    overdue: int
    answered: int


@dataclass(frozen=True)
class MeasureLine:
    """A measure with its milestones that were reached in the month, and those that wait."""

    measure: Measure
    done: list[Milestone]
    overdue: list[Milestone]


@dataclass(frozen=True)
class Contents:
    """All that a report says. Lists hold at most `MOST_ROWS`."""

    body: Body
    month: Month
    # Of the whole city for who sees all of it.
    numbers: Numbers
    # Whether the body itself answers for a district.
    has_districts: bool
    # How many the two lists after them would hold without the limit.
    came_in_count: int
    open_count: int
    came_in: list[PublicPin]
    # Overdue ones first, those that wait for the longest time before the others.
    open: list[PublicPin]
    sittings: list[tuple[Sitting, list[PublicItem]]]
    handovers: list[Handover]
    measures: list[MeasureLine]
    # Of the whole city; empty for the council of a district.
    districts: list[DistrictLine] = field(default_factory=list)


def sees_whole_city(body: Body) -> bool:
    """Tell whether a body advises or decides for all districts."""
    return body.kind != Body.Kind.DISTRICT_COUNCIL


def read_contents(body: Body, month: Month) -> Contents:
    """Return what a body is told about a month; some ten queries whatever the number."""
    mine = PublicPin.objects.for_body(body)
    came_in = mine.filter(published_at__gte=month.start, published_at__lt=month.end)
    waiting = mine.filter(status__in=OPEN)
    came_in_count, open_count = came_in.count(), waiting.count()
    overdue_count = mine.filter(_overdue()).count()
    sittings = _sittings(body, month)
    handovers = _handovers(body, month)
    handed_over_count = handovers.count()
    measures = _measures(body, month)
    districts = _districts(month) if sees_whole_city(body) else []
    if districts:
        counted = (
            sum(line.came_in for line in districts),
            sum(line.open for line in districts),
            sum(line.overdue for line in districts),
        )
    else:
        counted = (came_in_count, open_count, overdue_count)
    return Contents(
        body=body,
        month=month,
        numbers=Numbers(
            *counted,
            decided=sum(len(items) for _sitting, items in sittings),
            handed_over=handed_over_count,
            measures=len(measures),
        ),
        has_districts=Responsibility.objects.current().filter(body=body).exists(),
        came_in_count=came_in_count,
        open_count=open_count,
        came_in=list(came_in.for_list().order_by("published_at", "id")[:MOST_ROWS]),
        open=_longest_waiting(waiting),
        sittings=sittings,
        handovers=list(handovers.order_by("created_at", "pk")[:MOST_ROWS]),
        measures=measures[:MOST_ROWS],
        districts=districts,
    )


def _overdue() -> Q:
    condition = Q()
    for part in overdue_parts():
        condition |= part
    return condition


def _longest_waiting(waiting: PublicPinQuerySet) -> list[PublicPin]:
    rank = Case(
        When(_overdue(), then=Value(0)), default=Value(1), output_field=IntegerField()
    )
    rows = waiting.for_list().order_by(rank, "waiting_since", "id")
    return list(rows[:MOST_ROWS])


def _sittings(body: Body, month: Month) -> list[tuple[Sitting, list[PublicItem]]]:
    """Return the sittings held in the month with those of their items that had a result."""
    held = Sitting.objects.of_body(body).filter(state=Sitting.State.HELD)
    sittings = list(held.on_days(month.first, month.after.first))
    agendas = read_agendas(sittings)
    return [
        (sitting, [item for item in agendas[sitting.pk] if item.result])
        for sitting in sittings
    ]


def _handovers(body: Body, month: Month) -> QuerySet[Handover]:
    """Return what came from and went to other bodies, without what was taken back."""
    shown = PublicPin.objects.filter(pk=OuterRef("pin_id"))
    return Handover.objects.filter(
        Exists(shown),
        Q(from_body=body) | Q(to_body=body),
        undoes=None,
        undone_by=None,
        created_at__gte=month.start,
        created_at__lt=month.end,
    ).select_related("pin", "from_body", "to_body")


def _measures(body: Body, month: Month) -> list[MeasureLine]:
    """Return what the city does in the body's districts, or for what was said there."""
    measures = Measure.objects.public()
    if not sees_whole_city(body):
        linked = Link.objects.filter(
            pin__in=PublicPin.objects.for_body(body).values("pk")
        )
        # As `Measure.objects.within` says: no area that only shares a border.
        beside = {"dimension": 2, "geometry__touches": OuterRef("geometry")}
        there = (
            District.objects.current()
            .filter(
                valid_on(timezone.localdate(), "responsibility__"),
                responsibility__body=body,
                geometry__intersects=OuterRef("geometry"),
            )
            .alias(
                dimension=Func(
                    OuterRef("geometry"),
                    function="ST_Dimension",
                    output_field=IntegerField(),
                )
            )
            .exclude(**beside)
        )
        measures = measures.filter(
            Exists(there)
            | Q(pk__in=linked.values("measure"))
            | Q(pk__in=linked.values("milestone__measure"))
        )
    lines = [
        _measure(measure, month)
        for measure in measures.defer("geometry").prefetch_related("milestones")
    ]
    going = {Measure.State.PLANNED, Measure.State.IN_PROGRESS}
    return [line for line in lines if line.measure.state in going or line.done]


def _measure(measure: Measure, month: Month) -> MeasureLine:
    milestones = list(measure.milestones.all())
    today = timezone.localdate()
    return MeasureLine(
        measure=measure,
        done=[
            one
            for one in milestones
            if one.done_on and month.first <= one.done_on < month.after.first
        ],
        overdue=[one for one in milestones if not one.done_on and one.due_on < today],
    )


def _districts(month: Month) -> list[DistrictLine]:
    """Return a line for each district of the city; one pass over the public pins."""
    in_month = Q(published_at__gte=month.start, published_at__lt=month.end)
    counts = {
        row["district_slug"]: row
        for row in PublicPin.objects.order_by()
        .values("district_slug")
        .annotate(
            came_in=Count("pk", filter=in_month),
            open=Count("pk", filter=Q(status__in=OPEN)),
            overdue=Count("pk", filter=_overdue()),
            answered=Count("pk", filter=Q(answered_after__isnull=False)),
        )
    }
    return [
        DistrictLine(
            name=district.name,
            body=district.body_name,
            **{
                name: counts.get(district.slug, {}).get(name, 0)
                for name in ("came_in", "open", "overdue", "answered")
            },
        )
        for district in District.objects.current().with_body().defer("geometry")
    ]
