"""Signing in by the city's identity provider (OpenID Connect).

Only who was invited gets in: by an address that the provider vouches for and that one of
our accounts has, and from then on by the provider's own number of that person.
"""

import logging
from typing import TYPE_CHECKING, Any

from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from staff.entries import note_refusal

if TYPE_CHECKING:
    from allauth.socialaccount.providers.oauth2.views import OAuth2View

logger = logging.getLogger(__name__)


class ProviderAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """No sign-up by the provider either, and nothing kept of what it tells."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        sociallogin.account.extra_data = {}

    def get_provider(
        self, request: HttpRequest, provider: str, client_id: str | None = None
    ) -> Any:
        """Return the provider of the settings, which is checked whenever it is asked."""
        # Here, not above: only a site with a provider loads its library.
        from staff.issuer import CheckedProvider

        found = super().get_provider(request, provider, client_id=client_id)
        found.oauth2_adapter_class = CheckedProvider
        return found

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
        note_refusal(by="provider")


@never_cache
@require_safe
def leave_for_provider(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """Send somebody to the identity provider to sign in there."""
    from allauth.socialaccount.providers.oauth2.views import OAuth2LoginView

    return _ask_provider(OAuth2LoginView, request, provider_id)


@never_cache
@require_safe
def come_back(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """Sign in who comes back from the identity provider."""
    from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView

    return _ask_provider(OAuth2CallbackView, request, provider_id)


def _ask_provider(
    view: "type[OAuth2View]", request: HttpRequest, provider_id: str
) -> HttpResponseBase:
    """Ask a view that talks to the provider; 404 without one, 502 if it is silent."""
    from allauth.socialaccount.models import SocialApp
    from requests import RequestException

    from staff.issuer import CheckedProvider

    if not settings.OIDC_URL:
        raise Http404
    provider = CheckedProvider(request, provider_id)
    try:
        answer: HttpResponseBase = view.adapter_view(provider)(request)
    except SocialApp.DoesNotExist as error:
        raise Http404 from error
    # What comes back is no answer of an identity provider, or of another one.
    except (RequestException, KeyError, ValueError, AttributeError) as error:
        logger.warning("Identity provider: %s", type(error).__name__, exc_info=error)
        return _silent(request)
    return answer


def _silent(request: HttpRequest) -> HttpResponse:
    return render(request, "account/provider_silent.html", status=502)
