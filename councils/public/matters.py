"""Matters as everyone may read them: what bodies have put on public agendas."""

import datetime
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from councils.models import Consultation
from councils.public.agenda import PublicItem, pins_of_matters, public_item
from pins.models import PublicPin


@dataclass(frozen=True)
class PublicMatter:
    """A matter that a body has, or had, on a public agenda.

    It is called as on the first of them. `consultations` are the public ones in their
    order; `since` is the day from which on everyone could read of it. `pins` are the
    contributions that are shown; a matter without any has a `text` to be resolved, or
    an `address` with more of it.
    """

    id: int
    title: str
    since: datetime.datetime
    pins: list[PublicPin]
    unseen: int
    consultations: list[Consultation]
    text: str
    address: str


def read_matters(ids: Collection[int]) -> list[PublicMatter]:
    """Return those of these matters that everyone may read; three queries.

    A matter is none of them any longer when all of its contributions are unseen.
    """
    found: dict[int, list[Consultation]] = defaultdict(list)
    consultations = Consultation.objects.public().filter(matter__in=ids)
    for consultation in consultations.select_related(
        "matter", "body", "item__sitting"
    ).order_by("matter", "order"):
        found[consultation.matter_id].append(consultation)
    pins = pins_of_matters(found)
    matters = (_public_matter(asked, pins) for asked in found.values())
    return [matter for matter in matters if matter is not None]


def _public_matter(
    consultations: list[Consultation], pins: dict[int, list[PublicPin | None]]
) -> PublicMatter | None:
    items = [_item(consultation, pins) for consultation in consultations]
    first = items[0]
    if first.is_masked:
        return None
    sittings = [c.item.sitting for c in consultations if c.item]
    return PublicMatter(
        id=consultations[0].matter_id,
        title=first.title,
        since=min(sitting.invited_at or sitting.start for sitting in sittings),
        pins=first.pins,
        unseen=first.unseen,
        consultations=consultations,
        text=first.text,
        address=first.address,
    )


def _item(
    consultation: Consultation, pins: dict[int, list[PublicPin | None]]
) -> PublicItem:
    assert consultation.item is not None  # noqa: S101 -- public ones have one
    return public_item(consultation.item, pins)
