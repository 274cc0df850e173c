"""The agenda as it is worked through in the sitting, read in a handful of queries."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from django.contrib.auth.models import User
from django.db.models import Count, OuterRef, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _

from councils.matters import unheard_by_matter
from councils.models import (
    AgendaItem,
    Consultation,
    Hearing,
    Matter,
    MatterPin,
    Membership,
    Sitting,
)
from councils.outcomes import steps_after
from councils.results import what_is_missing
from districts.models import Body
from pins.models import PublicPin
from pins.workflow import Status


@dataclass(frozen=True)
class Due:
    """A district council that has not been heard; `url` for its chair, to waive it."""

    body: Body
    url: str = ""


@dataclass(frozen=True)
class Effect:
    """What closing the sitting does to a contribution; without `steps` it stays."""

    pin: PublicPin
    steps: tuple[Status, ...]

    @property
    def label(self) -> str:
        return str(self.steps[-1].label)

    @property
    def group(self) -> str:
        return self.steps[-1].group


@dataclass
class Point:
    """An item of the agenda with all there is to see while it is dealt with.

    Of its contributions only what everyone sees: the room reads along.
    """

    item: AgendaItem
    consultation: Consultation | None = None
    pins: list[PublicPin] = field(default_factory=list)
    # Contributions of the matter that are not, or no longer, published.
    unpublished: int = 0
    earlier: list[Consultation] = field(default_factory=list)
    waivers: list[Hearing] = field(default_factory=list)
    due: list[Due] = field(default_factory=list)

    @property
    def title(self) -> str:
        """The title, unless it may speak of what is no longer shown."""
        if not self.unpublished:
            return self.item.title
        # A bundle is often called like its first contribution.
        return self.pins[0].title if self.pins else _("Contribution no longer shown")

    @property
    def matter(self) -> Matter | None:
        """The matter where it is not about contributions."""
        matter = self.consultation.matter if self.consultation else None
        return matter if matter and matter.has_own_words else None

    @property
    def is_bundle(self) -> bool:
        return len(self.pins) > 1

    @cached_property
    def missing(self) -> dict[str, str]:
        """What keeps the sitting from being closed, field by field."""
        if self.consultation is None or self.consultation.is_decided:
            return {}
        return what_is_missing(self.consultation, [due.body for due in self.due])

    @property
    def is_done(self) -> bool:
        """Whether a result has been typed in."""
        if self.consultation is not None:
            return not self.missing
        item = self.item
        return bool(item.result or item.resolution_text or item.has_votes)

    @property
    def marks(self) -> list[dict[str, object]]:
        """The places of the contributions, for the map."""
        return [
            {
                "at": [round(pin.lon, 6), round(pin.lat, 6)],
                "kind": pin.kind,
                "theme": pin.theme.slug,
                "colour": pin.theme.colour,
                "number": str(number) if self.is_bundle else "",
            }
            for number, pin in enumerate(self.pins, start=1)
        ]

    @property
    def effects(self) -> list[Effect]:
        """What happens to its contributions when the sitting is closed now."""
        consultation = self.consultation
        if consultation is None:
            return []
        is_public = self.item.is_public
        return [
            Effect(pin, self._steps(consultation, pin) if is_public else ())
            for pin in self.pins
        ]

    @staticmethod
    def _steps(consultation: Consultation, pin: PublicPin) -> tuple[Status, ...]:
        if not consultation.outcome:
            return ()
        return steps_after(
            pin.status,
            consultation.outcome,
            is_authoritative=consultation.is_authoritative,
        )


def read_points(sitting: Sitting, reader: User) -> list[Point]:
    """Return the agenda of a sitting in its order; `reader` may waive some hearings."""
    points = read_with_pins(sitting)
    with_matter = _by_matter(points)
    if with_matter:
        _add_earlier(with_matter)
        _add_waivers(with_matter)
        _add_due(with_matter, reader)
    return points


def read_with_pins(sitting: Sitting) -> list[Point]:
    """Return the agenda of a sitting with its contributions, and nothing else."""
    items = (
        sitting.items.select_related("consultation__matter", "consultation__body")
        .annotate(pin_count=Count("consultation__matter__matterpin"))
        .order_by("order")
    )
    points = [
        Point(
            item,
            consultation=getattr(item, "consultation", None),
            unpublished=item.pin_count,  # type: ignore[attr-defined]  # annotated by the query
        )
        for item in items
    ]
    _add_pins(_by_matter(points))
    return points


def _by_matter(points: list[Point]) -> dict[int, Point]:
    return {
        point.consultation.matter_id: point for point in points if point.consultation
    }


def _add_pins(points: dict[int, Point]) -> None:
    parts = MatterPin.objects.filter(matter__in=points)
    matter = parts.filter(pin=OuterRef("pk")).values("matter")
    shown = (
        PublicPin.objects.for_list()
        .filter(pk__in=parts.values("pin"))
        .annotate(matter=Subquery(matter))
        .order_by("pk")
    )
    for pin in shown:
        point = points[pin.matter]  # type: ignore[attr-defined]  # annotated by the query
        point.pins.append(pin)
        point.unpublished -= 1


def _add_earlier(points: dict[int, Point]) -> None:
    """Add what others have said in public; what is not public stays at their desk."""
    said = (
        Consultation.objects.public()
        .filter(matter__in=points, item__sitting__state=Sitting.State.HELD)
        .select_related("body", "item__sitting")
        .order_by("matter", "order")
    )
    for consultation in said:
        point = points[consultation.matter_id]
        if consultation != point.consultation:
            point.earlier.append(consultation)


def _add_waivers(points: dict[int, Point]) -> None:
    waived = Hearing.objects.filter(matter__in=points, waived_at__isnull=False)
    for hearing in waived.select_related("body").order_by("body__name"):
        points[hearing.matter_id].waivers.append(hearing)


def _add_due(points: dict[int, Point], reader: User) -> None:
    deciding = [
        c.matter
        for c in (point.consultation for point in points.values())
        if c is not None and c.is_authoritative and not c.is_decided
    ]
    if not deciding:
        return
    unheard = unheard_by_matter(deciding)
    chaired = _chaired_by(
        reader, [body for found in unheard.values() for body in found]
    )
    for matter in deciding:
        point = points[matter.pk]
        for body in unheard.get(matter.pk, []):
            # A council that decides by itself is heard by that.
            if point.consultation and body.pk != point.consultation.body_id:
                url = _waiver_url(body, matter) if body.pk in chaired else ""
                point.due.append(Due(body, url))


def _chaired_by(reader: User, bodies: Sequence[Body]) -> set[int]:
    if not bodies:
        return set()
    seats = reader.memberships.current().filter(
        role=Membership.Role.CHAIR, body__in=bodies
    )
    return set(seats.values_list("body_id", flat=True))


def _waiver_url(body: Body, matter: Matter) -> str:
    return reverse("councils:hearing", args=[body.slug, matter.pk])


def count_told(points: Iterable[Point]) -> int:
    """Return of how many contributions people are told what came of them."""
    return sum(
        len(point.pins)
        for point in points
        if point.item.is_public and point.consultation and point.consultation.outcome
    )
