"""Accounts as the operator sees them: how they change and end."""

from collections.abc import Iterable

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone

from councils.models import Membership
from staff.invitations import Seat
from staff.letters import Letter, tell
from staff.roles import LABELS_OF_ROLES, Role
from staff.sessions import end_sessions
from trust.audit import record

FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


def all_accounts(words: str = "") -> QuerySet[User]:
    """Return the accounts in the order of their names, with seats and second factor.

    With words, those whose name, address or body has all of them.
    """
    seats = Membership.objects.current().select_related("body")
    factors = Authenticator.objects.filter(user=OuterRef("pk"), type__in=FACTORS)
    accounts = User.objects.annotate(has_factor=Exists(factors)).prefetch_related(
        "groups", Prefetch("memberships", queryset=seats, to_attr="seats")
    )
    for word in words.split():
        of_body = Membership.objects.current().filter(
            user=OuterRef("pk"), body__name__icontains=word
        )
        accounts = accounts.filter(
            Q(username__icontains=word)
            | Q(first_name__icontains=word)
            | Q(last_name__icontains=word)
            | Q(email__icontains=word)
            | Exists(of_body)
        )
    return accounts.order_by("-is_active", "last_name", "first_name", "username")


def role_label(group: Group) -> str:
    """Return what people call a role; the name itself of a group that is none."""
    names = {role.value for role in Role}
    return str(LABELS_OF_ROLES[Role(group.name)]) if group.name in names else group.name


def demand_rank(actor: User, account: User) -> None:
    """Raise PermissionDenied where an operator would touch who stands above them."""
    if account.is_superuser and not actor.is_superuser:
        raise PermissionDenied


@transaction.atomic
def end_account(*, account: User, actor: User) -> None:
    """End an account: its sessions at once, its seats today, and its roles.

    Whoever acted stays named in what they did. Raises PermissionDenied for one's own, so
    that somebody is always left who can let others in.
    """
    demand_rank(actor, account)
    if account == actor:
        raise PermissionDenied
    account = User.objects.select_for_update().get(pk=account.pk)
    before = _rights(account)
    for seat in account.memberships.all():
        _end_seat(seat)
    account.groups.clear()
    account.user_permissions.clear()
    account.is_active = account.is_staff = account.is_superuser = False
    account.save(update_fields=["is_active", "is_staff", "is_superuser"])
    Authenticator.objects.filter(user=account).delete()
    end_sessions(account)
    record("end account", actor=actor, target=account, before=before)


@transaction.atomic
def reopen_account(*, account: User, actor: User) -> None:
    """Let somebody sign in again whose account had ended; without a role or a seat."""
    account.is_active = True
    account.save(update_fields=["is_active"])
    record("reopen account", actor=actor, target=account)


@transaction.atomic
def reset_second_factor(*, account: User, actor: User) -> None:
    """Take away a lost second factor: with the next sign-in a new one is set up."""
    demand_rank(actor, account)
    gone = Authenticator.objects.filter(user=account)
    kinds = sorted(gone.values_list("type", flat=True))
    gone.delete()
    end_sessions(account)
    record("reset second factor", actor=actor, target=account, before={"kinds": kinds})
    tell(account, Letter.FACTORS_RESET)


@transaction.atomic
def end_all_sessions(*, account: User, actor: User) -> None:
    """Sign somebody out everywhere, at once."""
    demand_rank(actor, account)
    after = {"sessions": end_sessions(account)}
    record("end all sessions", actor=actor, target=account, after=after)


@transaction.atomic
def give_roles(*, account: User, groups: Iterable[Group], actor: User) -> None:
    """Let somebody have these roles and no others."""
    demand_rank(actor, account)
    before = {"groups": _names_of_groups(account)}
    account.groups.set(groups)
    after = {"groups": _names_of_groups(account)}
    record("give roles", actor=actor, target=account, before=before, after=after)


@transaction.atomic
def give_seat(*, account: User, seat: Seat, actor: User) -> Membership:
    """Give somebody a seat; raises IntegrityError where they have one on those days."""
    membership = Membership.objects.create(
        user=account,
        body=seat.body,
        role=seat.role,
        valid_from=seat.valid_from,
        valid_to=seat.valid_to,
    )
    after = {"body": seat.body.pk, "role": seat.role}
    record("give seat", actor=actor, target=account, after=after)
    return membership


@transaction.atomic
def end_seat(*, seat: Membership, actor: User) -> None:
    """Let a seat end today; its rights end at once."""
    before = {"body": seat.body_id, "role": seat.role}
    _end_seat(seat)
    record("end seat", actor=actor, target=seat.user, before=before)


def _end_seat(seat: Membership) -> None:
    today = timezone.localdate()
    if seat.valid_from >= today:
        seat.delete()
    elif seat.valid_to is None or seat.valid_to > today:
        seat.valid_to = today
        seat.save(update_fields=["valid_to"])


def _rights(account: User) -> dict[str, object]:
    return {
        "groups": _names_of_groups(account),
        "bodies": sorted(
            account.memberships.current().values_list("body_id", flat=True)
        ),
        "is_staff": account.is_staff,
        "is_superuser": account.is_superuser,
    }


def _names_of_groups(account: User) -> list[str]:
    return sorted(account.groups.values_list("name", flat=True))
