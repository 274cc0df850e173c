"""Whoever does not agree with a decision has another person look again (DSA, Art. 20)."""

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext

from pins.models import Complaint, Report, ReportCase
from pins.models.report import NEEDS_GROUND, Outcome
from pins.reporting.deciding import Decision, carry_out, hold, possible_outcomes
from pins.reporting.letters import tell_both
from pins.workflow import MoveNotAllowed
from trust.audit import record


class ComplainedAlready(Exception):
    """This side has complained about the decision before."""


@transaction.atomic
def complain(*, case: ReportCase, report: Report | None, text: str) -> Complaint:
    """Keep a complaint of the reporter, or without a report of the author.

    Raises MoveNotAllowed where this side has nothing to complain about or its time is
    over, and ComplainedAlready.
    """
    held, _subject = hold(case)
    if not held.takes_complaint(of_author=report is None) or held.decided_by is None:
        raise MoveNotAllowed(
            gettext("It is no longer possible to complain about this decision.")
        )
    try:
        with transaction.atomic():
            return Complaint.objects.create(
                case=held,
                report=report,
                text=text,
                first_decided_by=held.decided_by,
                first_outcome=held.outcome,
                first_reason=held.reason,
            )
    except IntegrityError as error:
        raise ComplainedAlready from error


def granted_outcome(complaint: Complaint) -> Outcome:
    """Return what a thing comes to when a complaint is granted.

    What was corrected stays so in the case: a person puts it right by hand beforehand.
    """
    if complaint.first_outcome == Outcome.CHANGED:
        return Outcome.CHANGED
    return Outcome.KEPT if complaint.is_of_author else Outcome.HIDDEN


def may_decide(complaint: Complaint, user: User) -> bool:
    """Tell whether somebody may decide: not who made the decision complained about."""
    return complaint.first_decided_by_id != user.pk


@transaction.atomic
def decide_complaint(
    *,
    complaint: Complaint,
    actor: User,
    is_granted: bool,
    reason: str,
    ground: str = "",
    rule: str = "",
) -> Complaint:
    """Grant a complaint or not; both sides are told why.

    Raises MoveNotAllowed where somebody decided meanwhile, and for the person whose
    decision it is about.
    """
    case, subject = hold(complaint.case)
    held = Complaint.objects.select_for_update(no_key=True).get(pk=complaint.pk)
    if held.is_decided:
        raise MoveNotAllowed(gettext("Somebody else has decided on this meanwhile."))
    if not may_decide(held, actor):
        raise MoveNotAllowed(
            gettext(
                "You made the decision that this complaint is about. Somebody else has "
                "to look at it."
            )
        )
    if is_granted:
        outcome = granted_outcome(held)
        if possible_outcomes(subject) == [Outcome.GONE]:
            # Withdrawn meanwhile: the complaint was right all the same.
            outcome = Outcome.GONE
        decision = Decision(outcome, reason)
        if outcome in NEEDS_GROUND:
            decision = Decision(
                outcome, reason, ground or case.ground, rule or case.rule
            )
        carry_out(case, subject, decision, actor)
        case.save()
    held.is_granted, held.reason = is_granted, reason
    held.decided_by, held.decided_at = actor, timezone.now()
    held.save()
    record(
        "decide on a complaint about reported content",
        actor=actor,
        target=held,
        after={"granted": is_granted},
    )
    tell_both(case, held)
    return held
