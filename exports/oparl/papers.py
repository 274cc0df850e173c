"""Matters in OParl: papers with their places and consultations."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils.text import slugify
from django.utils.timezone import localdate

from councils.models import Consultation
from councils.public.matters import PublicMatter, read_matters
from exports.oparl.things import CITY, PDF, Kept, Thing, file_of, of_matter
from exports.oparl.vocabulary import (
    DRAFT_RESOLUTION,
    OURS,
    ROLES,
    SUGGESTION,
    Kind,
    address_of,
    embedded,
    without_empty,
)
from insek.models import Submission
from pins.models import PublicPin

# About 10 cm, as the open data has it.
DECIMALS = 6


@dataclass(frozen=True)
class Matters:
    """Some matters as they are public now; four queries."""

    matters: list[PublicMatter]
    drafts: Mapping[int, Submission]

    @classmethod
    def read(cls, ids: Collection[int]) -> "Matters":
        drafts = Submission.objects.public().filter(matter__in=ids)
        return cls(read_matters(ids), {draft.matter_id: draft for draft in drafts})

    def parts(self) -> Iterator[Thing]:
        """Yield what stands within the papers."""
        for matter in self.matters:
            for consultation in matter.consultations:
                yield _consultation(consultation)
            for pin in matter.pins:
                yield _place_of_pin(pin, matter)
            if draft := self.drafts.get(matter.id):
                yield from _draft(draft)

    def wholes(self, kept: Kept) -> Iterator[Thing]:
        """Yield the papers, with their parts as they are kept."""
        for matter in self.matters:
            yield _whole_matter(matter, self.drafts.get(matter.id), kept)


def _consultation(consultation: Consultation) -> Thing:
    assert consultation.item is not None  # noqa: S101 -- public ones have one
    content = {
        "paper": address_of(Kind.PAPER, consultation.matter_id),
        "agendaItem": address_of(Kind.AGENDA_ITEM, consultation.item.pk),
        "meeting": address_of(Kind.MEETING, consultation.item.sitting_id),
        "organization": [address_of(Kind.ORGANIZATION, consultation.body_id)],
        "authoritative": consultation.is_authoritative,
        "role": ROLES[Consultation.Role(consultation.role)],
    }
    return Thing(
        Kind.CONSULTATION,
        str(consultation.pk),
        of_matter(consultation.matter_id),
        content,
        organization=consultation.body_id,
    )


def _key_of_place(pin: PublicPin) -> str:
    return f"pin-{pin.reference}"


def _place_of_pin(pin: PublicPin, matter: PublicMatter) -> Thing:
    place = [round(pin.lon, DECIMALS), round(pin.lat, DECIMALS)]
    content = {
        "description": pin.place_note,
        "subLocality": pin.district_name,
        "locality": settings.CITY_NAME,
        "geojson": {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": place},
            "properties": {"reference": pin.reference, "title": pin.title},
        },
        "papers": [address_of(Kind.PAPER, matter.id)],
        "web": pin.get_absolute_url(),
    }
    return Thing(
        Kind.LOCATION,
        _key_of_place(pin),
        of_matter(matter.id),
        without_empty(content.items()),
    )


def _key_of_draft(draft: Submission) -> str:
    return f"draft-{draft.pk}"


def _draft(draft: Submission) -> Iterator[Thing]:
    yield from file_of(
        _key_of_draft(draft),
        of_matter(draft.matter_id),
        draft.document.name,
        reverse("insek:submission-document", args=[draft.pk]),
        {
            "name": draft.get_kind_display(),
            "fileName": f"{slugify(draft.get_kind_display())}.pdf",
            "mimeType": PDF,
            "paper": [address_of(Kind.PAPER, draft.matter_id)],
        },
    )


def _whole_matter(matter: PublicMatter, draft: Submission | None, kept: Kept) -> Thing:
    file = kept.get((Kind.FILE, _key_of_draft(draft))) if draft else None
    places = [kept[Kind.LOCATION, _key_of_place(pin)] for pin in matter.pins]
    consultations = [
        kept[Kind.CONSULTATION, str(consultation.pk)]
        for consultation in matter.consultations
    ]
    content = {
        "body": address_of(Kind.BODY, CITY),
        "name": matter.title,
        "reference": _reference(matter),
        "date": localdate(matter.since).isoformat(),
        "paperType": SUGGESTION if matter.pins else DRAFT_RESOLUTION,
        "mainFile": file and embedded(file, "paper"),
        "location": [embedded(place, "papers") for place in places],
        "consultation": [embedded(c, "paper") for c in consultations],
        "keyword": sorted({pin.theme.title_de for pin in matter.pins}),
        f"{OURS}:text": matter.text,
        "web": _page(matter),
    }
    return Thing(
        Kind.PAPER,
        str(matter.id),
        of_matter(matter.id),
        without_empty(content.items()),
    )


def _reference(matter: PublicMatter) -> str:
    """Return its number; several contributions have none that is theirs together."""
    is_one = len(matter.pins) == 1 and not matter.unseen
    return matter.pins[0].reference if is_one else ""


def _page(matter: PublicMatter) -> str:
    """Return the page that shows it: its own, or that of its only contribution."""
    if len(matter.pins) == 1:
        return matter.pins[0].get_absolute_url()
    return matter.address
