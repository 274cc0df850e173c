"""What something led to in the concept: of a contribution, an event, a sitting, a district.

Only what everyone may read, with why, and how far it is.
"""

import datetime
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from django.db.models import F, Q

from councils.models import Consultation, Sitting
from insek.models import Event, Goal, Link, Measure, MeasureGoal, Milestone
from insek.models.trace import LinkQuerySet
from pins.merging import also_said, public_survivors
from pins.models import PublicPin

SHOWN = 100


@dataclass(frozen=True)
class Why:
    """A reason that a planner gave, and when."""

    text: str
    at: datetime.datetime


@dataclass(frozen=True)
class Adopted:
    """By whom and when it was adopted; the sitting tells more."""

    body: str
    sitting: Sitting


@dataclass
class Outcome:
    """A goal or a measure that something led to."""

    target: Goal | Measure
    reasons: list[Why] = field(default_factory=list)
    # Those that it led to directly.
    milestones: list[Milestone] = field(default_factory=list)
    next_milestone: Milestone | None = None
    last_reached: Milestone | None = None
    done: int = 0
    # Those that the measure serves.
    goals: list[Goal] = field(default_factory=list)
    adopted: Adopted | None = None
    # Contributions that led to it, where several are asked about.
    pins: int = 0

    @property
    def measure(self) -> Measure | None:
        return self.target if isinstance(self.target, Measure) else None

    @property
    def since(self) -> datetime.datetime | None:
        """Since when it is linked."""
        return min((why.at for why in self.reasons), default=None)

    @property
    def words(self) -> list[str]:
        """The reasons that say something, each once."""
        return list(dict.fromkeys(why.text for why in self.reasons if why.text))


def of_pin(pin: PublicPin) -> list[Outcome]:
    """Return what takes up a contribution, or those that repeat it.

    One query where nothing does, six at most.
    """
    repeating = also_said(pin).order_by().values("pk")
    return read_outcomes(Link.objects.filter(Q(pin=pin.pk) | Q(pin__in=repeating)))


def of_event(event: Event) -> list[Outcome]:
    """Return what an event led to, itself and by the contributions that came from it."""
    shown = PublicPin.objects.filter(pk__in=event.origins.values("pin"))
    led = Q(event=event) | Q(pin__in=shown.values("pk"))
    return read_outcomes(Link.objects.filter(led))


def of_sitting(sitting: Sitting) -> list[Outcome]:
    """Return what the resolutions of a sitting led to; nothing before it was held."""
    if sitting.state != Sitting.State.HELD:
        return []
    public = Consultation.objects.public().filter(item__sitting=sitting)
    return read_outcomes(Link.objects.filter(consultation__in=public))


def of_district(slug: str) -> list[Outcome]:
    """Return the measures that take up contributions of a district, with how many.

    One that repeats another counts as that one.
    """
    links = (
        Link.objects.to_public()
        .filter(Q(measure__isnull=False) | Q(milestone__isnull=False))
        .filter(pin__isnull=False)
    )
    here = PublicPin.objects.in_district(slug).filter(pk__in=links.values("pin"))
    found = links.filter(pin__in=here.values("pk"))
    pairs = set(found.order_by().values_list("pin", "measure", "milestone__measure"))
    survivors = public_survivors({pin for pin, _m, _n in pairs if pin})
    counted = Counter(
        measure
        for _pin, measure in {
            (survivors.get(pin or 0), measure or of_milestone)
            for pin, measure, of_milestone in pairs
        }
    )
    outcomes = [
        Outcome(measure, pins=counted[measure.pk])
        for measure in Measure.objects.public().filter(pk__in=counted)
    ]
    _add_progress(outcomes)
    return sorted(outcomes, key=lambda o: -o.pins)


def read_outcomes(links: LinkQuerySet) -> list[Outcome]:
    """Return the public goals and measures these links lead to, measures first.

    Five queries, whatever their number.
    """
    outcomes: dict[tuple[str, int], Outcome] = {}
    found = (
        links.to_public()
        .select_related("goal", "measure", "milestone__measure")
        .order_by("linked_at", "pk")
    )
    for link in found:
        milestone, target = link.milestone, link.target
        if isinstance(target, Milestone):
            target = target.measure
        place = (type(target).__name__, target.pk)
        outcome = outcomes.setdefault(place, Outcome(target))
        outcome.reasons.append(Why(link.reason, link.linked_at))
        if milestone and milestone not in outcome.milestones:
            outcome.milestones.append(milestone)
    # Those linked first come first, since sorting is stable.
    ordered = sorted(outcomes.values(), key=lambda o: o.measure is None)
    _add_progress(ordered)
    _add_goals({o.measure.pk: o for o in ordered if o.measure})
    return ordered[:SHOWN]


def _add_progress(outcomes: Iterable[Outcome]) -> None:
    of_measure = {o.measure.pk: o for o in outcomes if o.measure}
    of_goal = {o.target.pk: o for o in outcomes if o.measure is None}
    if of_measure:
        _add_milestones(of_measure)
        for pk, adopted in _adopted("measures", of_measure).items():
            of_measure[pk].adopted = adopted
    if of_goal:
        for pk, adopted in _adopted("goals", of_goal).items():
            of_goal[pk].adopted = adopted


def _add_milestones(of_measure: dict[int, Outcome]) -> None:
    found = Milestone.objects.filter(measure__in=of_measure)
    for milestone in found.order_by("done_on", "due_on", "pk"):
        outcome = of_measure[milestone.measure_id]
        if milestone.done_on is not None:
            outcome.done += 1
            outcome.last_reached = milestone
        elif outcome.next_milestone is None:
            outcome.next_milestone = milestone


def _add_goals(of_measure: dict[int, Outcome]) -> None:
    if not of_measure:
        return
    serving = MeasureGoal.objects.filter(measure__in=of_measure, goal__is_public=True)
    for one in serving.select_related("goal").order_by("goal__number"):
        of_measure[one.measure_id].goals.append(one.goal)


def _adopted(of: str, ids: Collection[int]) -> dict[int, Adopted]:
    """Return which of these goals or measures were adopted in public, and where last."""
    column = f"matter__submission__{of}"
    found = (
        Consultation.objects.public()
        .filter(
            **{f"{column}__in": ids},
            is_authoritative=True,
            outcome=Consultation.Outcome.ENDORSED,
            decided_at__isnull=False,
            item__sitting__state=Sitting.State.HELD,
        )
        .annotate(adopted=F(column))
        .select_related("body", "item__sitting")
        .order_by("item__sitting__start", "pk")
    )
    return {
        # Annotated by the query.
        consultation.adopted: Adopted(consultation.body.name, consultation.item.sitting)  # type: ignore[attr-defined]  # annotated by the query
        for consultation in found
        if consultation.item
    }
