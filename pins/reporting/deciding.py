"""People decide what becomes of something that was reported (DSA, Art. 16(6) and 17)."""

from dataclasses import dataclass
from hashlib import sha256

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext, gettext_lazy

from pins.models import Pin, ReportCase
from pins.models.report import NEEDS_GROUND, Outcome
from pins.reporting.letters import tell_both, tell_hidden
from pins.reporting.subjects import Subject, subject_of
from pins.workflow import MoveNotAllowed
from trust.audit import record

DECIDED_ALREADY = gettext_lazy("Somebody else has decided on this meanwhile.")


@dataclass(frozen=True)
class Decision:
    """What a person decided, with the reason that both sides are told."""

    outcome: str
    reason: str
    ground: str = ""
    rule: str = ""


def digest_of(case: ReportCase, subject: Subject | None) -> str:
    """Return what a moderator has read: the thing, and all reports about it."""
    reports = case.reports.order_by("pk").values_list("pk", flat=True)
    words = subject.words_digest if subject is not None else ""
    return sha256(f"{list(reports)} {words}".encode()).hexdigest()


def possible_outcomes(subject: Subject | None) -> list[Outcome]:
    """Return what can be decided about a thing as it is now."""
    if subject is None or not (subject.is_public or subject.is_hidden):
        return [Outcome.GONE]
    return [Outcome.KEPT, Outcome.CHANGED, Outcome.HIDDEN]


@transaction.atomic
def hide_for_now(*, case: ReportCase, actor: User) -> ReportCase:
    """Take a thing out of sight until it is decided; its author is told so.

    Raises MoveNotAllowed where it is decided already, or not public.
    """
    held, subject = hold(case)
    demand_undecided(held)
    if subject is None or not subject.is_public:
        raise MoveNotAllowed(gettext("It is not public any more."))
    with translation.override(subject.language):
        reason = gettext(
            "Somebody reported it. We look at it; until that is decided, nobody else "
            "sees it."
        )
    subject.hide(actor=actor, reason=reason, is_told=True)
    held.hidden_at = timezone.now()
    held.save(update_fields=["hidden_at"])
    tell_hidden(held)
    record(
        "hide reported content for now",
        actor=actor,
        target=held,
        before={"visible": True},
        after={"visible": False},
    )
    return held


@transaction.atomic
def decide(
    *, case: ReportCase, actor: User, decision: Decision, read: str
) -> ReportCase:
    """Decide on a thing that was reported; reporters and author are told why.

    `read` is the `digest_of` what the actor has seen. Raises MoveNotAllowed where somebody
    decided meanwhile, reported it once more or changed it.
    """
    held, subject = hold(case)
    demand_undecided(held)
    if digest_of(held, subject) != read:
        raise MoveNotAllowed(
            gettext(
                "It was reported once more or changed meanwhile. Please look at it again."
            )
        )
    carry_out(held, subject, decision, actor)
    held.first_decided_at = held.decided_at
    held.save()
    tell_both(held)
    return held


def demand_undecided(case: ReportCase) -> None:
    """Raise MoveNotAllowed where somebody has decided."""
    if case.is_decided:
        raise MoveNotAllowed(DECIDED_ALREADY)


def hold(case: ReportCase) -> tuple[ReportCase, Subject | None]:
    """Return case and thing as they are now, held until the transaction ends.

    The pin first, as whoever reports something does.
    """
    subject = subject_of(case)
    if subject is not None:
        Pin.objects.select_for_update(no_key=True).get(pk=subject.pin.pk)
    held = ReportCase.objects.select_for_update(no_key=True).get(pk=case.pk)
    return held, subject_of(held)


def carry_out(
    case: ReportCase, subject: Subject | None, decision: Decision, actor: User
) -> None:
    """Let a decision take effect and note it in the case, which the caller saves.

    Raises MoveNotAllowed for what cannot be decided about the thing as it is.
    """
    if decision.outcome not in possible_outcomes(subject):
        raise MoveNotAllowed(gettext("This step is not possible at the moment."))
    if not decision.reason.strip():
        raise MoveNotAllowed(gettext("Please give a reason."))
    if decision.outcome in NEEDS_GROUND and not decision.ground:
        raise MoveNotAllowed(gettext("Please say on what the decision rests."))
    was_visible = subject is not None and subject.is_public
    if subject is not None:
        _take_effect(subject, decision, actor)
    case.outcome, case.ground = decision.outcome, decision.ground
    case.rule, case.reason = decision.rule, decision.reason
    case.decided_by, case.decided_at = actor, timezone.now()
    record(
        "decide on reported content",
        actor=actor,
        target=case,
        before={"visible": was_visible},
        after={"outcome": decision.outcome, "ground": decision.ground},
    )


def _take_effect(subject: Subject, decision: Decision, actor: User) -> None:
    if decision.outcome == Outcome.HIDDEN and subject.is_public:
        subject.hide(actor=actor, reason=decision.reason, is_told=False)
    if decision.outcome in {Outcome.KEPT, Outcome.CHANGED} and subject.is_hidden:
        subject.show(actor=actor)
