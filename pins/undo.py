"""Taking the last step of a contribution back, within the minute after it.

Nothing is edited: the reverse is appended and names what it takes back. The public
timeline leaves both out.
"""

import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from pins.actions import hold_with_survivors, survivor_for
from pins.handovers import let_answer
from pins.merging import last_merge, merge, separate
from pins.models import Handover, Pin, StatusChange
from pins.workflow import MoveNotAllowed, Status


@transaction.atomic
def undo_step(
    *, change: StatusChange, actor: User, now: datetime.datetime
) -> StatusChange:
    """Take a change of status back, with the merging that came of it.

    Raises MoveNotAllowed for somebody else's, after `UNDO_PERIOD`, and where something
    has happened since.
    """
    former = last_merge(change.pin) if change.from_status == Status.DUPLICATE else None
    pin, survivor = _hold_last(change, actor, now, former.survivor if former else None)
    reverse = StatusChange.objects.create(
        pin=pin,
        from_status=change.to_status,
        to_status=change.from_status,
        body=change.body,
        actor=actor,
        undoes=change,
    )
    if pin.status == Status.DUPLICATE:
        separate(pin)
    pin.status = change.from_status
    pin.duplicate_of = survivor_for(pin, survivor, Status(change.from_status))
    pin.save(update_fields=["status", "duplicate_of"])
    if pin.duplicate_of is not None:
        merge(step=reverse, duplicate=pin, survivor=pin.duplicate_of)
    return reverse


@transaction.atomic
def undo_handover(
    *, handover: Handover, actor: User, now: datetime.datetime
) -> Handover:
    """Give a contribution back to the body that handed it over; raises as `undo_step`."""
    pin, _survivor = _hold_last(handover, actor, now)
    reverse = Handover.objects.create(
        pin=pin,
        from_body=handover.to_body,
        to_body=handover.from_body,
        actor=actor,
        undoes=handover,
    )
    let_answer(pin, handover.from_body)
    return reverse


def _hold_last(
    step: StatusChange | Handover,
    actor: User,
    now: datetime.datetime,
    survivor: Pin | None = None,
) -> tuple[Pin, Pin | None]:
    """Return pin and survivor, held; raises MoveNotAllowed unless the step is the last."""
    pin, survivor = hold_with_survivors(step.pin, survivor)
    if step.actor_id != actor.pk or now > step.created_at + settings.UNDO_PERIOD:
        raise MoveNotAllowed(_("This step can no longer be taken back."))
    if not pin.is_published or _last_step(pin) != step:
        raise MoveNotAllowed(
            _("Something has happened since: this step can no longer be taken back.")
        )
    return pin, survivor


def _last_step(pin: Pin) -> StatusChange | Handover | None:
    """Return what happened last and still holds."""
    holding: dict[str, Any] = {"pin": pin, "undoes": None, "undone_by": None}
    change = StatusChange.objects.filter(**holding).last()
    handover = Handover.objects.filter(**holding).last()
    steps = [step for step in (change, handover) if step is not None]
    return max(steps, key=lambda step: step.created_at, default=None)
