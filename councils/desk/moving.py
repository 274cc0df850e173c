"""Moving a contribution on from the desk: the workflow, and what bodies owe each other."""

import datetime
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from councils.matters import names, unheard_bodies
from councils.models import Consultation, MatterPin
from districts.models import Body
from pins.actions import change_status, hold_with_survivors
from pins.handovers import hand_over
from pins.models import Handover, Pin, PublicPin, StatusChange
from pins.workflow import STATUS_MOVES, MoveNotAllowed, Role, Status, targets

# What a body has said in its own name, without an agenda.
_ADVICE = (Status.ENDORSED, Status.NOT_ENDORSED)


@dataclass(frozen=True)
class NextSteps:
    """Where a contribution can be moved by hand with an answer, and who stands before it.

    Nothing is adopted while `unheard` is not empty. Merging has a page of its own.
    """

    statuses: list[str]
    may_merge: bool
    unheard: list[Body]


def next_steps(pin: Pin, roles: frozenset[Role]) -> NextSteps:
    """Return what somebody in these roles can do with a contribution."""
    found = targets(STATUS_MOVES, pin.status, set(roles))
    unheard = unheard_on(pin) if Status.ADOPTED in found else []
    left_out = {Status.DUPLICATE} | ({Status.ADOPTED} if unheard else set())
    return NextSteps(
        statuses=[status for status in found if status not in left_out],
        may_merge=Status.DUPLICATE in found,
        unheard=unheard,
    )


@transaction.atomic
def move_pin(
    *,
    pin: Pin,
    to: Status,
    desk: Body,
    actor: User,
    roles: frozenset[Role],
    body: Body | None,
    public_note: str = "",
    duplicate_of: Pin | None = None,
) -> StatusChange:
    """Move a contribution on by hand at the desk of a body, as `change_status` does.

    `body` is the body the actor speaks for. Raises MoveNotAllowed too where the desk's
    body does not answer for it any more, where a district council must be heard first
    (GemO RLP § 75), and for a duplicate that a body still has before it. Sent twice, it
    is one step.
    """
    held, survivor = hold_with_survivors(pin, duplicate_of)
    if not PublicPin.objects.for_body(desk).filter(pk=held.pk).exists():
        raise MoveNotAllowed(_("Another body answers for this contribution now."))
    known = _sent_before(held, to, actor, public_note, survivor)
    if known is not None:
        return known
    if to == Status.ADOPTED:
        _require_hearing(held)
    if to == Status.DUPLICATE:
        _require_free(held)
    return change_status(
        pin=held,
        to=to,
        actor=actor,
        roles=set(roles),
        body=body,
        public_note=public_note,
        duplicate_of=survivor,
    )


@transaction.atomic
def hand_over_pin(
    *, pin: Pin, to_body: Body, actor: User, from_body: Body, reason: str
) -> Handover:
    """Let another body answer, as `hand_over` does.

    Raises MoveNotAllowed too while the contribution is on an agenda or proposed for one.
    """
    held = Pin.objects.select_for_update().get(pk=pin.pk)
    _require_free(held)
    return hand_over(
        pin=held, to_body=to_body, actor=actor, from_body=from_body, reason=reason
    )


def unheard_on(pin: Pin) -> list[Body]:
    """Return the district councils without whose hearing the contribution cannot be
    adopted: those of its matter, without one that of its district.
    """
    part = MatterPin.objects.filter(pin=pin).select_related("matter").first()
    if part is not None:
        return unheard_bodies(part.matter)
    said = StatusChange.objects.filter(
        pin=pin, to_status__in=_ADVICE, undoes=None, undone_by=None
    )
    return list(
        Body.objects.filter(
            kind=Body.Kind.DISTRICT_COUNCIL,
            pk__in=pin.district.responsibility_set.current().values("body"),
        ).exclude(pk__in=said.filter(body__isnull=False).values("body"))
    )


def _sent_before(
    pin: Pin, to: Status, actor: User, public_note: str, survivor: Pin | None
) -> StatusChange | None:
    """Return the last step where it is this very one: the form was sent twice."""
    if pin.status != to or pin.duplicate_of_id != (survivor and survivor.pk):
        return None
    last = StatusChange.objects.filter(pin=pin).last()
    mine = (to, actor.pk, public_note.strip(), None)
    if last and mine == (
        last.to_status,
        last.actor_id,
        last.public_note,
        last.undoes_id,
    ):
        return last
    return None


def _require_hearing(pin: Pin) -> None:
    unheard = unheard_on(pin)
    if unheard:
        raise MoveNotAllowed(
            _(
                "Not heard yet: %(bodies)s. A district council must be heard, or waive "
                "it, before this can be adopted."
            )
            % {"bodies": names(unheard)}
        )


def require_nothing_before_a_body_since(pin: Pin, moment: datetime.datetime) -> None:
    """Raise MoveNotAllowed where a body got the contribution before it after a moment.

    Who holds the pin knows: nobody else puts it on an agenda meanwhile.
    """
    _refuse_for(_before_bodies(pin).filter(modified_at__gt=moment))


def _require_free(pin: Pin) -> None:
    """Raise MoveNotAllowed while a body has the contribution before it."""
    _refuse_for(_before_bodies(pin))


def _before_bodies(pin: Pin) -> QuerySet[Consultation]:
    return Consultation.objects.about(pin).filter(decided_at=None)


def _refuse_for(before: QuerySet[Consultation]) -> None:
    consultation = before.select_related("body").first()
    if consultation is None:
        return
    message = (
        _("It is on an agenda of %(body)s. Please take it off there first.")
        if consultation.item_id
        else _("It has been proposed to %(body)s. Please withdraw that first.")
    )
    raise MoveNotAllowed(message % {"body": consultation.body})
