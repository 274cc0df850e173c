"""The demo: the phases of the INSEK with their true days, and its events.

What is known happened on its day; what is invented says so, and its days count from
today.
"""

import datetime
import json
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.gis.geos import Point
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from insek.models import (
    Event,
    InterestGroup,
    Phase,
    PinOrigin,
    Registration,
    Stand,
)
from insek.stands import open_stand
from layers.models import Theme
from mapapp.demo import FILE as PINS
from mapapp.demo import demo_key
from pins.models import Pin
from pins.own_link import hash_token
from pins.workflow import Source

FILE = settings.CITY.folder / "demo" / "process.json"
WORDS = (
    "format",
    "title_de",
    "title_en",
    "text_de",
    "text_en",
    "place",
    "online_url",
    "online_url_is_public",
    "accessibility_de",
    "accessibility_en",
    "is_by_invitation",
    "takes_registrations",
    "capacity",
    "cancelled_because",
    "result_de",
    "result_en",
)


def read_process() -> dict[str, list[dict[str, Any]]]:
    """Return the phases, groups and events of the demo."""
    content: dict[str, list[dict[str, Any]]] = json.loads(FILE.read_text("utf-8"))
    return content


def on_day(value: str | int) -> datetime.date:
    """Return a true day, or one that counts from today."""
    if isinstance(value, int):
        return timezone.localdate() + datetime.timedelta(days=value)
    return datetime.date.fromisoformat(value)


def weekday(value: str | int) -> datetime.date:
    """Return a day as `on_day` does; one that counts from today on no weekend."""
    day = on_day(value)
    if isinstance(value, int):
        day -= datetime.timedelta(days=max(0, day.weekday() - 4))
    return day


def at_time(day: datetime.date, time: str) -> datetime.datetime:
    """Return the moment of a day at a time such as 18:30, in the city."""
    clock = datetime.time.fromisoformat(time)
    return timezone.make_aware(datetime.datetime.combine(day, clock))


@transaction.atomic
def load_phases() -> int:
    """Add the phases that are missing, by their German titles; return how many.

    Nothing where phases of another hand are kept: the rights of the public follow them.
    """
    entries = read_process()["phases"]
    known = set(Phase.objects.values_list("title_de", flat=True))
    if known - {entry["title_de"] for entry in entries}:
        return 0
    added = [_phase(entry) for entry in entries if entry["title_de"] not in known]
    return len(Phase.objects.bulk_create(added))


def _phase(entry: dict[str, Any]) -> Phase:
    values = dict(entry)
    for name in ("starts_on", "ends_on"):
        if name in values:
            values[name] = on_day(values[name])
    return Phase(**values)


@transaction.atomic
def load_events() -> int:
    """Add the events that are missing, by their German titles; return how many.

    Whoever registered for one of them is invented, and nobody is written to.
    """
    content = read_process()
    known = set(Event.objects.values_list("title_de", flat=True))
    groups = [_group(entry) for entry in content["groups"]]
    themes = {theme.slug: theme for theme in Theme.objects.all()}
    missing = [entry for entry in content["events"] if entry["title_de"] not in known]
    for entry in missing:
        event = _event(entry, themes)
        event.groups.set(groups[number] for number in entry.get("groups", []))
        _register(event, entry.get("registered", []), Registration.State.CONFIRMED)
        _register(event, entry.get("waiting", []), Registration.State.WAITING)
        if label := entry.get("stand"):
            open_stand(
                event=event,
                label=label,
                valid_from=event.starts_at,
                valid_until=event.ends_at,
                actor=User.objects.get(username="redaktion"),
            )
    return len(missing)


def _group(entry: dict[str, Any]) -> InterestGroup:
    group, _ = InterestGroup.objects.get_or_create(
        name_de=entry["name_de"], defaults=entry
    )
    return group


def _event(entry: dict[str, Any], themes: dict[str, Theme]) -> Event:
    day = on_day(entry["on"]) if entry.get("weekend") else weekday(entry["on"])
    start = at_time(day, entry["at"])
    event = Event(
        **{name: entry[name] for name in WORDS if name in entry},
        state=entry.get("state", Event.State.PUBLIC),
        theme=themes.get(entry.get("theme", "")),
        phase=Phase.objects.on(day).first(),
        starts_at=start,
        ends_at=start + datetime.timedelta(hours=entry["hours"]),
    )
    if "location" in entry:
        event.location = Point(tuple(entry["location"]), srid=4326)
    if "registration_ends" in entry:
        last = day - datetime.timedelta(days=entry["registration_ends"])
        event.registration_ends_at = at_time(last, "23:59")
    if event.state == Event.State.CANCELLED:
        event.sequence = 1
    event.save()
    return event


def _register(
    event: Event, persons: list[int], state: Registration.State
) -> list[Registration]:
    now = timezone.now()
    rows = []
    for number, count in enumerate(persons, start=1):
        name = f"{state.value}{number}"
        at = now - datetime.timedelta(hours=5 * (len(persons) - number) + 2)
        row = Registration(
            event=event,
            email=f"{name}@example.org",
            name=f"Beispiel {number}",
            persons=count,
            language="de",
            state=state,
            key=uuid5(NAMESPACE_URL, f"{event.title_de} {name}"),
            asked_at=at,
            confirmed_at=at,
        )
        row.token_hash = hash_token(row.token)
        rows.append(row)
    return Registration.objects.bulk_create(rows)


@transaction.atomic
def load_origins() -> int:
    """Say of the contributions from stands and cards which event they came from.

    Returns how many; what is known already stays.
    """
    titles = {entry["key"]: entry["title_de"] for entry in read_process()["events"]}
    events = {
        event.title_de: event
        for event in Event.objects.filter(title_de__in=titles.values()).order_by("-pk")
    }
    wanted = {
        demo_key(entry["title"]): events.get(titles[entry["event"]])
        for entry in json.loads(PINS.read_text("utf-8"))["pins"]
        if "event" in entry
    }
    pins = Pin.objects.filter(Q(idempotency_key__in=wanted), origin=None)
    stands = {stand.event_id: stand for stand in Stand.objects.all()}
    origins = [
        PinOrigin(
            pin=pin,
            event=event,
            stand=stands.get(event.pk) if pin.source == Source.STAND else None,
        )
        for pin in pins
        if (event := wanted[pin.idempotency_key]) is not None
    ]
    return len(PinOrigin.objects.bulk_create(origins))
