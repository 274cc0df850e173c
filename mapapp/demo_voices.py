"""The demo: what others say to the invented contributions, supports and comments."""

import datetime
import json
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from districts.models import Responsibility
from mapapp.demo import FILE as PINS
from mapapp.demo import demo_key
from mapapp.demo_councils import chairs
from pins.models import Comment, Pin, Support
from pins.models.support import support_key
from pins.own_link import hash_token, make_token
from pins.workflow import Visibility

FILE = settings.CITY.folder / "demo" / "comments.json"
MOST_SUPPORTS = 60
# Whoever speaks, with the body they speak for.
Speaker = tuple[User | None, int | None]


@transaction.atomic
def load_comments(file: Path = FILE) -> int:
    """Add the comments of the file that are missing; return how many.

    Their days count back from today, as those of the contributions do.
    """
    entries = json.loads(file.read_text())["comments"]
    known = set(Comment.objects.values_list("idempotency_key", flat=True))
    keys = [demo_key(entry["pin"]) for entry in entries]
    pins = {p.idempotency_key: p for p in Pin.objects.filter(idempotency_key__in=keys)}
    chairs = _chairs()
    planner = User.objects.get(username="planung")
    moderator = User.objects.get(username="moderation")
    now = timezone.now()
    comments = []
    for entry, key in zip(entries, keys, strict=True):
        if key not in pins or _key(entry) in known:
            continue
        speakers: dict[str | None, Speaker] = {
            "body": chairs[pins[key].district_id],
            "planners": (planner, None),
            None: (None, None),
        }
        speaker = speakers[entry.get("official")]
        comments.append(_comment(entry, pins[key], speaker, moderator, now))
    # The pages show them in the order of their ids.
    comments.sort(key=lambda comment: comment.created_at)
    return len(Comment.objects.bulk_create(comments))


def _key(entry: dict[str, Any]) -> UUID:
    return uuid5(NAMESPACE_URL, f"{entry['pin']} {entry['text']}")


def _chairs() -> dict[int, Speaker]:
    """Return who speaks for the body of each district."""
    actors = chairs()
    return {
        duty.district_id: (actors[duty.body_id], duty.body_id)
        for duty in Responsibility.objects.current()
    }


def _comment(
    entry: dict[str, Any],
    pin: Pin,
    speaker: Speaker,
    moderator: User,
    now: datetime.datetime,
) -> Comment:
    visibility = Visibility(entry.get("visibility", Visibility.PUBLISHED))
    created = now - datetime.timedelta(
        days=entry["days_ago"], minutes=_key(entry).int % (14 * 60)
    )
    actor, body_id = speaker
    is_decided = actor is None and visibility != Visibility.SUBMITTED
    return Comment(
        pin=pin,
        idempotency_key=_key(entry),
        text=entry["text"],
        language=entry.get("language", "de"),
        visibility=visibility,
        actor=actor,
        body_id=body_id,
        token_hash="" if actor else hash_token(make_token(_key(entry))),
        decided_by=moderator if is_decided else None,
        reason=entry.get("reason", ""),
        created_at=created,
        published_at=created if visibility == Visibility.PUBLISHED else None,
    )


@transaction.atomic
def load_supports(file: Path = PINS) -> int:
    """Let published contributions of the file have supporters; return how many.

    Only those that have none yet. Most have a few, some have many, always the same for
    the same contribution.
    """
    keys = [demo_key(e["title"]) for e in json.loads(file.read_text())["pins"]]
    published = Pin.objects.filter(
        idempotency_key__in=keys, visibility=Visibility.PUBLISHED, supports=None
    )
    supports = [
        Support(
            pin=pin,
            key=support_key(f"demo {number}", pin.reference),
            created_at=pin.published_at or pin.created_at,
        )
        for pin in published
        for number in range(_supporters(pin))
    ]
    return len(Support.objects.bulk_create(supports))


def _supporters(pin: Pin) -> int:
    share = pin.idempotency_key.int % 1_000 / 1_000
    return int(MOST_SUPPORTS * share**3)
