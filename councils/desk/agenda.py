"""What a desk sees of agendas and matters: few queries, whatever their number."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.translation import gettext

from councils.models import AgendaItem, Consultation, Matter, MatterPin, Sitting
from councils.public.agenda import Votes
from districts.models import Body
from pins.models import PublicPin
from pins.workflow import Visibility


@dataclass(frozen=True)
class Part:
    """A contribution of a matter: as everyone sees it, or only that it is out of sight."""

    reference: str
    visibility: str
    pin: PublicPin | None

    @property
    def visibility_label(self) -> str:
        return str(Visibility(self.visibility).label)


@dataclass(frozen=True)
class DeskItem:
    """An agenda item with what it is about."""

    item: AgendaItem
    consultation: Consultation | None = None
    parts: list[Part] = field(default_factory=list)

    @property
    def only_pin(self) -> PublicPin | None:
        """The contribution that the item consists of, under the same title."""
        if len(self.parts) != 1 or self.parts[0].pin is None:
            return None
        pin = self.parts[0].pin
        return pin if pin.title == self.item.title else None

    @property
    def is_out_of_sight(self) -> bool:
        """Whether it is about contributions of which none is shown any more."""
        is_about_pins = self.consultation is not None and self.matter is None
        return is_about_pins and not any(p.pin for p in self.parts)

    @property
    def matter(self) -> Matter | None:
        """The matter where it is not about contributions."""
        matter = self.consultation.matter if self.consultation else None
        return matter if matter and matter.has_own_words else None


@dataclass(frozen=True)
class Voice:
    """What a body said to a matter before."""

    consultation: Consultation
    body: Body

    @property
    def item(self) -> AgendaItem | None:
        return self.consultation.item

    @property
    def votes(self) -> Votes | None:
        return Votes.of(self.item) if self.item else None


@dataclass(frozen=True)
class Proposal:
    """A matter that waits for a body, with what earlier bodies said."""

    consultation: Consultation
    parts: list[Part]
    voices: list[Voice]

    @property
    def title(self) -> str:
        """The matter's title; not that of contributions which nobody is shown."""
        return title_of(self.consultation.matter, self.parts)

    @property
    def origin(self) -> str:
        """The body it comes from: which had it last, or answers for the contributions."""
        if self.voices:
            return self.voices[-1].body.name
        return next((part.pin.body_name for part in self.parts if part.pin), "")

    @property
    def matter(self) -> Matter | None:
        """The matter where it is not about contributions."""
        matter = self.consultation.matter
        return matter if matter.has_own_words else None

    @property
    def is_postponed(self) -> bool:
        """Whether the body itself put it off before."""
        return any(
            v.body.pk == self.consultation.body_id
            and v.consultation.outcome == Consultation.Outcome.POSTPONED
            for v in self.voices
        )


def title_of(matter: Matter, parts: Iterable[Part]) -> str:
    """Return a matter's title, unless it may speak of what is no longer shown."""
    pins = [part.pin for part in parts]
    shown = [pin for pin in pins if pin is not None]
    if matter.has_own_words or (shown and len(shown) == len(pins)):
        return matter.title
    # A bundle is often called like its first contribution.
    return shown[0].title if shown else gettext("Contribution no longer shown")


def read_items(sitting: Sitting) -> list[DeskItem]:
    """Return all items of an agenda, in its order; three queries."""
    items = list(sitting.items.select_related("consultation__matter").order_by("order"))
    consultations = {
        item.pk: consultation
        for item in items
        if (consultation := getattr(item, "consultation", None)) is not None
    }
    parts = read_parts(consultations.values())
    return [
        DeskItem(item, consultation, parts[consultation.matter_id])
        if (consultation := consultations.get(item.pk))
        else DeskItem(item)
        for item in items
    ]


def read_parts(consultations: Iterable[Consultation]) -> dict[int, list[Part]]:
    """Return the contributions of matters, by the ids of the matters; two queries."""
    rows = list(
        MatterPin.objects.filter(matter__in={c.matter_id for c in consultations})
        .order_by("pin_id")
        .values_list("matter_id", "pin_id", "pin__reference", "pin__visibility")
    )
    pins = PublicPin.objects.for_list().in_bulk([pin_id for _m, pin_id, *_v in rows])
    parts: dict[int, list[Part]] = defaultdict(list)
    for matter_id, pin_id, reference, visibility in rows:
        parts[matter_id].append(Part(reference, visibility, pins.get(pin_id)))
    return parts


def read_proposals(body: Body) -> list[Proposal]:
    """Return what waits for a body, the oldest first; four queries."""
    waiting = list(
        Consultation.objects.proposed_to(body)
        .select_related("matter", "body")
        .order_by("created_at", "id")
    )
    parts = read_parts(waiting)
    voices = _voices(waiting)
    return [Proposal(c, parts[c.matter_id], voices[c.matter_id]) for c in waiting]


def _voices(waiting: list[Consultation]) -> dict[int, list[Voice]]:
    """Return what the bodies said: in public, or this body at its own desk."""
    said: dict[int, list[Voice]] = defaultdict(list)
    before = (
        Consultation.objects.filter(
            matter__in={c.matter_id for c in waiting}, decided_at__isnull=False
        )
        .select_related("item__sitting", "body")
        .order_by("matter_id", "order")
    )
    own = {c.body_id for c in waiting}
    for consultation in before:
        item = consultation.item
        is_public = item and item.is_public and item.sitting.has_public_agenda
        if is_public or consultation.body_id in own:
            said[consultation.matter_id].append(Voice(consultation, consultation.body))
    return said
