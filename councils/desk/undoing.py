"""Taking the last steps back for a minute: offered on the next page of the desk.

The session keeps what can be taken back, `{"steps": [...], "handovers": [...], "status",
"until"}`: ids of `StatusChange` and `Handover`, the status that all steps led to, and an
ISO time.
"""

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from councils.desk.moving import require_nothing_before_a_body_since
from pins.models import Handover, StatusChange
from pins.undo import undo_handover, undo_step
from pins.workflow import MoveNotAllowed, Status

SESSION_KEY = "undo"


@dataclass(frozen=True)
class Outcome:
    """How many steps were taken back, and why others were not."""

    done: int
    refused: list[str]


def offer_undo(
    request: HttpRequest,
    *,
    steps: Iterable[StatusChange] = (),
    handovers: Iterable[Handover] = (),
) -> None:
    """Offer on the next page to take these steps back, instead of any earlier ones."""
    steps = list(steps)
    reached = {str(step.to_status) for step in steps}
    request.session[SESSION_KEY] = {
        "steps": [step.pk for step in steps],
        "status": reached.pop() if len(reached) == 1 else "",
        "handovers": [handover.pk for handover in handovers],
        "until": (timezone.now() + settings.UNDO_PERIOD).isoformat(),
    }


def seconds_left(request: HttpRequest) -> int:
    """Return for how long the last steps can still be taken back; 0 where none can."""
    kept = request.session.get(SESSION_KEY)
    if kept is None:
        return 0
    until = datetime.datetime.fromisoformat(kept["until"])
    return max(0, int((until - timezone.now()).total_seconds()))


def status_offered(request: HttpRequest) -> str:
    """Return the name of the status that the last steps led to; empty without one."""
    status = request.session.get(SESSION_KEY, {}).get("status")
    return str(Status(status).label) if status else ""


def undo_offered(request: HttpRequest, actor: User) -> Outcome:
    """Take back what the session offers; what has moved on since stays as it is.

    What followed from an agenda is taken back there.
    """
    kept = request.session.pop(SESSION_KEY, None)
    if kept is None:
        return Outcome(0, [])
    now = timezone.now()
    steps = StatusChange.objects.filter(
        pk__in=kept["steps"], consultation_step=None
    ).select_related("pin")
    handovers = Handover.objects.filter(pk__in=kept["handovers"]).select_related(
        "pin", "from_body", "to_body"
    )
    undoing: list[Callable[[], Any]] = [
        *(partial(_undo_step, step, actor, now) for step in steps),
        *(partial(_undo_handover, handover, actor, now) for handover in handovers),
    ]
    done, refused = 0, list[str]()
    for undo in undoing:
        try:
            undo()
        except MoveNotAllowed as error:
            refused.append(str(error))
        else:
            done += 1
    return Outcome(done, refused)


@transaction.atomic
def _undo_step(step: StatusChange, actor: User, now: datetime.datetime) -> None:
    undone = undo_step(change=step, actor=actor, now=now)
    require_nothing_before_a_body_since(undone.pin, step.created_at)


@transaction.atomic
def _undo_handover(handover: Handover, actor: User, now: datetime.datetime) -> None:
    undone = undo_handover(handover=handover, actor=actor, now=now)
    require_nothing_before_a_body_since(undone.pin, handover.created_at)
