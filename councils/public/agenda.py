"""The agenda of a sitting as everyone may read it, and nothing else of it.

Contributions come from the public read model alone. What was said about one that is no
longer shown is no longer shown either.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext

from councils.models import AgendaItem, Consultation, MatterPin, Sitting
from pins.models import PublicPin
from pins.workflow import Status

Outcome = Consultation.Outcome
OUTCOME_GROUPS = {
    Outcome.ENDORSED: "positive",
    Outcome.NOT_ENDORSED: "negative",
    Outcome.REFERRED: "active",
    Outcome.POSTPONED: "active",
    Outcome.NOTED: "neutral",
}


@dataclass(frozen=True)
class Votes:
    """How a body voted."""

    in_favour: int
    against: int
    abstained: int

    def __str__(self) -> str:
        return gettext("%(for)d for, %(against)d against, %(abstained)d abstained") % {
            "for": self.in_favour,
            "against": self.against,
            "abstained": self.abstained,
        }

    @classmethod
    def of(cls, item: AgendaItem) -> "Votes | None":
        """Return the votes on an item; None where none were counted."""
        numbers = (item.votes_for, item.votes_against, item.votes_abstained)
        given = [n for n in numbers if n is not None]
        return cls(*given) if len(given) == len(numbers) else None


@dataclass(frozen=True)
class PublicResult:
    """What came of an item: public once its sitting has been held."""

    outcome: str
    result: str
    votes: Votes | None
    reason: str
    resolution: str
    is_authoritative: bool = False

    @property
    def label(self) -> str:
        """The outcome in a word or two; the clerk's words where there is no matter."""
        # Whoever decides does not only endorse.
        if self.is_authoritative and self.outcome == Outcome.ENDORSED:
            return str(Status.ADOPTED.label)
        return str(Outcome(self.outcome).label) if self.outcome else self.result

    @property
    def group(self) -> str:
        return OUTCOME_GROUPS[Outcome(self.outcome)] if self.outcome else "neutral"

    def __bool__(self) -> bool:
        said = self.outcome or self.result or self.reason or self.resolution
        return bool(said) or self.votes is not None


@dataclass(frozen=True)
class PublicItem:
    """An item of a public agenda; `consultation_id` where it is about a matter.

    `title` is empty where it is masked: none of its contributions is shown any longer.
    `unseen` counts those that are not shown. `result` is None before the sitting's end.
    """

    id: int
    number: str
    order: int
    title: str
    role: str
    pins: list[PublicPin]
    unseen: int
    result: PublicResult | None
    # What is to be resolved, and the page with more of it, where it is not about
    # contributions.
    text: str = ""
    address: str = ""
    consultation_id: int | None = None

    @property
    def is_masked(self) -> bool:
        return self.unseen > 0 and not self.pins

    @property
    def heading(self) -> str:
        return self.title or gettext("Contribution no longer shown")

    @property
    def only_pin(self) -> PublicPin | None:
        """The contribution that the item consists of, under the same title."""
        if len(self.pins) == 1 and self.pins[0].title == self.title:
            return self.pins[0]
        return None


def read_agenda(sitting: Sitting, *, preview: bool = False) -> list[PublicItem]:
    """Return the public items of a sitting in their order; none before the invitation.

    `preview` shows what the invitation will make public. Three queries.
    """
    return read_agendas([sitting], preview=preview)[sitting.pk]


def read_agendas(
    sittings: Iterable[Sitting], *, preview: bool = False
) -> dict[int, list[PublicItem]]:
    """Return the public agenda of each sitting by its id, as `read_agenda`.

    Three queries whatever the number of sittings.
    """
    agendas: dict[int, list[PublicItem]] = {s.pk: [] for s in sittings}
    items = AgendaItem.objects.filter(sitting__in=agendas, is_public=True)
    if not preview:
        items = items.public()
    found = list(
        items.select_related("sitting", "consultation__matter").order_by(
            "sitting", "order"
        )
    )
    pins = pins_of_matters(c.matter_id for i in found if (c := _consultation(i)))
    for item in found:
        agendas[item.sitting_id].append(public_item(item, pins))
    return agendas


def _consultation(item: AgendaItem) -> Consultation | None:
    return getattr(item, "consultation", None)


def pins_of_matters(matters: Iterable[int]) -> dict[int, list[PublicPin | None]]:
    """Return the contributions of each matter; None for one that is not shown."""
    parts = list(
        MatterPin.objects.filter(matter__in=set(matters))
        .order_by("pk")
        .values_list("matter_id", "pin_id")
    )
    shown = PublicPin.objects.for_list().in_bulk([pin_id for _matter, pin_id in parts])
    found: dict[int, list[PublicPin | None]] = defaultdict(list)
    for matter_id, pin_id in parts:
        found[matter_id].append(shown.get(pin_id))
    return found


def public_item(
    item: AgendaItem, pins_of: dict[int, list[PublicPin | None]]
) -> PublicItem:
    """Return an item as everyone may read it, with what `pins_of_matters` found."""
    consultation = _consultation(item)
    parts = pins_of[consultation.matter_id] if consultation else []
    pins = [pin for pin in parts if pin is not None]
    unseen = len(parts) - len(pins)
    is_masked = unseen > 0 and not pins
    # A bundle is often called like its first contribution, which may be the unseen one.
    title = pins[0].title if unseen and pins else item.title
    matter = consultation.matter if consultation and not parts else None
    return PublicItem(
        id=item.pk,
        number=item.number,
        order=item.order,
        title="" if is_masked else title,
        role=consultation.get_role_display() if consultation else "",
        pins=pins,
        unseen=unseen,
        result=None if is_masked else public_result(item, consultation),
        text=matter.text if matter else "",
        address=matter.address if matter else "",
        consultation_id=consultation.pk if consultation else None,
    )


def public_result(
    item: AgendaItem, consultation: Consultation | None
) -> PublicResult | None:
    """Return what everyone may read of an item's result: nothing before the end."""
    if item.sitting.state != Sitting.State.HELD:
        return None
    decided = consultation if consultation and consultation.is_decided else None
    return PublicResult(
        outcome=decided.outcome if decided else "",
        result=item.result,
        votes=Votes.of(item),
        reason=decided.reason if decided else "",
        resolution=item.resolution_text,
        is_authoritative=decided is not None and decided.is_authoritative,
    )
