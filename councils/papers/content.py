"""What stands in a paper, read in a fixed number of queries.

The internal paper is for those at the desk: it has the whole agenda, what has been typed
in so far, the exact places and the desk's notes. The public one holds what everyone may
read, and can be handed out.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.contrib.gis.geos import Point
from django.db.models import Q
from django.utils.translation import gettext as _

from councils.models import (
    AgendaItem,
    Consultation,
    DeskNote,
    Hearing,
    MatterPin,
    Sitting,
)
from councils.public.agenda import PublicItem, PublicResult, Votes, read_agenda
from districts.models import Body
from pins.models import Comment, Pin, PublicPin


@dataclass(frozen=True)
class Remark:
    """Something said: by whom, when, and where it matters about what."""

    at: datetime.datetime
    who: str
    text: str
    what: str = ""


@dataclass(frozen=True)
class Advice:
    """What a body has said to a matter, or is to say; empty where not known yet."""

    body: str
    role: str
    item_id: int | None = None
    day: datetime.datetime | None = None
    outcome: str = ""
    reason: str = ""
    votes: Votes | None = None


@dataclass(frozen=True)
class PaperPin:
    """A contribution with all that a paper says of it; `location` is EPSG:4326."""

    pin: PublicPin
    label: str
    location: Point
    is_rough: bool
    history: list[Remark]
    comments: list[Remark] = field(default_factory=list)
    notes: list[Remark] = field(default_factory=list)


@dataclass(frozen=True)
class PaperItem:
    """An item of the agenda; `gone` counts contributions that are no longer published."""

    number: str
    title: str
    is_public: bool
    role: str = ""
    result: PublicResult | None = None
    consultations: list[Advice] = field(default_factory=list)
    pins: list[PaperPin] = field(default_factory=list)
    gone: int = 0
    # The draft of the resolution, where it is not about contributions, and its page.
    text: str = ""
    path: str = ""


@dataclass(frozen=True)
class Content:
    """What a paper is made of; without a sitting it is that of one contribution."""

    body: Body
    is_public: bool
    items: list[PaperItem]
    sitting: Sitting | None = None

    @property
    def pins(self) -> list[PaperPin]:
        return [pin for item in self.items for pin in item.pins]


def count_pins(sitting: Sitting, *, is_public: bool) -> int:
    """Return how many contributions the dossier of a sitting would hold."""
    parts = MatterPin.objects.filter(matter__consultations__item__sitting=sitting)
    if is_public:
        parts = parts.filter(matter__consultations__item__is_public=True)
    return PublicPin.objects.filter(pk__in=parts.values("pin_id")).count()


def read_sitting(sitting: Sitting, *, is_public: bool) -> Content:
    """Return what the dossier of a sitting holds."""
    items = sitting.items.select_related(
        "consultation__body", "consultation__matter"
    ).order_by("order")
    if is_public:
        items = items.filter(is_public=True)
    found = list(items)
    reader = _Reader(sitting.body, is_public=is_public)
    reader.read_matters(c.matter_id for i in found if (c := _consultation(i)))
    known = {}
    if is_public:
        known = {p.number: p for p in read_agenda(sitting, preview=True)}
    return Content(
        body=sitting.body,
        is_public=is_public,
        items=[reader.item(item, known.get(item.number)) for item in found],
        sitting=sitting,
    )


def read_pin(body: Body, shown: PublicPin, *, is_public: bool) -> Content:
    """Return what the dossier of one contribution holds, at the desk of a body."""
    reader = _Reader(body, is_public=is_public)
    part = MatterPin.objects.filter(pin_id=shown.pk).first()
    if part is not None:
        reader.read_consultations([part.matter_id])
    reader.read_pins([shown.pk])
    item = PaperItem(
        number="",
        title=shown.title,
        is_public=True,
        consultations=reader.consultations[part.matter_id] if part else [],
        pins=[reader.pin(shown, "")],
    )
    return Content(body=body, is_public=is_public, items=[item])


def _consultation(item: AgendaItem) -> Consultation | None:
    return getattr(item, "consultation", None)


class _Reader:
    """Reads the parts once and puts them together item by item."""

    def __init__(self, body: Body, *, is_public: bool) -> None:
        self.body, self.is_public = body, is_public
        self.consultations: dict[int, list[Advice]] = defaultdict(list)
        self.parts: dict[int, list[int]] = defaultdict(list)
        self.shown: dict[int, PublicPin] = {}
        self.places: dict[int, Point] = {}
        self.comments: dict[int, list[Remark]] = defaultdict(list)
        self.notes: dict[int, list[Remark]] = defaultdict(list)

    def read_matters(self, matters: Iterable[int]) -> None:
        ids = list(matters)
        rows = MatterPin.objects.filter(matter__in=ids).order_by("pk")
        for matter_id, pin_id in rows.values_list("matter_id", "pin_id"):
            self.parts[matter_id].append(pin_id)
        self.read_pins([pin_id for part in self.parts.values() for pin_id in part])
        self.read_consultations(ids)

    def read_pins(self, ids: Sequence[int]) -> None:
        shown = PublicPin.objects.defer("search", "feature", "mercator")
        self.shown = shown.select_related("theme").in_bulk(ids)
        spoken = Comment.objects.public().filter(
            pin_id__in=self.shown, actor__isnull=False
        )
        for comment in spoken.select_related("body").order_by("created_at", "id"):
            self.comments[comment.pin_id].append(
                Remark(comment.created_at, comment.speaker, comment.text)
            )
        if not self.is_public:
            self._read_what_the_desk_knows()

    def _read_what_the_desk_knows(self) -> None:
        self.places = dict(
            Pin.objects.filter(pk__in=self.shown).values_list("pk", "location")
        )
        notes = DeskNote.objects.filter(pin_id__in=self.shown, body=self.body)
        for note in notes.select_related("author"):
            who = note.author.get_full_name() or note.author.get_username()
            self.notes[note.pin_id].append(Remark(note.created_at, who, note.text))

    def read_consultations(self, matters: Sequence[int]) -> None:
        """Read what bodies say to matters: in public, and at this desk."""
        seen = Q(pk__in=Consultation.objects.public().values("pk"))
        if not self.is_public:
            seen |= Q(body=self.body)
        found = Consultation.objects.filter(seen, matter__in=matters)
        for one in found.select_related("body", "item__sitting").order_by("order"):
            self.consultations[one.matter_id].append(self._heard(one))
        waived = Hearing.objects.filter(matter__in=matters, waived_at__isnull=False)
        for hearing in waived.select_related("body").order_by("waived_at"):
            self.consultations[hearing.matter_id].append(
                Advice(
                    hearing.body.name,
                    _("Hearing waived"),
                    day=hearing.waived_at,
                    reason=hearing.waived_because,
                )
            )

    def _heard(self, one: Consultation) -> Advice:
        sitting = one.sitting
        is_held = sitting is not None and sitting.state == Sitting.State.HELD
        is_ours = not self.is_public and one.body_id == self.body.pk
        is_told = is_held or is_ours or one.is_decided
        return Advice(
            body=one.body.name,
            role=one.get_role_display(),
            item_id=one.item_id,
            day=sitting.start if sitting else None,
            outcome=one.get_outcome_display() if is_told and one.outcome else "",
            reason=one.reason if is_told else "",
            # What was counted before a sitting was cancelled after all counts for nobody.
            votes=Votes.of(one.item) if (is_held or is_ours) and one.item else None,
        )

    def item(self, item: AgendaItem, known: PublicItem | None) -> PaperItem:
        """Return an item; `known` is the item as everyone reads it, for a public paper."""
        consultation = _consultation(item)
        matter_id = consultation.matter_id if consultation else 0
        ids = self.parts[matter_id]
        shown = [pk for pk in ids if pk in self.shown]
        labels = _labels(item.number, len(shown))
        pins = [
            self.pin(self.shown[pk], label)
            for pk, label in zip(shown, labels, strict=True)
        ]
        return PaperItem(
            number=item.number,
            title=known.heading if known else self._title(item, shown),
            is_public=item.is_public,
            role=consultation.get_role_display() if consultation else "",
            # Nobody else reads what was said to contributions that are gone.
            consultations=[]
            if known and known.is_masked
            else [o for o in self.consultations[matter_id] if o.item_id != item.pk],
            pins=pins,
            gone=len(ids) - len(shown),
            result=known.result if known else _result(item, consultation),
            text=consultation.matter.text if consultation and not ids else "",
            path=consultation.matter.path if consultation and not ids else "",
        )

    def _title(self, item: AgendaItem, shown: Sequence[int]) -> str:
        """Return the title, unless it may speak of what is no longer shown."""
        consultation = _consultation(item)
        if consultation is None or len(self.parts[consultation.matter_id]) == len(
            shown
        ):
            return item.title
        # A bundle is often called like its first contribution.
        return (
            self.shown[shown[0]].title if shown else _("Contribution no longer shown")
        )

    def pin(self, shown: PublicPin, label: str) -> PaperPin:
        history = [Remark(shown.created_at, "", "", _("Received"))]
        history += [
            Remark(step.at, step.body, step.note, step.label) for step in shown.steps()
        ]
        return PaperPin(
            pin=shown,
            label=label,
            location=self.places.get(shown.pk, shown.location),
            is_rough=self.is_public and shown.is_rough,
            history=history,
            comments=self.comments[shown.pk],
            notes=self.notes[shown.pk],
        )


def _labels(number: str, count: int) -> list[str]:
    """Return what the contributions of an item are called: 3, or 3.1, 3.2 …"""
    if count < 2:
        return [number] * count
    return [f"{number}.{n}" for n in range(1, count + 1)]


def _result(item: AgendaItem, consultation: Consultation | None) -> PublicResult | None:
    """Return what has been typed in so far, held or not."""
    result = PublicResult(
        outcome=consultation.outcome if consultation else "",
        result=item.result,
        votes=Votes.of(item),
        reason=consultation.reason if consultation else "",
        resolution=item.resolution_text,
    )
    return result or None
