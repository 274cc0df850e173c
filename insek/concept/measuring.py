"""What planners do with measures and their milestones."""

import datetime
from collections.abc import Mapping

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from insek.concept.keeping import ConceptRefused, keep
from insek.models import Goal, Link, Measure, MeasureGoal, Milestone
from insek.reading import digest_of, hold_as_read
from insek.trace.telling import tell_linked, tell_measure_state, tell_milestone_done
from insek.trace.tracing import links_of, pins_of, refresh_outcomes

State = Measure.State

MEASURE_FIELDS = ("modified_at",)
MILESTONE_FIELDS = ("title_de", "title_en", "text_de", "text_en", "due_on", "done_on")
SLUG_LENGTH = 80
ALL = 100

# From where a measure goes where. What is stopped or done can be taken up again.
MOVES: dict[State, tuple[State, ...]] = {
    State.PROPOSED: (State.PLANNED, State.STOPPED),
    State.PLANNED: (State.IN_PROGRESS, State.PROPOSED, State.STOPPED),
    State.IN_PROGRESS: (State.DONE, State.PLANNED, State.STOPPED),
    State.DONE: (State.IN_PROGRESS,),
    State.STOPPED: (State.PROPOSED, State.PLANNED, State.IN_PROGRESS),
}


def digest_of_measure(measure: Measure) -> str:
    """Return what changes each time that a measure is saved."""
    return digest_of(measure, MEASURE_FIELDS)


def digest_of_milestone(milestone: Milestone) -> str:
    """Return what changes with anything that a milestone says."""
    return digest_of(milestone, MILESTONE_FIELDS)


@transaction.atomic
def save_measure(
    *, measure: Measure, goals: Mapping[Goal, str], actor: User, read: str = ""
) -> Measure:
    """Save a measure, new or changed, with the goals it serves and why.

    Its state is changed by `change_measure_state`. Whoever follows contributions to it is
    told when it becomes public. Raises ConceptRefused, ChangedMeanwhile where it is no
    longer what was `read`, and DoesNotExist where it is gone.
    """
    before = _as_read(measure, read)
    if before is not None:
        measure.state, measure.stopped_because = before.state, before.stopped_because
    if not measure.slug:
        measure.slug = _free_slug(measure)
    _require_fitting_progress(measure)
    measure.modified_at = timezone.now()
    keep(measure, _("Another measure has this number."))
    _serve(measure, goals, actor)
    refresh_outcomes(pins_of(measure))
    if measure.is_public and (before is None or not before.is_public):
        tell_linked(links_of(measure))
    return measure


def _as_read(measure: Measure, read: str) -> Measure | None:
    if not measure.pk:
        return None
    return hold_as_read(Measure, measure.pk, MEASURE_FIELDS, read)


def _free_slug(measure: Measure) -> str:
    """Return a name for the address; from then on it stays, whatever the title becomes."""
    stem = slugify(f"{measure.title_de}")[: SLUG_LENGTH - 8].strip("-") or "massnahme"
    taken = set(
        Measure.objects.filter(slug__startswith=stem).values_list("slug", flat=True)
    )
    number = 1
    slug = stem
    while slug in taken:
        number += 1
        slug = f"{stem}-{number}"
    return slug


def _require_fitting_progress(measure: Measure) -> None:
    """Nothing is done before it has begun, and nothing is done in full but what is done."""
    if measure.state in {State.PROPOSED, State.PLANNED} and measure.progress:
        message = _("It has not begun: please change the state first.")
        raise ConceptRefused(message, "progress")
    if measure.state == State.DONE and measure.progress != ALL:
        raise ConceptRefused(_("What is done is done in full."), "progress")
    if measure.state in {State.IN_PROGRESS, State.STOPPED} and measure.progress == ALL:
        message = _("At 100 % it is done: please change the state instead.")
        raise ConceptRefused(message, "progress")


def _serve(measure: Measure, goals: Mapping[Goal, str], actor: User) -> None:
    """Keep who has linked a goal and when, as long as the reason stays."""
    known = {one.goal_id: one for one in MeasureGoal.objects.filter(measure=measure)}
    wanted = {goal.pk: reason for goal, reason in goals.items()}
    MeasureGoal.objects.filter(
        pk__in=[one.pk for pk, one in known.items() if pk not in wanted]
    ).delete()
    for pk, reason in wanted.items():
        if pk in known and known[pk].reason == reason:
            continue
        MeasureGoal.objects.update_or_create(
            measure=measure,
            goal_id=pk,
            defaults={
                "reason": reason,
                "linked_by": actor,
                "linked_at": timezone.now(),
            },
        )


@transaction.atomic
def change_measure_state(
    *,
    measure: Measure,
    to: State,
    reason: str = "",
    progress: int | None = None,
    read: str = "",
) -> Measure:
    """Take a measure to another state; whoever follows its contributions is told.

    `reason` is why it is stopped, `progress` (per cent) how far it is when work begins or
    goes on. Raises ConceptRefused for a move that there is not, and the others as
    `save_measure`.
    """
    held = hold_as_read(Measure, measure.pk, MEASURE_FIELDS, read)
    if to not in MOVES[State(held.state)]:
        message = _("From “%(state)s” it cannot go there.")
        raise ConceptRefused(message % {"state": held.get_state_display()}, "to")
    if to == State.STOPPED and not reason.strip():
        raise ConceptRefused(_("Please give a reason: everyone reads it."), "reason")
    held.state, held.modified_at = to, timezone.now()
    held.stopped_because = reason.strip() if to == State.STOPPED else ""
    held.progress = _progress_after(held, to, progress)
    _require_fitting_progress(held)
    held.save()
    tell_measure_state(held)
    return held


def _progress_after(measure: Measure, to: State, progress: int | None) -> int:
    if to == State.DONE:
        return ALL
    if to in {State.PROPOSED, State.PLANNED}:
        return 0
    if to == State.STOPPED:
        return measure.progress
    if progress is not None:
        return progress
    return 0 if measure.progress == ALL else measure.progress


@transaction.atomic
def delete_measure(*, measure: Measure) -> None:
    """Delete a measure; raises ConceptRefused where something hangs on it."""
    held = Measure.objects.select_for_update().get(pk=measure.pk)
    reasons = []
    if links_of(held).exists():
        reasons.append(_("linked contributions or resolutions"))
    if held.submissions.exists():
        reasons.append(_("submissions to the bodies"))
    if reasons:
        message = _("It cannot be deleted. There are still: %(reasons)s.")
        raise ConceptRefused(message % {"reasons": ", ".join(reasons)})
    held.delete()


@transaction.atomic
def save_milestone(*, milestone: Milestone, read: str = "") -> Milestone:
    """Save a milestone, new or changed; whether it is done stays as it was."""
    if milestone.pk is not None:
        held = hold_as_read(Milestone, milestone.pk, MILESTONE_FIELDS, read)
        milestone.done_on = held.done_on
    milestone.save()
    return milestone


@transaction.atomic
def complete_milestone(
    *, milestone: Milestone, done_on: datetime.date | None = None
) -> Milestone:
    """Say that a milestone is reached; whoever follows its contributions is told once.

    `done_on` is today unless another day that is not ahead. Raises ConceptRefused for one
    that is, and for what is done already.
    """
    held = _hold(milestone)
    day = done_on or timezone.localdate()
    if held.done_on is not None:
        raise ConceptRefused(_("This milestone is done already."), "done_on")
    if day > timezone.localdate():
        raise ConceptRefused(_("This day is still ahead."), "done_on")
    held.done_on = day
    held.save(update_fields=["done_on"])
    tell_milestone_done(held)
    return held


@transaction.atomic
def reopen_milestone(*, milestone: Milestone) -> Milestone:
    """Take back that a milestone is reached; raises ConceptRefused where it is open."""
    held = _hold(milestone)
    if held.done_on is None:
        raise ConceptRefused(_("This milestone is open already."))
    held.done_on = None
    held.save(update_fields=["done_on"])
    return held


@transaction.atomic
def delete_milestone(*, milestone: Milestone) -> None:
    """Delete a milestone; raises ConceptRefused where something is linked to it."""
    held = _hold(milestone)
    if Link.objects.filter(milestone=held).exists():
        message = _("It cannot be deleted. There are still: %(reasons)s.")
        reasons = _("linked contributions or resolutions")
        raise ConceptRefused(message % {"reasons": reasons})
    held.delete()


def _hold(milestone: Milestone) -> Milestone:
    """Return a milestone held until the transaction ends; raises DoesNotExist."""
    return (
        Milestone.objects.select_for_update(of=("self",))
        .select_related("measure")
        .get(pk=milestone.pk)
    )
