"""What everybody may do on which day, as the phases say; changing the phases."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.db import connection, transaction

from insek.models import Phase
from insek.reading import digest_of, hold_as_read
from pins.participation import ALL_OPEN, OpenActs

ONE_DAY = datetime.timedelta(days=1)
# What a phase says; two people who change it at once see what the other has saved.
FIELDS = (
    "title_de",
    "title_en",
    "text_de",
    "text_en",
    "starts_on",
    "ends_on",
    "may_pin",
    "may_comment",
    "may_support",
)


@dataclass(frozen=True)
class Span:
    """Days on which everybody may do the same; `last` is None where they do not end."""

    first: datetime.date
    last: datetime.date | None
    acts: OpenActs


def calendar_of(phases: Iterable[Phase], today: datetime.date) -> list[Span]:
    """Return what everybody may do from today on, span by span without a gap.

    Without any phase everything is open (`pins.participation`); on a day that no phase
    covers nothing is.
    """
    kept = list(phases)
    turns = {today}
    for phase in kept:
        turns.add(phase.starts_on)
        if phase.ends_on is not None:
            turns.add(phase.ends_on + ONE_DAY)
    spans: list[Span] = []
    for day in sorted(turn for turn in turns if turn >= today):
        acts = _acts_on(kept, day)
        if not spans or spans[-1].acts != acts:
            spans.append(Span(day, None, acts))
    ends = [span.first - ONE_DAY for span in spans[1:]]
    return [replace(s, last=end) for s, end in zip(spans, [*ends, None], strict=True)]


def _acts_on(phases: list[Phase], day: datetime.date) -> OpenActs:
    if not phases:
        return ALL_OPEN
    open_now = [phase for phase in phases if phase.is_on(day)]
    return OpenActs(
        pin=any(phase.may_pin for phase in open_now),
        comment=any(phase.may_comment for phase in open_now),
        support=any(phase.may_support for phase in open_now),
    )


def digest_of_phase(phase: Phase) -> str:
    """Return what changes with anything that a phase says."""
    return digest_of(phase, FIELDS)


@transaction.atomic
def keep_phase(*, phase: Phase, read: str) -> Phase:
    """Save a phase, new or changed; the rights of the public follow at once.

    Raises ChangedMeanwhile where it is no longer what was `read`, and Phase.DoesNotExist
    where it was deleted.
    """
    _one_after_another()
    if phase.pk is not None:
        hold_as_read(Phase, phase.pk, FIELDS, read)
    phase.save()
    return phase


@transaction.atomic
def delete_phase(*, phase: Phase) -> None:
    """Delete a phase; its events stay, without one."""
    _one_after_another()
    phase.delete()


def _one_after_another() -> None:
    """Wait until nobody else changes the phases.

    The trigger writes the rights of the public anew: of two at once, the second would not
    see the rows of the first and leave them there.
    """
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE insek_phase IN SHARE ROW EXCLUSIVE MODE")
