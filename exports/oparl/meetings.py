"""Sittings in OParl: meetings with place, files and agenda.

What stands within others is made first: an object has changed when a part of it has.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext

from councils.models import Sitting
from councils.public.agenda import PublicItem, read_agendas
from exports.moments import in_local_time
from exports.oparl.things import PDF, Kept, Thing, file_of, of_sitting
from exports.oparl.vocabulary import (
    OURS,
    STATES,
    Content,
    Kind,
    address_of,
    embedded,
    without_empty,
)


@dataclass(frozen=True)
class Sittings:
    """Some sittings as they are public now; four queries."""

    sittings: list[Sitting]
    agendas: Mapping[int, list[PublicItem]]

    @classmethod
    def read(cls, ids: Collection[int]) -> "Sittings":
        found = list(Sitting.objects.filter(pk__in=ids).select_related("body"))
        return cls(found, read_agendas(found))

    def parts(self) -> Iterator[Thing]:
        """Yield what stands within the meetings."""
        for sitting in self.sittings:
            yield _place(sitting)
            yield from _papers(sitting)
            for item in self.agendas[sitting.pk]:
                yield _item(sitting, item)

    def wholes(self, kept: Kept) -> Iterator[Thing]:
        """Yield the meetings, with their parts as they are kept."""
        for sitting in self.sittings:
            yield _meeting(sitting, self.agendas[sitting.pk], kept)


def _meeting(sitting: Sitting, agenda: list[PublicItem], kept: Kept) -> Thing:
    invitation, minutes = (
        kept.get((Kind.FILE, f"{paper}-{sitting.pk}"))
        for paper in ("invitation", "minutes")
    )
    items = [kept[Kind.AGENDA_ITEM, str(item.id)] for item in agenda]
    place = kept[Kind.LOCATION, of_sitting(sitting.pk)]
    content = {
        "name": gettext("Sitting: %(body)s") % {"body": sitting.body.name},
        "meetingState": _state(sitting),
        "cancelled": sitting.state == Sitting.State.CANCELLED,
        f"{OURS}:cancelledBecause": sitting.cancelled_because,
        "start": in_local_time(sitting.start),
        "end": sitting.end and in_local_time(sitting.end),
        "location": embedded(place, "meetings"),
        "organization": [address_of(Kind.ORGANIZATION, sitting.body_id)],
        "invitation": invitation and embedded(invitation, "meeting"),
        "resultsProtocol": minutes and embedded(minutes, "meeting"),
        "agendaItem": [embedded(item, "meeting") for item in items],
        f"{OURS}:risUrl": sitting.ris_url,
        "web": sitting.get_absolute_url(),
    }
    return Thing(
        Kind.MEETING,
        str(sitting.pk),
        of_sitting(sitting.pk),
        without_empty(content.items()),
        organization=sitting.body_id,
    )


def _state(sitting: Sitting) -> str:
    """Return how far a sitting has come; a cancelled one, how far it had."""
    state = Sitting.State(sitting.state)
    if state == Sitting.State.CANCELLED:
        public = sitting.has_public_agenda
        state = Sitting.State.INVITED if public else Sitting.State.PLANNED
    return STATES[state]


def _place(sitting: Sitting) -> Thing:
    content = {
        "description": sitting.place,
        "meetings": [address_of(Kind.MEETING, sitting.pk)],
    }
    unit = of_sitting(sitting.pk)
    return Thing(Kind.LOCATION, unit, unit, without_empty(content.items()))


def _papers(sitting: Sitting) -> Iterator[Thing]:
    """Yield the sitting's files that everyone may fetch."""
    if sitting.has_public_agenda:
        day = localdate(sitting.invited_at) if sitting.invited_at else None
        common = {"date": day and day.isoformat(), **_pdf_of(sitting, "einladung")}
        name = gettext("Invitation")
        yield from _paper(sitting, "invitation", {"name": name, **common})
    if sitting.state == Sitting.State.HELD:
        common = _pdf_of(sitting, "niederschrift")
        yield from _paper(sitting, "minutes", {"name": gettext("Minutes"), **common})


def _pdf_of(sitting: Sitting, word: str) -> Content:
    day = localdate(sitting.start)
    return {"fileName": f"{word}-{sitting.body.slug}-{day}.pdf", "mimeType": PDF}


def _paper(sitting: Sitting, paper: str, described: Content) -> Iterator[Thing]:
    stored = getattr(sitting, paper).name
    address = reverse(f"sitting-{paper}", args=[sitting.pk])
    back = {"meeting": [address_of(Kind.MEETING, sitting.pk)]}
    unit = of_sitting(sitting.pk)
    yield from file_of(f"{paper}-{sitting.pk}", unit, stored, address, described | back)


def _item(sitting: Sitting, item: PublicItem) -> Thing:
    consultation = None if item.is_masked else item.consultation_id
    content = {
        "meeting": address_of(Kind.MEETING, sitting.pk),
        "number": item.number,
        "order": item.order,
        "name": item.heading,
        "public": True,
        "consultation": consultation and address_of(Kind.CONSULTATION, consultation),
        "web": sitting.get_absolute_url(),
    }
    if item.result:
        votes = item.result.votes
        content |= {
            "result": item.result.label,
            "resolutionText": item.result.resolution,
            f"{OURS}:reason": item.result.reason,
            f"{OURS}:votes": votes
            and {
                "for": votes.in_favour,
                "against": votes.against,
                "abstained": votes.abstained,
            },
        }
    unit = of_sitting(sitting.pk)
    return Thing(Kind.AGENDA_ITEM, str(item.id), unit, without_empty(content.items()))
