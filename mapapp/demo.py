"""The demo: users for every role and 600 invented contributions with their history."""

import datetime
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group, User
from django.contrib.gis.geos import Point
from django.db import transaction
from django.utils import timezone

from councils.models import Membership
from districts.models import Body, Responsibility
from layers.models import Theme
from mapapp.demo_councils import Way, chairs, end_agendas, load_sittings, walk
from pins.models import Pin, StatusChange, VisibilityChange
from pins.own_link import hash_token, make_token
from pins.workflow import Source, Status, Visibility
from staff.groups import keep_groups
from staff.roles import Role

PASSWORD = "mitmachkarte-demo"  # noqa: S105 – printed, and refused outside the demo
FOLDER = settings.CITY.folder / "demo"
FILE = FOLDER / "pins.json"
# Users of which bodies are named how, and of which there are some of every role.
USERS_FILE = FOLDER / "users.json"
# These steps are the planning office's; the others are taken by the body.
PLANNERS_STEPS = {Status.ADOPTED, Status.IN_PROGRESS, Status.DONE}


@dataclass(frozen=True)
class DemoUser:
    """A user to try the product with."""

    name: str
    does: str


@transaction.atomic
def load_users() -> list[DemoUser]:
    """Make the users that are missing; return all of them."""
    keep_groups()
    users = [
        _user("moderation", "decides what is published", group=Role.MODERATOR),
        _user(
            "planung",
            "plans, for all bodies; publishes overlays (/admin/)",
            group=Role.PLANNER,
            is_staff=True,
        ),
        _user("redaktion", "phases, events and pages (/cms/)", group=Role.EDITOR),
        _user("betrieb", "runs the site (/admin/)", is_superuser=True),
    ]
    said = json.loads(USERS_FILE.read_text("utf-8"))
    for body in Body.objects.exclude(kind=Body.Kind.ADVISORY_BOARD):
        name = body.slug.removeprefix(said["prefix_of_bodies"])
        users.append(_user(name, f"{body.name}, chair", body=body))
        if body.slug in said["bodies_with_every_role"]:
            for role in (Membership.Role.CLERK, Membership.Role.MEMBER):
                does = f"{body.name}, {role.value}"
                users.append(_user(f"{name}-{role.value}", does, body=body, role=role))
    return users


@cache
def _hash_once() -> str:
    # One for all: it takes a quarter of a second, and everybody knows the password.
    return make_password(PASSWORD)


def _user(
    name: str,
    does: str,
    *,
    group: str = "",
    body: Body | None = None,
    role: str = Membership.Role.CHAIR,
    is_staff: bool = False,
    is_superuser: bool = False,
) -> DemoUser:
    user, is_new = User.objects.get_or_create(
        username=name,
        defaults={
            "email": f"{name}@example.org",
            "is_staff": is_staff or is_superuser,
            "is_superuser": is_superuser,
        },
    )
    if is_new:
        user.password = _hash_once()
        user.save()
        if group:
            user.groups.add(Group.objects.get(name=group))
        if body:
            Membership.objects.create(
                user=user,
                body=body,
                role=role,
                valid_from=datetime.date(2024, 7, 1),
            )
    return DemoUser(name, does)


@transaction.atomic
def load_pins(file: Path = FILE) -> int:
    """Add the contributions of the file that are missing; return how many.

    Their days count back from today, so that the demo never looks abandoned.
    """
    entries = json.loads(file.read_text())["pins"]
    known = set(Pin.objects.values_list("idempotency_key", flat=True))
    missing = [entry for entry in entries if _key(entry) not in known]
    themes = {theme.slug: theme for theme in Theme.objects.all()}
    now = timezone.now()
    pins = Pin.objects.bulk_create(_pin(e, themes, now) for e in missing)
    _write_decisions(pins, missing)
    load_sittings()
    _write_steps(pins, missing, now)
    end_agendas()
    return len(pins)


def demo_key(title: str) -> UUID:
    """Return the key by which an invented contribution is known again."""
    return uuid5(NAMESPACE_URL, title)


def _key(entry: dict[str, Any]) -> UUID:
    return demo_key(entry["title"])


def _pin(
    entry: dict[str, Any], themes: dict[str, Theme], now: datetime.datetime
) -> Pin:
    created = now - datetime.timedelta(days=entry["days_ago"], minutes=_minutes(entry))
    was_public = entry["visibility"] in {Visibility.PUBLISHED, Visibility.HIDDEN}
    path = entry.get("path", [])
    return Pin(
        idempotency_key=_key(entry),
        kind=entry["kind"],
        theme=themes[entry["theme"]],
        title=entry["title"],
        text=entry["text"],
        language=entry.get("language", "de"),
        location=Point(entry["lon"], entry["lat"], srid=4326),
        place_note=entry.get("place_note", ""),
        source=entry.get("source", Source.ONLINE),
        visibility=entry["visibility"],
        status=path[-1] if path else Status.RECEIVED,
        token_hash=hash_token(make_token(_key(entry))),
        token_expires_at=now + settings.OWN_LINK_LIFETIME,
        created_at=created,
        published_at=_decided(created) if was_public else None,
    )


def _minutes(entry: dict[str, Any]) -> int:
    # Spread over the day, always the same for the same entry.
    return _key(entry).int % (14 * 60)


def _decided(created: datetime.datetime) -> datetime.datetime:
    return created + datetime.timedelta(hours=20)


def _write_decisions(pins: list[Pin], entries: list[dict[str, Any]]) -> None:
    moderator = User.objects.get(username="moderation")
    changes: list[VisibilityChange] = []
    for pin, entry in zip(pins, entries, strict=True):
        before = Visibility.SUBMITTED
        steps = {
            Visibility.SUBMITTED: [],
            Visibility.PUBLISHED: [Visibility.PUBLISHED],
            Visibility.HIDDEN: [Visibility.PUBLISHED, Visibility.HIDDEN],
            Visibility.REJECTED: [Visibility.REJECTED],
            Visibility.WITHDRAWN: [Visibility.WITHDRAWN],
        }[Visibility(entry["visibility"])]
        for number, after in enumerate(steps):
            change = VisibilityChange(
                pin=pin,
                from_visibility=before,
                to_visibility=after,
                actor=None if after == Visibility.WITHDRAWN else moderator,
                reason=entry.get("reason", "")
                if after in {Visibility.REJECTED, Visibility.HIDDEN}
                else "",
                created_at=_decided(pin.created_at) + datetime.timedelta(hours=number),
            )
            changes.append(change)
            before = after
    VisibilityChange.objects.bulk_create(changes)


def _write_steps(
    pins: list[Pin], entries: list[dict[str, Any]], now: datetime.datetime
) -> None:
    planner = User.objects.get(username="planung")
    actors = chairs()
    duties = Responsibility.objects.current().select_related(
        "body__next_body__next_body"
    )
    bodies = {duty.district_id: duty.body for duty in duties}
    at_desks: list[StatusChange] = []
    for pin, entry in zip(pins, entries, strict=True):
        body, start = bodies[pin.district_id], _decided(pin.created_at)
        if Status.SCHEDULED in entry.get("path", []) and walk(
            pin=pin,
            entry=entry,
            body=body,
            actors=actors,
            planner=planner,
            start=start,
        ):
            continue
        at_desks += _desk_steps(Way(pin, actors, planner, start), entry, body, now)
    StatusChange.objects.bulk_create(at_desks)


def _desk_steps(
    way: Way, entry: dict[str, Any], body: Body, now: datetime.datetime
) -> list[StatusChange]:
    """Return the steps that no sitting took, spread over the time until now."""
    path, start = entry.get("path", []), way.at
    return [
        way.next_step(
            after,
            start + (now - start) * number / (len(path) + 1),
            None if after in PLANNERS_STEPS else body,
            entry.get("answers", {}).get(after, ""),
        )
        for number, after in enumerate(path, start=1)
    ]
