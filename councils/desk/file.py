"""What only the desk knows of a contribution, read in one query.

A page of the desk asks for much and must stay quick: PostgreSQL gathers each list as JSON.
"""

import datetime
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet, Value
from django.db.models.functions import Coalesce, Concat, JSONObject, NullIf, Trim
from django.utils.translation import gettext as _

from councils.desk.numbers import Counted
from councils.models import (
    AnswerTemplate,
    Assignment,
    Consultation,
    DeskNote,
    Membership,
)
from councils.rights import RIGHTS, Right
from districts.models import Body
from pins.models import Handover, Pin, StatusChange
from pins.models.comment import speaker_name
from pins.workflow import Status


@dataclass(frozen=True)
class Entry:
    """One step; `is_undone` marks one that was taken back, which the public never saw."""

    at: datetime.datetime
    label: str
    body: str
    actor: str
    note: str
    is_undone: bool


@dataclass(frozen=True)
class Note:
    """An internal note."""

    id: int
    at: datetime.datetime
    author: str
    text: str


@dataclass(frozen=True)
class Colleague:
    """Somebody with a seat in the body today, and whether they move contributions on."""

    id: int
    name: str
    may_move: bool


@dataclass(frozen=True)
class Template:
    """A public answer to start from."""

    id: int
    title: str
    text: str


@dataclass(frozen=True)
class DeskFile:
    """Notes, history and more of a contribution at the desk of a body."""

    notes: list[Note]
    history: list[Entry]
    assignee: Colleague | None
    colleagues: list[Colleague]
    templates: list[Template]
    # Of the body, for its navigation.
    proposal_count: int

    @property
    def movers(self) -> str:
        """The names of who may take the next step."""
        return ", ".join(c.name for c in self.colleagues if c.may_move)


def name_of(user: User) -> str:
    """Return how colleagues know somebody."""
    return user.get_full_name() or user.get_username()


def read_desk_file(pin: Pin, body: Body) -> DeskFile:
    """Return what the desk of a body knows of a contribution. One query."""
    lists = {f"file_{name}": rows for name, rows in _lists(body).items()}
    proposals = Consultation.objects.proposed_to(body).order_by()
    found = (
        Pin.objects.annotate(**lists)
        .values(*lists, proposal_count=Counted(proposals))
        .get(pk=pin.pk)
    )
    notes, steps, handed, assigned, members, texts = (found[name] for name in lists)
    return DeskFile(
        notes=[Note(**note | {"at": _time(note["at"])}) for note in notes],
        history=sorted(
            [*map(_step, steps), *map(_handover, handed)], key=lambda entry: entry.at
        ),
        assignee=next((Colleague(**row, may_move=False) for row in assigned), None),
        colleagues=[
            Colleague(row["id"], row["name"], row["role"] in RIGHTS[Right.MOVE])
            for row in members
        ],
        templates=[Template(**text) for text in texts],
        proposal_count=found["proposal_count"],
    )


def _lists(body: Body) -> dict[str, ArraySubquery]:
    """Return what the file of each pin lists, in the order `read_desk_file` takes it."""
    of_pin = {"pin": OuterRef("pk")}
    return {
        "notes": _rows(
            DeskNote.objects.filter(**of_pin, body=body),
            id="id",
            at="created_at",
            author=_name("author"),
            text="text",
        ),
        "steps": _rows(
            StatusChange.objects.filter(**of_pin),
            at="created_at",
            status="to_status",
            former="from_status",
            body="body__name",
            actor=_name("actor"),
            note="public_note",
            undoes="undoes_id",
            undone_by="undone_by__id",
        ),
        "handed": _rows(
            Handover.objects.filter(**of_pin),
            at="created_at",
            giver="from_body__name",
            taker="to_body__name",
            actor=_name("actor"),
            note="reason",
            undoes="undoes_id",
            undone_by="undone_by__id",
        ),
        "assigned": _rows(
            Assignment.objects.filter(**of_pin, body=body),
            id="assignee_id",
            name=_name("assignee"),
        ),
        "members": _rows(
            Membership.objects.current()
            .filter(body=body, user__is_active=True)
            .order_by("user__last_name", "user__first_name", "user__username"),
            id="user_id",
            name=_name("user"),
            role="role",
        ),
        "texts": _rows(
            AnswerTemplate.objects.for_desk(body), id="id", title="title", text="text"
        ),
    }


def _rows(queryset: QuerySet[Any], **fields: Any) -> ArraySubquery:
    return ArraySubquery(queryset.values(json=JSONObject(**fields)))


def _name(user: str) -> Coalesce:
    """Return the expression for how colleagues know somebody: as `name_of`."""
    full = Concat(f"{user}__first_name", Value(" "), f"{user}__last_name")
    return Coalesce(NullIf(Trim(full), Value("")), f"{user}__username")


def _time(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text)


def _step(row: dict[str, Any]) -> Entry:
    label = str(Status(row["status"]).label)
    if row["undoes"]:
        label = _("Taken back: %(step)s") % {"step": Status(row["former"]).label}
    return Entry(
        at=_time(row["at"]),
        label=label,
        body=row["body"] or speaker_name(None),
        actor=row["actor"],
        note=row["note"],
        is_undone=row["undone_by"] is not None,
    )


def _handover(row: dict[str, Any]) -> Entry:
    label = _("Handed over to %(body)s") % {"body": row["taker"]}
    if row["undoes"]:
        label = _("Handover taken back")
    return Entry(
        at=_time(row["at"]),
        label=label,
        body=row["taker"] if row["undoes"] else row["giver"],
        actor=row["actor"],
        note=row["note"],
        is_undone=row["undone_by"] is not None,
    )
