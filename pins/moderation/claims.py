"""Who reads what: two moderators never decide on the same thing unawares.

A claim lasts `CLAIM_PERIOD` and is renewed while the page is open. It stands in the row of
the queue, so it is gone with the decision.
"""

import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pins.models import Comment, Pin, QueueEntry
from pins.models.queue import QueueEntryQuerySet


class ReadByAnother(Exception):
    """Somebody else reads it at the moment."""

    def __init__(self, entry: QueueEntry) -> None:
        message = _(
            "{name} is reading this at the moment. Nothing has been decided. Take it over "
            "if you want to decide."
        )
        super().__init__(message.format(name=reader_of(entry)))


def reader_of(entry: QueueEntry) -> str:
    """Return the name of whoever reads an entry; empty where nobody does."""
    user = entry.claimed_by
    return "" if user is None else user.get_full_name() or user.get_username()


@transaction.atomic
def claim(*, subject: Pin | Comment, actor: User) -> QueueEntry | None:
    """Read something: it is the actor's from now on, unless somebody else reads it.

    Returns the entry as it is then, None where nothing waits for a decision.
    """
    entry = _hold(subject)
    now = timezone.now()
    if entry is not None and not entry.is_read_by_other(actor.pk, now):
        _give(entry, actor, now)
    return entry


def demand(*, subject: Pin | Comment, actor: User) -> None:
    """Renew the actor's claim before a decision.

    Raises ReadByAnother where somebody else reads it. What waits no more is for the
    decision itself to tell.
    """
    entry = claim(subject=subject, actor=actor)
    if entry is not None and entry.is_read_by_other(actor.pk):
        raise ReadByAnother(entry)


@transaction.atomic
def take_over(*, subject: Pin | Comment, actor: User) -> None:
    """Read what somebody else is reading; they are told when they decide."""
    entry = _hold(subject)
    if entry is not None:
        _give(entry, actor, timezone.now())


def release(*, subject: Pin | Comment, actor: User, stamp: str) -> bool:
    """Let others read it, by the stamp of the claim that a page has shown.

    A page that is left late, after the claim was renewed in another one, takes nothing
    away. Returns whether the claim was given back.
    """
    try:
        renewed_at = datetime.datetime.fromisoformat(stamp)
    except ValueError:
        return False
    if timezone.is_naive(renewed_at):
        return False
    mine = QueueEntry.objects.of(subject).filter(claimed_by=actor)
    given_back = mine.filter(renewed_at=renewed_at).update(
        claimed_by=None, claimed_at=None, renewed_at=None
    )
    return bool(given_back)


def stamp_of(entry: QueueEntry) -> str:
    """Return what tells this claim from the ones before and after it."""
    return "" if entry.renewed_at is None else entry.renewed_at.isoformat()


@transaction.atomic
def claim_next(*, entries: QueueEntryQuerySet, actor: User) -> QueueEntry | None:
    """Claim the first of the entries that nobody else reads; None where there is none.

    Two moderators who ask at the same moment get different ones: rows that are being
    claimed are passed over.
    """
    now = timezone.now()
    free = entries.free_for(actor.pk, now).order_by("waiting_since", "id")
    entry = free.select_for_update(skip_locked=True, of=("self",)).first()
    if entry is not None:
        _give(entry, actor, now)
    return entry


def _hold(subject: Pin | Comment) -> QueueEntry | None:
    entries = QueueEntry.objects.of(subject).select_related("claimed_by")
    return entries.select_for_update(of=("self",)).first()


def _give(entry: QueueEntry, actor: User, now: datetime.datetime) -> None:
    goes_on = entry.claimed_by_id == actor.pk and entry.renewed_at is not None
    if not goes_on:
        entry.claimed_by, entry.claimed_at = actor, now
    entry.renewed_at = now
    entry.save(update_fields=["claimed_by", "claimed_at", "renewed_at"])
