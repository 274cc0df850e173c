"""Who may manage accounts."""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import never_cache

from staff import rights
from staff.accounts import all_accounts
from staff.models import Invitation

MANAGE_ACCOUNTS = rights.MANAGE_ACCOUNTS.permission
View = Callable[..., HttpResponseBase]


def get_manager(user: User | AnonymousUser) -> User:
    """Return the user as one who manages accounts; raises PermissionDenied for others."""
    if isinstance(user, AnonymousUser) or not user.has_perm(MANAGE_ACCOUNTS):
        raise PermissionDenied
    return user


def get_account(user: User | AnonymousUser, account_id: int) -> User:
    """Return an account to its manager; raises PermissionDenied and Http404."""
    get_manager(user)
    return get_object_or_404(all_accounts(), pk=account_id)


def get_invitation(user: User | AnonymousUser, invitation_id: int) -> Invitation:
    """Return an invitation to who manages them; raises PermissionDenied and Http404."""
    get_manager(user)
    known = Invitation.objects.select_related("body", "invited_by")
    return get_object_or_404(known, pk=invitation_id)


def for_managers(view: View) -> View:
    """Ask for who manages accounts: sign in first, 403 for others."""

    @never_cache
    @login_required
    @wraps(view)
    def checked(
        request: HttpRequest, *args: object, **kwargs: object
    ) -> HttpResponseBase:
        get_manager(request.user)
        return view(request, *args, **kwargs)

    return checked
