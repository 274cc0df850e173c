"""Signing in by the city's identity provider (OpenID Connect).

Only who was invited gets in: by an address that the provider vouches for and that one of
our accounts has, and from then on by the provider's own number of that person.
"""

import logging
from collections.abc import Callable
from typing import Any

from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

logger = logging.getLogger(__name__)


class ProviderAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """No sign-up by the provider either, and nothing kept of what it tells."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        sociallogin.account.extra_data = {}

    def get_connect_redirect_url(self, request: HttpRequest, socialaccount: Any) -> str:
        return reverse("account")

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: Any = None,
        exception: Exception | None = None,
        extra_context: Any = None,
    ) -> None:
        """Say in the log why the provider let nobody in; the page says that it did."""
        logger.warning("Identity provider: %s %s", error, type(exception).__name__)


@never_cache
@require_safe
def leave_for_provider(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """Send somebody to the identity provider to sign in there."""
    # Here, not above: only a site with a provider loads its library.
    from allauth.socialaccount.providers.openid_connect.views import login

    return _ask_provider(login, request, provider_id)


@never_cache
@require_safe
def come_back(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """Sign in who comes back from the identity provider."""
    from allauth.socialaccount.providers.openid_connect.views import callback

    return _ask_provider(callback, request, provider_id)


def _ask_provider(
    view: Callable[..., HttpResponseBase], request: HttpRequest, provider_id: str
) -> HttpResponseBase:
    """Ask a view that talks to the provider; 404 without one, 502 if it is silent."""
    from requests import RequestException

    if not settings.OIDC_URL:
        raise Http404
    try:
        return view(request, provider_id)
    # What comes back is no answer of an identity provider.
    except (RequestException, KeyError, ValueError, AttributeError) as error:
        logger.warning("Identity provider: %s", type(error).__name__, exc_info=error)
        return _silent(request)


def _silent(request: HttpRequest) -> HttpResponse:
    return render(request, "account/provider_silent.html", status=502)
