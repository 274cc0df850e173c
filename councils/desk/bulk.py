"""What is done with several contributions at once, and what of it could not be done."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from councils.access import Seat
from councils.desk.assignments import AssignmentRefused, assign
from councils.desk.moving import hand_over_pin, move_pin
from districts.models import Body
from pins.models import Handover, Pin, PublicPin, StatusChange
from pins.workflow import MoveNotAllowed, Status

# More than fit on a page of the inbox, and few enough for one request.
MOST_AT_ONCE = 100

Step = TypeVar("Step")


@dataclass
class Outcome(Generic[Step]):
    """Which contributions it was done with, the steps taken, and why not with others."""

    done: list[Pin] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)


def accept_all(seat: Seat, references: Iterable[str]) -> Outcome[StatusChange]:
    """Take on the contributions that nobody has accepted yet."""
    return _with_each(seat, references, lambda pin: _accept(pin, seat))


def hand_over_all(
    seat: Seat, references: Iterable[str], *, to_body: Body, reason: str
) -> Outcome[Handover]:
    """Let another body answer for the contributions."""
    return _with_each(
        seat,
        references,
        lambda pin: hand_over_pin(
            pin=pin,
            to_body=to_body,
            actor=seat.user,
            from_body=seat.body,
            reason=reason,
        ),
    )


def assign_all(
    seat: Seat, references: Iterable[str], *, assignee: User | None
) -> Outcome[None]:
    """Give the contributions to somebody at the desk, or to nobody (None)."""
    return _with_each(
        seat,
        references,
        lambda pin: assign(pin=pin, body=seat.body, assignee=assignee, actor=seat.user),
    )


def _with_each(
    seat: Seat, references: Iterable[str], act: Callable[[Pin], Step]
) -> Outcome[Step]:
    """Do it with each for itself: one that is refused does not keep the others back."""
    outcome = Outcome[Step]()
    wanted = list(dict.fromkeys(references))
    shown = PublicPin.objects.for_body(seat.body).filter(reference__in=wanted)
    pins = {p.reference: p for p in Pin.objects.filter(pk__in=shown.values("pk"))}
    for reference in wanted:
        pin = pins.get(reference)
        if pin is None:
            outcome.refused[reference] = _("no longer at this desk")
            continue
        try:
            step = act(pin)
        except (MoveNotAllowed, AssignmentRefused) as error:
            outcome.refused[reference] = str(error)
            continue
        outcome.done.append(pin)
        outcome.steps.append(step)
    return outcome


@transaction.atomic
def _accept(pin: Pin, seat: Seat) -> StatusChange:
    """Accept it unless somebody else has taken a step with it meanwhile.

    What is decided already is no more opened here, though the workflow would allow it.
    """
    held = Pin.objects.select_for_update().get(pk=pin.pk)
    if held.status not in {Status.RECEIVED, Status.IN_REVIEW}:
        raise MoveNotAllowed(_overtaken(held))
    try:
        return move_pin(
            pin=held,
            to=Status.IN_REVIEW,
            desk=seat.body,
            actor=seat.user,
            roles=seat.roles,
            body=seat.speaks_for,
        )
    except MoveNotAllowed as error:
        if held.status == Status.RECEIVED:
            raise
        raise MoveNotAllowed(_overtaken(held)) from error


def _overtaken(pin: Pin) -> str:
    return _("somebody else was faster, its status is “%(status)s”") % {
        "status": Status(pin.status).label
    }
