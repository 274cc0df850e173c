"""The demo: goals, measures and milestones, and the trace from contributions to them.

All of it is invented and says so; only the fields of action are the city's.
"""

import datetime
import json
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.gis.geos import GEOSGeometry, MultiPoint
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from insek.models import (
    Event,
    FieldOfAction,
    Goal,
    Link,
    Measure,
    MeasureGoal,
    Milestone,
)
from insek.trace.tracing import link_source, refresh_outcomes
from mapapp.demo import demo_key
from mapapp.demo_process import on_day, read_process
from pins.models import Comment, Pin

FILE = settings.CITY.folder / "demo" / "concept.json"
# Since the concept was adopted.
ADOPTED_ON = datetime.date(2025, 10, 6)
WORDS = (
    "number",
    "slug",
    "title_de",
    "title_en",
    "text_de",
    "text_en",
    "office",
    "budget",
    "state",
    "progress",
)


def read_concept() -> dict[str, list[dict[str, Any]]]:
    """Return the goals, measures, submissions and links of the demo."""
    content: dict[str, list[dict[str, Any]]] = json.loads(FILE.read_text("utf-8"))
    return content


@transaction.atomic
def load_goals() -> int:
    """Add the goals whose number is missing; return how many."""
    fields = {field.number: field for field in FieldOfAction.objects.all()}
    goals = {goal.number: goal for goal in Goal.objects.all()}
    before = len(goals)
    for entry in read_concept()["goals"]:
        number = entry["number"]
        if number in goals:
            continue
        values = {"is_public": True} | entry
        goals[number] = Goal.objects.create(
            **values,
            field=fields[int(number.split(".")[0])],
            parent=goals.get(number.rpartition(".")[0]),
            created_at=_adopted(),
        )
    return len(goals) - before


def _adopted() -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(ADOPTED_ON, datetime.time(18)))


@transaction.atomic
def load_measures() -> int:
    """Add the measures whose slug is missing, each with all it has; return how many."""
    known = set(Measure.objects.values_list("slug", flat=True))
    missing = [e for e in read_concept()["measures"] if e["slug"] not in known]
    planner = User.objects.get(username="planung")
    goals = {goal.number: goal for goal in Goal.objects.all()}
    for entry in missing:
        pins = _pins_of(entry)
        measure = _measure(entry, pins.values())
        MeasureGoal.objects.bulk_create(
            MeasureGoal(
                measure=measure,
                goal=goals[row["number"]],
                reason=row["reason"],
                linked_by=planner,
                linked_at=measure.created_at,
            )
            for row in entry["goals"]
        )
        milestones = [_milestone(measure, row) for row in entry["milestones"]]
        _link(entry, measure, milestones, pins, planner)
    return len(missing)


def _pins_of(entry: dict[str, Any]) -> dict[str, Pin]:
    """Return the contributions that a measure answers, by their titles."""
    titles = [title for row in entry["pins"] for title in row["titles"]]
    pins = Pin.objects.filter(idempotency_key__in=map(demo_key, titles))
    return {pin.title: pin for pin in pins}


def _measure(entry: dict[str, Any], pins: Iterable[Pin]) -> Measure:
    geometry = entry["geometry"]
    places = [pin.location for pin in pins]
    measure = Measure(
        **{name: entry[name] for name in WORDS},
        stopped_because=entry.get("stopped_because", ""),
        is_public=entry.get("is_public", True),
        starts_on=_day(entry["starts_on"]),
        ends_on=_day(entry["ends_on"]),
        created_at=_adopted(),
    )
    if geometry == "pins":
        measure.geometry = MultiPoint(places, srid=4326) if places else None
    elif geometry:
        measure.geometry = GEOSGeometry(json.dumps(geometry), srid=4326)
    measure.save()
    return measure


def _day(value: int | None) -> datetime.date | None:
    return None if value is None else on_day(value)


def _milestone(measure: Measure, row: dict[str, Any]) -> Milestone:
    return Milestone.objects.create(
        measure=measure,
        title_de=row["title_de"],
        title_en=row["title_en"],
        due_on=on_day(row["due"]),
        done_on=_day(row["done"]),
        created_at=measure.created_at,
    )


def _link(
    entry: dict[str, Any],
    measure: Measure,
    milestones: list[Milestone],
    pins: dict[str, Pin],
    planner: User,
) -> None:
    """Link the contributions of a measure, as of the day of their last step.

    Not by `tracing.link_pins`, which would tell today of all of them.
    """
    moved = dict(
        Pin.objects.filter(pk__in=[pin.pk for pin in pins.values()])
        .annotate(moved=Max("status_changes__created_at"))
        .values_list("pk", "moved")
    )
    Link.objects.bulk_create(
        Link(
            pin=pins[title],
            measure=None if "milestone" in row else measure,
            milestone=milestones[row["milestone"]] if "milestone" in row else None,
            reason=row["reason"],
            linked_by=planner,
            linked_at=moved[pins[title].pk] or pins[title].created_at,
        )
        for row in entry["pins"]
        for title in row["titles"]
        if title in pins
    )
    refresh_outcomes(pin.pk for pin in pins.values())


@transaction.atomic
def load_links() -> int:
    """Say what else led to goals and measures: events, comments, single contributions.

    Returns how many links are new; what is not there, or withdrawn, is left out.
    """
    planner = User.objects.get(username="planung")
    before = Link.objects.count()
    linked = []
    for entry in read_concept()["links"]:
        source, target = _source(entry), _target(entry)
        if source is None or target is None:
            continue
        if isinstance(source, Pin):
            Link.objects.get_or_create(
                pin=source,
                goal=target,
                defaults={"reason": entry["reason"], "linked_by": planner},
            )
            linked.append(source.pk)
        else:
            link_source(
                source=source, target=target, actor=planner, reason=entry["reason"]
            )
    refresh_outcomes(linked)
    return Link.objects.count() - before


def _source(entry: dict[str, Any]) -> Event | Comment | Pin | None:
    if "pin" in entry:
        return Pin.objects.filter(idempotency_key=demo_key(entry["pin"])).first()
    if "comment" in entry:
        return Comment.objects.filter(text=entry["comment"]).first()
    titles = {event["key"]: event["title_de"] for event in read_process()["events"]}
    return Event.objects.filter(title_de=titles[entry["event"]]).first()


def _target(entry: dict[str, Any]) -> Goal | Measure | None:
    if "goal" in entry:
        return Goal.objects.filter(number=entry["goal"]).first()
    return Measure.objects.filter(number=entry["measure"]).first()
