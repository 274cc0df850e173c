"""The way of a contribution through the bodies, as everyone may read it.

Merges the public timeline with the public consultations of its matter: a step that came
of a sitting leads to it; what a later body said, which changes no status, is an entry of
its own.
"""

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext

from councils.models import (
    Consultation,
    ConsultationStep,
    Hearing,
    Matter,
    Sitting,
)
from councils.public.agenda import OUTCOME_GROUPS, PublicResult, public_result
from districts.models import Body
from pins.models import PublicPin
from pins.models.public import Step
from pins.workflow import Status

Outcome = Consultation.Outcome
# A further body may still deal with what stands here.
ON_ITS_WAY = {Status.IN_REVIEW, Status.SCHEDULED, Status.ENDORSED, Status.REFERRED}
CARRIED_OUT = {Status.IN_PROGRESS, Status.DONE}


@dataclass(frozen=True)
class Entry:
    """One entry of the timeline; `event` says what happened in the sitting."""

    at: datetime.datetime
    label: str
    group: str
    body: str
    note: str = ""
    event: str = ""
    sitting: Sitting | None = None
    result: PublicResult | None = None

    @property
    def resolution(self) -> str:
        """The resolution, where the note does not say it already."""
        said = self.result.resolution if self.result else ""
        return "" if said[:4_000] == self.note else said


@dataclass(frozen=True)
class Link:
    """A body in the chain: how far the contribution has come there."""

    body: str
    state: str
    text: str
    sitting: Sitting | None = None


@dataclass(frozen=True)
class Trace:
    """The timeline of a contribution, and in short where it is now."""

    entries: list[Entry]
    chain: list[Link] = field(default_factory=list)


def trace(pin: PublicPin) -> Trace:
    """Return the way of a contribution, the oldest step first.

    At most two queries, whatever the number of steps; one where no body has dealt with it.
    """
    found = _consultations(pin)
    if not found:
        return Trace([_plain(step) for step in pin.steps()])
    waived = list(
        Hearing.objects.filter(
            matter__matterpin__pin_id=pin.pk, waived_at__isnull=False
        ).select_related("body")
    )
    entries = [*_entries(pin.steps(), found), *(_waiver(hearing) for hearing in waived)]
    # The same moment: as it was listed, since sorting is stable.
    return Trace(sorted(entries, key=lambda e: e.at), _chain(pin, found, waived))


def way_of(matter: Matter) -> list[Link]:
    """Return the way of a matter without contributions through the bodies, as today.

    The bodies that have not put it on a public agenda are still ahead, whatever they do
    with it otherwise, until it has been decided. Two queries.
    """
    public = Consultation.objects.public()
    asked = list(
        matter.consultations.select_related("body", "item__sitting")
        .annotate(is_shown=Exists(public.filter(pk=OuterRef("pk"))))
        .order_by("order")
    )
    # Annotated by the query.
    found = [c for c in asked if c.is_shown]  # type: ignore[attr-defined]  # as above
    latest = {c.body_id: c for c in found}
    waived = matter.hearings.filter(waived_at__isnull=False).select_related("body")
    links = [
        Link(h.body.name, "waived", gettext("Decided without the hearing"))
        for h in waived
        if h.body_id not in latest
    ]
    gone = {link.body for link in links}
    ahead = {c.body_id: c.body for c in asked if c.body_id not in latest}
    links += [_link(latest[pk]) for pk in dict.fromkeys(c.body_id for c in found)]
    if not any(_is_resolved(c) for c in latest.values()):
        links += [
            Link(body.name, "ahead", gettext("May come after that"))
            for body in ahead.values()
            if body.name not in gone
        ]
    return links


def _consultations(pin: PublicPin) -> list[Consultation]:
    steps = ConsultationStep.objects.filter(consultation=OuterRef("pk"))
    return list(
        Consultation.objects.public()
        .about(pin)
        .select_related("body__next_body__next_body", "item__sitting")
        .annotate(change_ids=ArraySubquery(steps.values("change_id")))
        .order_by("order")
    )


def _plain(step: Step) -> Entry:
    return Entry(step.at, step.label, step.group, step.body, step.note)


def _waiver(hearing: Hearing) -> Entry:
    assert hearing.waived_at is not None  # noqa: S101 -- queried so
    return Entry(
        at=hearing.waived_at,
        label=gettext("Decided without the hearing"),
        group="neutral",
        body=hearing.body.name,
        note=hearing.waived_because,
    )


def _entries(steps: list[Step], found: list[Consultation]) -> Iterator[Entry]:
    """Yield the steps with their sittings, and what no step tells of."""
    told: dict[int | None, Entry] = {s.id: _plain(s) for s in steps if s.id is not None}
    for consultation in found:
        mine = [s for s in steps if s.id in _change_ids(consultation)]
        if entry := _announcement(consultation):
            about = [
                s for s in mine if s.status == Status.SCHEDULED and s.at >= entry.at
            ]
            yield from _tell(entry, about, told)
        if entry := _conclusion(consultation):
            about = [
                s for s in mine if s.status != Status.SCHEDULED and s.at >= entry.at
            ]
            yield from _tell(entry, about, told)
    yield from told.values()
    yield from (_plain(step) for step in steps if step.id is None)


def _change_ids(consultation: Consultation) -> set[int]:
    # Added by `_consultations`.
    return set(consultation.change_ids)  # type: ignore[attr-defined]  # as above


def _tell(
    entry: Entry, about: Iterable[Step], told: dict[int | None, Entry]
) -> Iterator[Entry]:
    """Put into a step what happened in the sitting; yield it where there is no step."""
    is_told = False
    for step in about:
        known = told[step.id]
        event = "" if entry.event == known.label else entry.event
        told[step.id] = replace(
            known, event=event, sitting=entry.sitting, result=entry.result
        )
        is_told = True
    if not is_told:
        label = ": ".join(words for words in (entry.label, entry.event) if words)
        yield replace(entry, label=label, event="")


def _announcement(consultation: Consultation) -> Entry | None:
    sitting = consultation.sitting
    if consultation.announced_at is None or sitting is None:
        return None
    return Entry(
        at=consultation.announced_at,
        label=str(Status.SCHEDULED.label),
        group=Status.SCHEDULED.group,
        body=consultation.body.name,
        sitting=sitting,
    )


def _conclusion(consultation: Consultation) -> Entry | None:
    """Return what came of it; None as long as that is not public."""
    item = consultation.item
    if consultation.decided_at is None or item is None:
        return None
    if item.sitting.state == Sitting.State.CANCELLED:
        return Entry(
            at=consultation.decided_at,
            label="",
            event=gettext("The sitting was cancelled"),
            group="neutral",
            body=consultation.body.name,
            note=item.sitting.cancelled_because,
            sitting=item.sitting,
        )
    result = public_result(item, consultation)
    return _said(consultation, consultation.decided_at, result) if result else None


def _said(
    consultation: Consultation, at: datetime.datetime, result: PublicResult
) -> Entry:
    return Entry(
        at=at,
        label=consultation.get_role_display(),
        group=result.group,
        body=consultation.body.name,
        note=result.reason,
        event=result.label,
        sitting=consultation.sitting,
        result=result,
    )


def _chain(
    pin: PublicPin, found: list[Consultation], waived: list[Hearing]
) -> list[Link]:
    """Return one link for each body, as it stands there today."""
    latest = {c.body_id: c for c in found}
    # A body that postponed keeps its place in the order.
    order = dict.fromkeys(c.body_id for c in found)
    links = [
        Link(h.body.name, "waived", gettext("Decided without the hearing"))
        for h in waived
        if h.body_id not in latest
    ]
    links += [_link(latest[body_id]) for body_id in order]
    if pin.status in CARRIED_OUT:
        state = "done" if pin.status == Status.DONE else "now"
        links.append(Link(gettext("Carrying it out"), state, pin.status_label))
    elif pin.status in ON_ITS_WAY and not _is_resolved(found[-1]):
        links += [
            Link(body.name, "ahead", gettext("May come after that"))
            for body in _bodies_after(found[-1].body)
            if body.pk not in latest
        ]
    return links


def _is_resolved(consultation: Consultation) -> bool:
    decides = {Outcome.ENDORSED, Outcome.NOT_ENDORSED}
    return (
        consultation.is_authoritative
        and consultation.is_decided
        and consultation.outcome in decides
    )


def _bodies_after(body: Body) -> Iterator[Body]:
    following = body.next_body
    if following is not None:
        yield following
        if following.next_body is not None and following.next_body != body:
            yield following.next_body


def _link(consultation: Consultation) -> Link:
    state, text = _standing(consultation)
    return Link(consultation.body.name, state, text, consultation.sitting)


def _standing(consultation: Consultation) -> tuple[str, str]:
    item = consultation.item
    assert item is not None  # noqa: S101 -- public ones have one
    if item.sitting.state == Sitting.State.CANCELLED:
        return "open", gettext("The sitting was cancelled")
    result = public_result(item, consultation)
    if result is None or not consultation.is_decided:
        if item.sitting.start > timezone.now():
            return "now", str(Status.SCHEDULED.label)
        return "now", gettext("The result will follow")
    if result.outcome == Outcome.POSTPONED:
        return "open", result.label
    group = OUTCOME_GROUPS[Outcome(result.outcome)]
    return ("refused" if group == "negative" else "done"), result.label
