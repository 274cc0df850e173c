"""The demo: sittings of all bodies, and matters on their way through them."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from councils.matters import default_role
from councils.models import (
    AgendaItem,
    Consultation,
    ConsultationStep,
    Matter,
    MatterPin,
    Membership,
    Sitting,
)
from districts.models import Body
from pins.models import Pin, StatusChange
from pins.workflow import Status

State, Outcome = Sitting.State, Consultation.Outcome

PAST_DAYS = 420
# Days between two sittings, and until a body deals with what lies before it.
RHYTHM = {Body.Kind.DISTRICT_COUNCIL: 42}
RHYTHM_OF_OTHERS = 28
NOTICE = datetime.timedelta(days=9)
USUAL_LAST = "Mitteilungen und Anfragen"
OUTCOMES = {
    Status.ENDORSED: Outcome.ENDORSED,
    Status.NOT_ENDORSED: Outcome.NOT_ENDORSED,
    Status.REFERRED: Outcome.REFERRED,
    Status.ADOPTED: Outcome.ENDORSED,
}
PLACES = {
    Body.Kind.DISTRICT_COUNCIL: "Ortsverwaltung, Sitzungssaal",
    Body.Kind.COMMITTEE: "Rathaus, Großer Ratssaal",
    Body.Kind.COUNCIL: "Rathaus, Großer Ratssaal",
    Body.Kind.ADVISORY_BOARD: "Rathaus, Besprechungsraum",
}


@transaction.atomic
def load_sittings() -> int:
    """Plan sittings for the bodies that have none: a year back, some months on.

    Returns how many. Their days count from today, those of one body in an even rhythm.
    """
    added: list[Sitting] = []
    for number, body in enumerate(Body.objects.filter(sittings=None).order_by("slug")):
        kind = Body.Kind(body.kind)
        rhythm = RHYTHM.get(kind, RHYTHM_OF_OTHERS)
        first = 6 + number * 7 % (rhythm - 8)
        days = range(first - PAST_DAYS // rhythm * rhythm, 3 * rhythm, rhythm)
        added += [_sitting(body, day) for day in days]
    Sitting.objects.bulk_create(added)
    if added:
        _cancel_the_last()
    return len(added)


def _sitting(body: Body, days_from_now: int) -> Sitting:
    day = _day_to_sit(timezone.localdate() + datetime.timedelta(days=days_from_now))
    hour = 19 if body.kind == Body.Kind.DISTRICT_COUNCIL else 16
    start = timezone.make_aware(datetime.datetime.combine(day, datetime.time(hour)))
    is_past = start < timezone.now()
    return Sitting(
        body=body,
        start=start,
        end=start + datetime.timedelta(hours=2) if is_past else None,
        place=PLACES[Body.Kind(body.kind)],
        state=State.HELD if is_past else State.PLANNED,
    )


def _day_to_sit(day: datetime.date) -> datetime.date:
    """Return this day, or one before it: nobody sits on a weekend or around Christmas."""
    if day.month == 12 and day.day > 22:
        day = day.replace(day=22)
    elif day.month == 1 and day.day < 7:
        day = datetime.date(day.year - 1, 12, 22)
    return day - datetime.timedelta(days=max(0, day.weekday() - 4))


def _cancel_the_last() -> None:
    sitting = Sitting.objects.upcoming().last()
    if sitting is not None:
        sitting.state = State.CANCELLED
        sitting.cancelled_because = (
            "Der Saal wird an diesem Tag als Wahllokal gebraucht."
        )
        sitting.sequence = 1
        sitting.save()


@dataclass
class Way:
    """A contribution's steps as they come about: in sittings, or at a desk."""

    pin: Pin
    actors: dict[int, User]
    planner: User
    at: datetime.datetime
    before: str = Status.RECEIVED

    def step(
        self, to: str, at: datetime.datetime, body: Body | None, note: str = ""
    ) -> StatusChange:
        """Write the next step."""
        change = self.next_step(to, at, body, note)
        change.save()
        return change

    def next_step(
        self, to: str, at: datetime.datetime, body: Body | None, note: str = ""
    ) -> StatusChange:
        """Return the next step, to be written with others at once."""
        change = StatusChange(
            pin=self.pin,
            from_status=self.before,
            to_status=to,
            body=body,
            actor=self.actors[body.pk] if body else self.planner,
            public_note=note,
            created_at=at,
        )
        self.before, self.at = to, at
        return change


def chairs() -> dict[int, User]:
    """Return who speaks for each body."""
    seats = Membership.objects.filter(role=Membership.Role.CHAIR).order_by("-pk")
    return {seat.body_id: seat.user for seat in seats.select_related("user")}


def walk(
    *,
    pin: Pin,
    entry: dict[str, Any],
    body: Body,
    actors: dict[int, User],
    planner: User,
    start: datetime.datetime,
) -> bool:
    """Write the steps of a contribution that came onto an agenda.

    False where its body has no sittings that fit: nothing is written then.
    """
    path = [Status(s) for s in entry["path"]]
    chain = _chain(body, path)
    sittings = _find_sittings(chain, path, start)
    if sittings is None:
        return False
    answers = entry.get("answers", {})
    way = Way(pin, actors, planner, start)
    invited = _announced(sittings[0])
    way.step(
        Status.IN_REVIEW, start + (invited - start) / 3, body, answers.get(path[0], "")
    )
    matter = Matter.objects.create(title=pin.title, created_at=way.at)
    MatterPin.objects.create(matter=matter, pin=pin)
    outcomes = [s for s in path if s in OUTCOMES]
    for order, (stage, sitting) in enumerate(
        zip(chain, sittings, strict=True), start=1
    ):
        consultation = _consult(matter, order, stage, sitting)
        if order == 1:
            change = way.step(Status.SCHEDULED, _announced(sitting), stage)
            _link(consultation, change)
        status = _status_of_stage(order, len(chain), outcomes)
        if sitting.state == State.HELD and status is not None:
            _decide(way, consultation, sitting, status, answers)
    if path[-1] == Status.REFERRED and body.next_body:
        _propose(matter, len(chain) + 1, body.next_body)
    _carry_out(way, path, answers)
    return True


def _chain(body: Body, path: Sequence[Status]) -> list[Body]:
    """Return the bodies that have dealt with a contribution of this path."""
    chain = [body]
    if Status.ADOPTED in path or Status.IN_PROGRESS in path:
        while chain[-1].next_body:
            chain.append(chain[-1].next_body)
    return chain


def _find_sittings(
    chain: list[Body], path: Sequence[Status], start: datetime.datetime
) -> list[Sitting] | None:
    """Return a sitting of each body, one after the other; the last steps need time, too."""
    if path[-1] == Status.SCHEDULED:
        sitting = Sitting.objects.upcoming().of_body(chain[0]).first()
        return [sitting] if sitting else None
    found, after = [], start + 2 * NOTICE
    for body in chain:
        sitting = (
            Sitting.objects.of_body(body)
            .filter(state=State.HELD, start__gt=after)
            .order_by("start")
            .first()
        )
        if sitting is None:
            return None
        found.append(sitting)
        after = sitting.start + datetime.timedelta(days=5)
    return found


def _announced(sitting: Sitting) -> datetime.datetime:
    return min(sitting.start - NOTICE, timezone.now() - datetime.timedelta(hours=3))


def _consult(matter: Matter, order: int, body: Body, sitting: Sitting) -> Consultation:
    role = default_role(body)
    if sitting.state == State.PLANNED:
        sitting.state = State.INVITED
        sitting.invited_at = _announced(sitting)
        sitting.sequence = 1
        sitting.save()
    return Consultation.objects.create(
        matter=matter,
        order=order,
        body=body,
        role=role,
        is_authoritative=role == Consultation.Role.DECISION,
        item=add_item(sitting, matter.title),
        announced_at=_announced(sitting),
        created_at=_announced(sitting),
    )


def add_item(sitting: Sitting, title: str, *, is_public: bool = True) -> AgendaItem:
    """Put something at the end of an agenda, after the question time."""
    last = sitting.items.aggregate(last=Max("order"))["last"]
    if last is None:
        AgendaItem.objects.create(
            sitting=sitting, order=1, title="Einwohnerfragestunde"
        )
        last = 1
    return AgendaItem.objects.create(
        sitting=sitting, order=last + 1, title=title, is_public=is_public
    )


def _status_of_stage(
    order: int, stages: int, outcomes: Sequence[Status]
) -> Status | None:
    """Return the status a stage led to: of the last one the resolution, before advice."""
    if not outcomes:
        return None
    if order == stages and stages > 1 and Status.ADOPTED in outcomes:
        return Status.ADOPTED
    return outcomes[0]


def _decide(
    way: Way,
    consultation: Consultation,
    sitting: Sitting,
    status: Status,
    answers: dict[str, str],
) -> None:
    item = consultation.item
    assert item is not None and sitting.end is not None  # noqa: S101, PT018 -- of `_consult`
    note = answers.get(status, "")
    seat_votes(
        item,
        sitting.body.seats,
        seed=way.pin.pk,
        is_unanimous="einstimmig" in note,
        is_refused=status == Status.NOT_ENDORSED,
    )
    consultation.outcome = OUTCOMES[status]
    consultation.reason = note if status == Status.NOT_ENDORSED else ""
    consultation.decided_at = sitting.end
    consultation.save()
    if way.before != status and not (
        way.before == Status.ENDORSED and status != Status.ADOPTED
    ):
        _link(consultation, way.step(status, sitting.end, sitting.body, note))


def seat_votes(
    item: AgendaItem,
    seats: int | None,
    *,
    seed: int,
    is_unanimous: bool = False,
    is_refused: bool = False,
) -> None:
    """Invent how a body of so many seats voted, always the same for the same seed."""
    present = (seats or 15) - 1 - seed % 3
    against, abstained = (0, 0) if is_unanimous else (seed % 4, seed % 3)
    yes = present - against - abstained
    if is_refused:
        yes, against = against, yes
    AgendaItem.objects.filter(pk=item.pk).update(
        votes_for=yes, votes_against=against, votes_abstained=abstained
    )


def _link(consultation: Consultation, change: StatusChange) -> None:
    ConsultationStep.objects.create(consultation=consultation, change=change)


def _propose(matter: Matter, order: int, body: Body) -> None:
    role = default_role(body)
    Consultation.objects.create(
        matter=matter,
        order=order,
        body=body,
        role=role,
        is_authoritative=role == Consultation.Role.DECISION,
    )


def _carry_out(way: Way, path: Sequence[Status], answers: dict[str, str]) -> None:
    rest = [s for s in path if s in {Status.IN_PROGRESS, Status.DONE}]
    start, now = way.at, timezone.now()
    for number, status in enumerate(rest, start=1):
        at = start + (now - start) * number / (len(rest) + 1)
        way.step(status, at, None, answers.get(status, ""))


@transaction.atomic
def end_agendas() -> None:
    """Give agendas with contributions their usual last items, once."""
    with_items = Sitting.objects.filter(items__isnull=False).exclude(
        items__title=USUAL_LAST
    )
    for sitting in with_items.distinct():
        add_item(sitting, USUAL_LAST)
        add_item(sitting, "Grundstücksangelegenheiten", is_public=False)
