"""Inviting somebody, and how an invitation becomes an account or ends."""

import datetime
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib.auth.models import Group, User
from django.db import transaction
from django.utils import timezone

from councils.models import Membership
from districts.models import Body
from pins.own_link import hash_token
from staff.letters import send_invitation
from staff.models import Invitation
from staff.models.invitation import token_of
from trust.audit import record


class NotUsable(Exception):
    """The invitation was used, withdrawn or has expired, or there never was one."""


class AlreadyKnown(Exception):
    """There is an account with this address already."""


@dataclass(frozen=True)
class Seat:
    """A seat that is offered: of a body, as what, and from when to when."""

    body: Body
    role: str
    valid_from: datetime.date
    valid_to: datetime.date | None = None


@dataclass(frozen=True)
class Guest:
    """Who is invited, and to what."""

    email: str
    first_name: str
    last_name: str
    groups: Iterable[Group] = field(default_factory=list)
    seat: Seat | None = None


@transaction.atomic
def invite(*, guest: Guest, key: UUID, actor: User) -> Invitation:
    """Invite somebody by mail; what the address was offered before is withdrawn.

    The same key makes the same invitation, however often the form is sent. Raises
    AlreadyKnown where the address has an account.
    """
    known = Invitation.objects.filter(key=key).first()
    if known is not None:
        return known
    if User.objects.filter(email__iexact=guest.email).exists():
        raise AlreadyKnown
    for earlier in Invitation.objects.open().filter(email__iexact=guest.email):
        withdraw(invitation=earlier, actor=actor)
    seat = guest.seat
    invitation = Invitation.objects.create(
        key=key,
        token_hash=hash_token(token_of(key)),
        # As allauth looks for it.
        email=guest.email.lower(),
        first_name=guest.first_name,
        last_name=guest.last_name,
        body=seat.body if seat else None,
        seat=seat.role if seat else "",
        seat_from=seat.valid_from if seat else None,
        seat_to=seat.valid_to if seat else None,
        invited_by=actor,
        expires_at=timezone.now() + settings.INVITATION_LIFETIME,
    )
    invitation.groups.set(guest.groups)
    record("invite", actor=actor, target=invitation, after=_offered(invitation))
    send_invitation(invitation)
    return invitation


@transaction.atomic
def send_again(*, invitation: Invitation, actor: User) -> None:
    """Send an open invitation with a new link and all its days; the old link ends.

    Raises NotUsable where it was taken up or withdrawn meanwhile.
    """
    invitation = _locked(invitation)
    invitation.key = uuid4()
    invitation.token_hash = hash_token(invitation.token)
    invitation.expires_at = timezone.now() + settings.INVITATION_LIFETIME
    invitation.save(update_fields=["key", "token_hash", "expires_at"])
    record("send invitation again", actor=actor, target=invitation)
    send_invitation(invitation)


@transaction.atomic
def withdraw(*, invitation: Invitation, actor: User) -> None:
    """Withdraw an open invitation; raises NotUsable where it was taken up meanwhile."""
    invitation = _locked(invitation)
    invitation.withdrawn_at = timezone.now()
    invitation.save(update_fields=["withdrawn_at"])
    record("withdraw invitation", actor=actor, target=invitation)


def _locked(invitation: Invitation) -> Invitation:
    still_open = Invitation.objects.open().select_for_update()
    found = still_open.filter(pk=invitation.pk).first()
    if found is None:
        raise NotUsable
    return found


@transaction.atomic
def take_up(*, token: str, password: str) -> User:
    """Make the account that an invitation offers; raises NotUsable, AlreadyKnown.

    The row is locked: of two who send the same link, one gets the account.
    """
    usable = Invitation.objects.usable().by_token(token).select_for_update()
    invitation = usable.first()
    if invitation is None:
        raise NotUsable
    if User.objects.filter(email__iexact=invitation.email).exists():
        raise AlreadyKnown
    user = User.objects.create_user(
        _free_username(invitation),
        invitation.email,
        password,
        first_name=invitation.first_name,
        last_name=invitation.last_name,
    )
    user.groups.set(invitation.groups.all())
    if invitation.body is not None and invitation.seat_from is not None:
        Membership.objects.create(
            user=user,
            body=invitation.body,
            role=invitation.seat,
            valid_from=invitation.seat_from,
            valid_to=invitation.seat_to,
        )
    invitation.accepted_at = timezone.now()
    invitation.save(update_fields=["accepted_at"])
    record("take up invitation", actor=user, target=invitation, after={"user": user.pk})
    return user


def _offered(invitation: Invitation) -> dict[str, object]:
    return {
        "groups": sorted(invitation.groups.values_list("name", flat=True)),
        "body": invitation.body_id,
        "seat": invitation.seat,
    }


def _free_username(invitation: Invitation) -> str:
    """Return a name from somebody's own, "anna.muster", that nobody has."""
    plain = f"{invitation.first_name}.{invitation.last_name}".lower().replace("ß", "ss")
    letters = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode()
    name = re.sub(r"[^a-z0-9]+", ".", letters).strip(".")[:100] or "account"
    taken = set(
        User.objects.filter(username__istartswith=name).values_list(
            "username", flat=True
        )
    )
    taken = {other.lower() for other in taken}
    number = 1
    found = name
    while found in taken:
        number += 1
        found = f"{name}.{number}"
    return found


def erase_invitations(*, dry_run: bool) -> int:
    """Erase invitations that lead nowhere any more; return how many.

    What came of them stays: the account, and the entry in the audit log.
    """
    due = Invitation.objects.due_for_erasure()
    count = due.count()
    if not dry_run:
        due.delete()
    return count
