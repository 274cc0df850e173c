"""Who runs what leads out of the site."""

from collections.abc import Callable

from django.contrib.auth.decorators import login_required, user_passes_test
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.http.response import HttpResponseBase
from django.views.decorators.cache import never_cache

from exports.models import ApiClient, Webhook

OPERATE = "exports.operate_interfaces"
View = Callable[..., HttpResponseBase]


def get_operator(user: User | AnonymousUser) -> User:
    """Return the user as the operator; raises PermissionDenied for others."""
    if isinstance(user, AnonymousUser) or not user.has_perm(OPERATE):
        raise PermissionDenied
    return user


def get_webhook(user: User | AnonymousUser, webhook_id: int) -> Webhook:
    """Return a webhook to the operator; raises PermissionDenied and Http404."""
    get_operator(user)
    found = Webhook.objects.select_related("created_by").filter(pk=webhook_id).first()
    if found is None:
        raise Http404
    return found


def get_client(user: User | AnonymousUser, client_id: int) -> ApiClient:
    """Return a client to the operator; raises PermissionDenied and Http404."""
    get_operator(user)
    found = ApiClient.objects.select_related("created_by").filter(pk=client_id).first()
    if found is None:
        raise Http404
    return found


def _may(user: User | AnonymousUser) -> bool:
    get_operator(user)
    return True


def for_operators(view: View) -> View:
    """Ask for the operator: sign in first, 403 for who is not."""
    return never_cache(login_required(user_passes_test(_may)(view)))
