"""What the bodies resolve on the concept: read from consultations, and taking effect."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from councils.models import Consultation, Sitting
from councils.public.agenda import PublicResult, public_result
from districts.models import Body
from insek.models import Goal, Link, Measure, Submission
from insek.trace.telling import tell_linked, tell_measure_state, tell_resolved
from insek.trace.tracing import links_of, pins_of, refresh_outcomes

Outcome = Consultation.Outcome
State = Measure.State


@dataclass(frozen=True)
class Resolution:
    """What one body did with a goal or a measure in public.

    `result` is None as long as the sitting has not been held.
    """

    submission: Submission
    body: Body
    role: str
    sitting: Sitting
    item_number: str
    result: PublicResult | None

    @property
    def is_adoption(self) -> bool:
        """Whether the body that decides has adopted it."""
        result = self.result
        return (
            result is not None
            and result.is_authoritative
            and result.outcome == Outcome.ENDORSED
        )


def resolutions_on(target: Goal | Measure) -> list[Resolution]:
    """Return what bodies did with a goal or a measure in public, the latest first.

    Two queries.
    """
    submissions = {
        submission.matter_id: submission
        for submission in target.submissions.select_related("matter")
    }
    found = (
        Consultation.objects.public()
        .filter(matter__in=submissions)
        .exclude(item__sitting__state=Sitting.State.CANCELLED)
        .select_related("body", "item__sitting")
        .order_by("-item__sitting__start", "-pk")
    )
    return [
        Resolution(
            submission=submissions[consultation.matter_id],
            body=consultation.body,
            role=consultation.get_role_display(),
            sitting=item.sitting,
            item_number=item.number,
            result=public_result(item, consultation),
        )
        for consultation in found
        if (item := consultation.item) is not None
    ]


def adoption(resolutions: Iterable[Resolution]) -> Resolution | None:
    """Return the latest of these resolutions that adopted it."""
    return next((one for one in resolutions if one.is_adoption), None)


def take_effect(
    *, consultations: Iterable[Consultation], actor: User, **_others: Any
) -> None:
    """Carry on what the deciding body has endorsed; listens to `results_took_effect`.

    Everything else is only shown. What was decided on a non-public item stays there.
    """
    adopted = {
        c.matter_id: c
        for c in consultations
        if c.is_authoritative
        and c.outcome == Outcome.ENDORSED
        and c.item is not None
        and c.item.is_public
    }
    submissions = Submission.objects.filter(matter__in=adopted).order_by("pk")
    for submission in submissions:
        adopt(
            submission=submission,
            consultation=adopted[submission.matter_id],
            actor=actor,
        )


@transaction.atomic
def adopt(*, submission: Submission, consultation: Consultation, actor: User) -> None:
    """Let a resolution take effect on the goals and measures it is about.

    They become public, proposed measures planned; the resolution is linked to them, and
    whoever follows a contribution linked to them is told.
    """
    now = timezone.now()
    goals = list(_held(submission.goals.all()))
    measures = list(_held(submission.measures.all()))
    shown = [target for target in [*goals, *measures] if not target.is_public]
    planned = [m for m in measures if m.state == State.PROPOSED]
    for target in shown:
        target.is_public, target.modified_at = True, now
    for measure in planned:
        measure.state, measure.modified_at = State.PLANNED, now
    Goal.objects.bulk_update(goals, ["is_public", "modified_at"])
    Measure.objects.bulk_update(measures, ["is_public", "state", "modified_at"])
    _link(consultation, goals, measures, actor)
    refresh_outcomes({pk for target in shown for pk in pins_of(target)})
    for target in shown:
        tell_linked(links_of(target))
    for target in [*goals, *measures]:
        tell_resolved(target, consultation)
    for measure in planned:
        tell_measure_state(measure)


def _held(targets: Any) -> Any:
    """Return goals or measures held until the transaction ends, as all hold them."""
    return targets.select_for_update(no_key=True, of=("self",)).order_by("pk")


def _link(
    consultation: Consultation,
    goals: Iterable[Goal],
    measures: Iterable[Measure],
    actor: User,
) -> None:
    rows = [Link(consultation=consultation, goal=g, linked_by=actor) for g in goals]
    rows += [
        Link(consultation=consultation, measure=m, linked_by=actor) for m in measures
    ]
    Link.objects.bulk_create(rows, ignore_conflicts=True)
