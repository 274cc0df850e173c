"""Handing a contribution over to the body that really answers for it."""

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from districts.models import Body, Responsibility
from pins.models import Handover, Pin, PublicPin
from pins.telling.news import announce_handover
from pins.workflow import MoveNotAllowed, Status

# Once a body has spoken, or has it on the agenda of a sitting, it is its own.
HANDED_OVER_FROM = frozenset({Status.RECEIVED, Status.IN_REVIEW})


@transaction.atomic
def hand_over(
    *, pin: Pin, to_body: Body, actor: User, from_body: Body, reason: str
) -> Handover:
    """Let another body answer for a published contribution, for a reason all can read.

    Raises MoveNotAllowed without a reason, for a contribution that has come farther, and
    where `from_body` does not answer for it (any more).
    """
    locked = Pin.objects.select_for_update().get(pk=pin.pk)
    if not locked.is_published or locked.status not in HANDED_OVER_FROM:
        raise MoveNotAllowed(
            _("This contribution can no longer be handed over to another body.")
        )
    if not PublicPin.objects.for_body(from_body).filter(pk=locked.pk).exists():
        raise MoveNotAllowed(_("Another body answers for this contribution now."))
    if to_body == from_body:
        raise MoveNotAllowed(_("Please choose another body."))
    if not reason.strip():
        raise MoveNotAllowed(_("Please give a reason."))
    handover = Handover.objects.create(
        pin=locked,
        from_body=from_body,
        to_body=to_body,
        actor=actor,
        reason=reason.strip(),
    )
    let_answer(locked, to_body)
    announce_handover(handover)
    return handover


def last_handover(from_body: Body, reference: str) -> Handover | None:
    """Return how a contribution last left the desk of a body, if it did."""
    holding = Handover.objects.filter(
        from_body=from_body, pin__reference=reference, undoes=None, undone_by=None
    )
    return holding.select_related("pin", "from_body", "to_body").last()


def let_answer(pin: Pin, body: Body) -> None:
    """Note which body answers; nothing where it is the one of its district anyway."""
    duty = Responsibility.objects.current().filter(district=pin.district_id, body=body)
    pin.handed_to = None if duty.exists() else body
    pin.save(update_fields=["handed_to"])
