"""The demo: what was reported and decided, asked of authors, and is to be erased."""

import datetime
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from mapapp.demo import FOLDER, demo_key
from pins.four_eyes import ask_to_erase
from pins.models import (
    Comment,
    Complaint,
    ErasureRequest,
    Photo,
    Pin,
    Question,
    Report,
    ReportCase,
)
from pins.moderation.asking import answer_question, ask_author
from pins.own_link import hash_token, make_token
from pins.workflow import Visibility

FILE = FOLDER / "moderation.json"
Entry = dict[str, Any]


@dataclass(frozen=True)
class _People:
    """Who decides, and who looks again at what the first one decided."""

    first: User
    second: User


@transaction.atomic
def load_cases(file: Path = FILE) -> int:
    """Add the reports of the file that are missing, each with what became of it.

    Their days count back from today, as those of the contributions do. Return of how many
    things. Nobody is told by mail: nobody left an address.
    """
    people = _People(
        User.objects.get(username="moderation"), User.objects.get(username="betrieb")
    )
    known = set(Report.objects.values_list("idempotency_key", flat=True))
    count = 0
    for entry in _read(file, "reports"):
        things = _things(entry)
        if things is not None and _key(entry, 0) not in known:
            _keep_case(entry, things, people)
            count += 1
    return count


def _read(file: Path, part: str) -> list[Entry]:
    entries: list[Entry] = json.loads(file.read_text("utf-8"))[part]
    return entries


def _pin(entry: Entry) -> Pin | None:
    return Pin.objects.filter(idempotency_key=demo_key(entry["pin"])).first()


def _key(entry: Entry, number: int) -> UUID:
    thing = entry.get("comment") or ("photo" if "is_photo" in entry else "")
    return uuid5(demo_key(entry["pin"]), f"report {number} {thing}")


def _things(entry: Entry) -> dict[str, Any] | None:
    """Return what a case is about, by its fields; None where it is not there."""
    pin = _pin(entry)
    if pin is None:
        return None
    things: dict[str, Any] = {"kind": ReportCase.Kind.PIN, "pin": pin}
    if "comment" in entry:
        found = Comment.objects.filter(pin=pin, text=entry["comment"]).first()
        things |= {"kind": ReportCase.Kind.COMMENT, "comment": found}
    elif "is_photo" in entry:
        shown = Photo.objects.filter(pin=pin).order_by("position").first()
        things |= {"kind": ReportCase.Kind.PHOTO, "photo": shown}
    return None if None in things.values() else things


def _keep_case(entry: Entry, things: dict[str, Any], people: _People) -> None:
    opened = timezone.now() - datetime.timedelta(days=entry["days_ago"], hours=3)
    case = ReportCase(opened_at=opened, **things)
    decision = entry.get("decision")
    if decision is not None:
        first = entry.get("first") or decision
        case.outcome, case.reason = decision["outcome"], decision["reason"]
        case.ground, case.rule = decision.get("ground", ""), decision.get("rule", "")
        case.first_decided_at = _after(opened, first)
        case.decided_at = _after(opened, decision)
        case.decided_by = people.second if "first" in entry else people.first
    case.save()
    reports = [
        _report(case, said, _key(entry, number))
        for number, said in enumerate(entry["said"])
    ]
    if "complaint" in entry:
        _complain(case, entry, reports[0], people)


def _after(opened: datetime.datetime, entry: Entry) -> datetime.datetime:
    return opened + datetime.timedelta(days=entry["days_later"], hours=2)


def _report(case: ReportCase, said: Entry, key: UUID) -> Report:
    return Report.objects.create(
        case=case,
        idempotency_key=key,
        token_hash=hash_token(make_token(key)),
        reason=said["reason"],
        explanation=said["text"],
        language=said.get("language", "de"),
        created_at=case.opened_at,
    )


def _complain(case: ReportCase, entry: Entry, report: Report, people: _People) -> None:
    said = entry["complaint"]
    first = entry.get("first") or entry["decision"]
    decided: Entry | None = said.get("decision")
    kept = Complaint(
        case=case,
        report=report if said["by"] == "reporter" else None,
        text=said["text"],
        created_at=_after(case.opened_at, said),
        first_decided_by=people.first,
        first_outcome=first["outcome"],
        first_reason=first["reason"],
    )
    if decided is not None:
        kept.decided_at = _after(case.opened_at, decided)
        kept.decided_by, kept.is_granted = people.second, decided["is_granted"]
        kept.reason = decided["reason"]
    kept.save()


@transaction.atomic
def load_questions(file: Path = FILE) -> int:
    """Ask authors of waiting contributions, who have answered in part; return how many."""
    moderator = User.objects.get(username="moderation")
    count = 0
    for entry in _read(file, "questions"):
        pin = _pin(entry)
        if pin is None or pin.visibility != Visibility.SUBMITTED:
            continue
        if Question.objects.filter(pin=pin).exists():
            continue
        question = ask_author(subject=pin, actor=moderator, text=entry["text"])
        if "answer" in entry:
            answer_question(question=question, text=entry["answer"])
        count += 1
    return count


@transaction.atomic
def load_erasures(file: Path = FILE) -> int:
    """Ask a second person to agree that something is erased; return for how much."""
    moderator = User.objects.get(username="moderation")
    count = 0
    for entry in _read(file, "erasures"):
        pin = _pin(entry)
        if pin is None or ErasureRequest.objects.filter(pin=pin).exists():
            continue
        ask_to_erase(subject=pin, actor=moderator, reason=entry["reason"])
        count += 1
    return count
