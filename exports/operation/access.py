"""Who runs what leads out of the site."""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import never_cache

from exports import rights
from exports.models import ApiClient, Webhook

OPERATE = rights.OPERATE.permission
View = Callable[..., HttpResponseBase]


def get_operator(user: User | AnonymousUser) -> User:
    """Return the user as the operator; raises PermissionDenied for others."""
    if isinstance(user, AnonymousUser) or not user.has_perm(OPERATE):
        raise PermissionDenied
    return user


def get_webhook(user: User | AnonymousUser, webhook_id: int) -> Webhook:
    """Return a webhook to the operator; raises PermissionDenied and Http404."""
    get_operator(user)
    known = Webhook.objects.select_related("created_by")
    return get_object_or_404(known, pk=webhook_id)


def get_client(user: User | AnonymousUser, client_id: int) -> ApiClient:
    """Return a client to the operator; raises PermissionDenied and Http404."""
    get_operator(user)
    known = ApiClient.objects.select_related("created_by")
    return get_object_or_404(known, pk=client_id)


def for_operators(view: View) -> View:
    """Ask for the operator: sign in first, 403 for who is not."""

    @never_cache
    @login_required
    @wraps(view)
    def checked(
        request: HttpRequest, *args: object, **kwargs: object
    ) -> HttpResponseBase:
        get_operator(request.user)
        return view(request, *args, **kwargs)

    return checked
