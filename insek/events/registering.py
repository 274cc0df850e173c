"""Registering for events: asked for, confirmed by mail, cancelled; who waits moves up.

Whoever changes the registrations of an event holds the event meanwhile: places are given
one after the other, however many ask at the same moment.
"""

import datetime
from dataclasses import dataclass
from uuid import uuid4

from django.db import transaction
from django.db.models import Q, Sum
from django.utils import timezone

from insek.events.letters import Letter, invite_by_mail, tell
from insek.models import Event, InterestGroup, Invitation, Registration
from pins.models.contact import CONSENT_VERSION
from pins.own_link import hash_token, make_token
from trust.clock import lately, was_lately

# One mail to an unconfirmed address in this time, then in twice that, and so many in a
# day for all events: nobody can fill a stranger's mailbox from here.
ASK_AGAIN = datetime.timedelta(hours=1)
ASKED_A_DAY = 8
DAY = datetime.timedelta(days=1)
State = Registration.State


class RegistrationClosed(Exception):
    """Nobody can register for this event now, or not in this way."""


class NoSuchRegistration(Exception):
    """The link leads to no registration, or to none any more."""


@dataclass(frozen=True)
class Places:
    """How many persons come and wait; `left` is None where there is no limit."""

    capacity: int | None
    taken: int
    waiting: int

    @property
    def left(self) -> int | None:
        return None if self.capacity is None else max(0, self.capacity - self.taken)

    @property
    def are_gone(self) -> bool:
        return self.left == 0


@dataclass(frozen=True)
class Guest:
    """Who wants to come, with how many others, and the language of the mails."""

    email: str
    language: str
    name: str = ""
    persons: int = 1


def places_of(event: Event) -> Places:
    """Count the places of an event. One query."""
    found = event.registrations.aggregate(
        taken=Sum("persons", filter=Q(state=State.CONFIRMED)),
        waiting=Sum("persons", filter=Q(state=State.WAITING)),
    )
    return Places(event.capacity, found["taken"] or 0, found["waiting"] or 0)


@transaction.atomic
def register(*, event: Event, guest: Guest) -> None:
    """Send the mail whose link confirms that somebody wants to come.

    The same happens, as far as anybody outside can tell, whether the address has
    registered before or not: the mail tells it. Raises RegistrationClosed.
    """
    held = _hold(event.pk)
    if held.is_by_invitation or not held.takes_registrations_at(timezone.now()):
        raise RegistrationClosed
    found = _of_address(held, guest.email)
    if found is None:
        found = _new(held, guest)
    elif found.state in {State.CONFIRMED, State.WAITING}:
        if _may_ask_again(found):
            _note_asking(found)
            tell(found, Letter.KNOWN)
        return
    elif not _may_ask_again(found):
        # No further mail, but what was typed last counts.
        _correct(found, guest)
        return
    else:
        _renew(found, guest)
    if _asked_today(guest.email) <= ASKED_A_DAY:
        tell(found, Letter.CONFIRM)


def _of_address(event: Event, email: str) -> Registration | None:
    """Return the registration of an address, held: none that is erased meanwhile."""
    of_address = event.registrations.filter(email__iexact=email)
    return of_address.select_for_update().first()


def _new(
    event: Event, guest: Guest, invitation: Invitation | None = None
) -> Registration:
    key = uuid4()
    return Registration.objects.create(
        event=event,
        invitation=invitation,
        email=guest.email,
        name=guest.name,
        persons=guest.persons,
        language=guest.language,
        key=key,
        token_hash=hash_token(make_token(key)),
    )


def _may_ask_again(found: Registration) -> bool:
    pause = ASK_AGAIN * 2 ** min(found.asked_times - 1, 6)
    return found.state == State.CANCELLED or not was_lately(found.asked_at, pause)


def _note_asking(found: Registration) -> None:
    found.asked_at = timezone.now()
    found.asked_times = min(found.asked_times + 1, 100)
    found.save(update_fields=["asked_at", "asked_times"])


def _correct(found: Registration, guest: Guest) -> None:
    found.name, found.persons = guest.name, guest.persons
    found.language, found.consent_version = guest.language, CONSENT_VERSION
    found.save(update_fields=["name", "persons", "language", "consent_version"])


def _renew(found: Registration, guest: Guest) -> None:
    """Take what was typed now; a cancelled one begins again, with its link."""
    _correct(found, guest)
    found.state, found.confirmed_at, found.cancelled_at = State.PENDING, None, None
    found.save(update_fields=["state", "confirmed_at", "cancelled_at"])
    _note_asking(found)


def _asked_today(email: str) -> int:
    """Count the mails to confirm that went to an address, for all events."""
    asked = Registration.objects.filter(
        email__iexact=email,
        state=State.PENDING,
        asked_at__range=lately(DAY),
    )
    return asked.aggregate(n=Sum("asked_times"))["n"] or 0


@transaction.atomic
def accept_invitation(*, invitation: Invitation, guest: Guest) -> Registration:
    """Register somebody who came by a personal link, which has reached their mailbox.

    Raises RegistrationClosed, also where the invitation was taken back or used.
    """
    held = _hold(invitation.event_id)
    valid = held.invitations.filter(pk=invitation.pk, revoked_at=None)
    current = valid.select_for_update().first()
    if current is None or not held.takes_registrations_at(timezone.now()):
        raise RegistrationClosed
    found = _of_address(held, current.email)
    if found is None:
        found = _new(held, guest, current)
    elif found.state == State.CANCELLED:
        _renew(found, guest)
    else:
        return found
    return _settle(held, found)


@transaction.atomic
def confirm(*, registration: Registration) -> Registration:
    """Give a place to somebody who used the link in the mail, or let them wait.

    Twice is once. Raises RegistrationClosed where the event has begun or is cancelled,
    and NoSuchRegistration.
    """
    held, found = _hold_both(registration)
    if found.state != State.PENDING:
        return found
    if held.state != Event.State.PUBLIC or held.starts_at <= timezone.now():
        raise RegistrationClosed
    return _settle(held, found)


def _settle(event: Event, found: Registration) -> Registration:
    found.state = State.CONFIRMED if _fits(event, found) else State.WAITING
    found.confirmed_at = timezone.now()
    found.save(update_fields=["state", "confirmed_at"])
    tell(found, Letter.CONFIRMED if found.is_coming else Letter.WAITING)
    return found


def _fits(event: Event, found: Registration) -> bool:
    left = places_of(event).left
    return left is None or found.persons <= left


@transaction.atomic
def cancel(*, registration: Registration, by_office: bool = False) -> Registration:
    """Give a place back; the longest waiting who fit move up. Twice is once.

    The office's cancelling is told by mail. Raises NoSuchRegistration.
    """
    held, found = _hold_both(registration)
    if found.state == State.CANCELLED:
        return found
    found.state, found.cancelled_at = State.CANCELLED, timezone.now()
    found.save(update_fields=["state", "cancelled_at"])
    if by_office:
        tell(found, Letter.CANCELLED_BY_OFFICE)
    move_up(held)
    return found


def move_up(event: Event) -> None:
    """Give free places to those who wait, the longest waiting first.

    Who comes with more than there is room for lets others pass: no place stays empty. In
    a transaction that holds the event.
    """
    if event.state != Event.State.PUBLIC or event.starts_at <= timezone.now():
        return
    left = places_of(event).left
    for waiting in event.registrations.in_line():
        if left == 0:
            return
        if left is None or waiting.persons <= left:
            waiting.state = State.CONFIRMED
            waiting.save(update_fields=["state"])
            tell(waiting, Letter.MOVED_UP)
            left = None if left is None else left - waiting.persons


@transaction.atomic
def invite(
    *,
    event: Event,
    email: str,
    language: str,
    group: InterestGroup | None,
    actor_id: int,
) -> Invitation:
    """Send a personal invitation; to an address that has one, the same once more.

    One that was taken back is valid again. Raises RegistrationClosed where nobody can
    register for the event.
    """
    held = _hold(event.pk)
    if not held.takes_registrations_at(timezone.now()):
        raise RegistrationClosed
    found = held.invitations.filter(email__iexact=email).first()
    if found is None:
        key = uuid4()
        found = Invitation(
            event=held,
            email=email,
            key=key,
            token_hash=hash_token(make_token(key)),
        )
    found.group, found.language, found.revoked_at = group, language, None
    found.invited_by_id, found.invited_at = actor_id, timezone.now()
    found.save()
    invite_by_mail(found)
    return found


@transaction.atomic
def revoke(*, invitation: Invitation) -> None:
    """Make a personal link invalid; who has registered by it stays registered."""
    Invitation.objects.filter(pk=invitation.pk, revoked_at=None).update(
        revoked_at=timezone.now()
    )


@transaction.atomic
def erase_registrations(*, dry_run: bool) -> int:
    """Erase who registered for what is long over, was never confirmed or was cancelled.

    With them go the invitations of those events. Return how many rows there were. What
    somebody changes at this moment stays: next time it is looked at as it is then.
    """
    now = timezone.now()
    due = Registration.objects.due_for_erasure(now)
    invited = Invitation.objects.due_for_erasure(now)
    if dry_run:
        return due.count() + invited.count()
    # Held, a row is what it was found to be, until it is gone.
    held = due.order_by("pk").select_for_update(of=("self",), skip_locked=True)
    count = Registration.objects.filter(pk__in=[row.pk for row in held]).delete()[0]
    return count + invited.delete()[0]


def _hold(event_id: int) -> Event:
    return Event.objects.select_for_update().get(pk=event_id)


def _hold_both(registration: Registration) -> tuple[Event, Registration]:
    """Return the event and then its registration, as they are now."""
    held = _hold(registration.event_id)
    wanted = Registration.objects.filter(pk=registration.pk)
    found = wanted.select_for_update().first()
    if found is None:
        raise NoSuchRegistration
    return held, found
