"""The entries of the inbox: contributions with what the desk knows of each."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Concat, JSONObject, NullIf, Trim
from django.utils import timezone

from councils.desk.deadlines import Deadline, deadline_of
from councils.desk.numbers import Counted
from councils.models import Assignment, Consultation, DeskNote, Sitting
from districts.models import Body
from pins.models import Pin, PublicPin
from pins.workflow import FINAL_STATUSES, Status


@dataclass(frozen=True)
class OnAgenda:
    """The sitting of the body on whose agenda, be it a draft, a contribution is."""

    sitting_id: int
    start: datetime.datetime
    number: int
    is_draft: bool


@dataclass(frozen=True)
class Entry:
    """A contribution in the inbox, with what the desk knows of it."""

    pin: PublicPin
    deadline: Deadline | None
    assignee: str
    note_count: int
    agenda: OnAgenda | None
    is_proposed: bool

    @property
    def is_waiting(self) -> bool:
        return Status(self.pin.status) not in FINAL_STATUSES


def entries_of(body: Body, pins: Sequence[PublicPin]) -> list[Entry]:
    """Return the entries of contributions at the desk of a body. One query."""
    facts = {row["pk"]: row for row in _facts(body, pins)} if pins else {}
    today = timezone.localdate()
    return [_entry(pin, facts[pin.pk], today) for pin in pins]


def _facts(body: Body, pins: Sequence[PublicPin]) -> QuerySet[Pin, Any]:
    of_pin = {"pin": OuterRef("pk"), "body": body}
    name = Trim(Concat("assignee__first_name", Value(" "), "assignee__last_name"))
    assignee = Assignment.objects.filter(**of_pin).values_list(
        Coalesce(NullIf(name, Value("")), F("assignee__username")),
    )
    consultation = Consultation.objects.filter(
        matter__matterpin__pin=OuterRef("pk"), body=body, decided_at=None
    ).values_list(
        JSONObject(
            sitting="item__sitting_id",
            start="item__sitting__start",
            state="item__sitting__state",
            order="item__order",
        )
    )
    return Pin.objects.filter(pk__in=[pin.pk for pin in pins]).values(
        "pk",
        note_count=Counted(DeskNote.objects.filter(**of_pin).order_by()),
        assignee=Coalesce(Subquery(assignee, output_field=CharField()), Value("")),
        consultation=Subquery(consultation[:1]),
    )


def _entry(pin: PublicPin, facts: dict[str, Any], today: datetime.date) -> Entry:
    found = facts["consultation"]
    agenda = None
    if found and found["sitting"]:
        agenda = OnAgenda(
            sitting_id=found["sitting"],
            start=datetime.datetime.fromisoformat(found["start"]),
            number=found["order"],
            is_draft=found["state"] == Sitting.State.PLANNED,
        )
    return Entry(
        pin=pin,
        deadline=deadline_of(pin, today),
        assignee=facts["assignee"],
        note_count=facts["note_count"],
        agenda=agenda,
        is_proposed=bool(found) and agenda is None,
    )
