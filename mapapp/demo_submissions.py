"""The demo: drafts on the concept before the bodies, resolved and on their way.

The council adopted the final concept on its true day; what else is invented says so.
"""

import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone, translation

from councils.matters import default_role
from councils.models import AgendaItem, Consultation, Hearing, Matter, Sitting
from districts.models import Body
from insek.models import Goal, Link, Measure, Submission
from mapapp.demo_concept import read_concept
from mapapp.demo_councils import (
    NOTICE,
    PLACES,
    USUAL_LAST,
    add_item,
    end_agendas,
    seat_votes,
)
from mapapp.demo_process import at_time

State = Sitting.State
DISTRICT_COUNCIL = Body.Kind.DISTRICT_COUNCIL
REASON = "Der Stadtrat hat dieses Ziel beschlossen."


@transaction.atomic
def load_submissions() -> int:
    """Add the submissions that are missing, by their titles; return how many."""
    known = set(Submission.objects.values_list("matter__title", flat=True))
    missing = [e for e in read_concept()["submissions"] if e["title"] not in known]
    for entry in missing:
        _submit(entry)
    end_agendas()
    return len(missing)


def _submit(entry: dict[str, Any]) -> None:
    planner = User.objects.get(username="planung")
    stages = _stages(entry)
    days = [day for _body, day, _outcome in stages if isinstance(day, datetime.date)]
    start = min([*days, timezone.localdate()]) - datetime.timedelta(days=30)
    matter = Matter.objects.create(
        title=entry["title"], text=entry["text"], created_at=at_time(start, "10:00")
    )
    submission = Submission.objects.create(
        kind=entry["kind"],
        matter=matter,
        text=entry["text"],
        created_by=planner,
        created_at=matter.created_at,
    )
    with translation.override("de"):
        matter.path = submission.get_absolute_url()
    matter.save(update_fields=["path"])
    goals = Goal.objects.public()
    if entry["goals"] != "all":
        goals = goals.filter(number__in=entry["goals"])
    submission.goals.set(goals)
    submission.measures.set(Measure.objects.filter(number__in=entry["measures"]))
    heard = [body for body, _, _ in stages if body.kind == DISTRICT_COUNCIL]
    Hearing.objects.bulk_create(Hearing(matter=matter, body=body) for body in heard)
    last = None
    for order, (body, day, outcome) in enumerate(stages, start=1):
        last = _consult(matter, order, body, day, outcome)
    if entry["kind"] == Submission.Kind.GOALS and last is not None:
        _link_resolution(last, planner)


def _stages(
    entry: dict[str, Any],
) -> list[tuple[Body, datetime.date | str, str]]:
    """Return who deals with it, when, and with what outcome."""
    bodies = {body.slug: body for body in Body.objects.order_by("slug")}
    found: list[tuple[Body, datetime.date | str, str]] = []
    for slug, when, outcome in entry["stages"]:
        day = (
            when if when in {"", "last", "next"} else datetime.date.fromisoformat(when)
        )
        if slug == "councils":
            councils = [b for b in bodies.values() if b.kind == DISTRICT_COUNCIL]
            found += [(body, day, outcome) for body in councils]
        elif slug in bodies:
            found.append((bodies[slug], day, outcome))
    return found


def _consult(
    matter: Matter, order: int, body: Body, day: datetime.date | str, outcome: str
) -> Consultation:
    sitting = _sitting(body, day)
    role = default_role(body)
    consultation = Consultation(
        matter=matter,
        order=order,
        body=body,
        role=role,
        is_authoritative=role == Consultation.Role.DECISION,
        created_at=matter.created_at,
    )
    if sitting is not None:
        consultation.item = _put_on_agenda(sitting, matter.title)
        consultation.announced_at = sitting.invited_at or sitting.start - NOTICE
    if sitting is not None and outcome:
        consultation.outcome = outcome
        consultation.decided_at = sitting.end
        if outcome == Consultation.Outcome.ENDORSED and consultation.item:
            seat_votes(consultation.item, sitting.body.seats, seed=order)
    consultation.save()
    return consultation


def _sitting(body: Body, day: datetime.date | str) -> Sitting | None:
    """Return the sitting of a true day, or the last one held, or the next one."""
    of_body = Sitting.objects.of_body(body)
    if day == "last":
        return of_body.filter(state=State.HELD).order_by("-start").first()
    if day == "next":
        sitting = of_body.upcoming().first()
        if sitting is not None and sitting.state == State.PLANNED:
            sitting.state = State.INVITED
            sitting.invited_at = timezone.now() - datetime.timedelta(hours=3)
            sitting.sequence = 1
            sitting.save()
        return sitting
    if not isinstance(day, datetime.date):
        return None
    start = at_time(day, "19:00" if body.kind == DISTRICT_COUNCIL else "16:00")
    sitting, _is_new = of_body.get_or_create(
        start__date=day,
        defaults={
            "body": body,
            "start": start,
            "end": start + datetime.timedelta(hours=2),
            "place": PLACES[Body.Kind(body.kind)],
            "state": State.HELD,
            "invited_at": start - NOTICE,
        },
    )
    return sitting


def _put_on_agenda(sitting: Sitting, title: str) -> AgendaItem:
    """Add an item, before the usual last ones where these stand already."""
    usual = sitting.items.filter(title=USUAL_LAST).first()
    if usual is None:
        return add_item(sitting, title)
    behind = sitting.items.filter(order__gte=usual.order)
    place = usual.order
    for item in behind.order_by("-order"):
        item.order += 1
        item.save(update_fields=["order"])
    return AgendaItem.objects.create(sitting=sitting, order=place, title=title)


def _link_resolution(resolution: Consultation, planner: User) -> None:
    """Say which goals a resolution led to."""
    Link.objects.bulk_create(
        Link(
            consultation=resolution,
            goal=goal,
            reason=REASON,
            linked_by=planner,
            linked_at=resolution.decided_at or timezone.now(),
        )
        for goal in Goal.objects.public().filter(parent=None)
    )
