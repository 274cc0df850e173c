"""What the identity provider says is meant for this site, and said by the right one.

Loaded by a site with a provider alone: it needs allauth's library of OpenID Connect.
"""

from typing import Any

from allauth.socialaccount.models import SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.views import (
    OpenIDConnectOAuth2Adapter,
)
from django.conf import settings
from django.http import HttpRequest


class WrongIssuer(ValueError):
    """The configuration at the address that was set is that of another provider."""


class CheckedProvider(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]  # allauth has no types
    """Believes the provider of the settings and nobody else (ASVS 5.0, 10.5.3 and 10.5.4).

    allauth compares the issuer of an ID token with that of the configuration, and its
    audience with our client's id.
    """

    @property
    def openid_config(self) -> dict[str, Any]:
        """Return the provider's configuration; raises WrongIssuer for another's."""
        config: dict[str, Any] = super().openid_config
        issuer = config.get("issuer")
        if issuer != settings.OIDC_ISSUER:
            message = f"The issuer is {issuer!r}, not {settings.OIDC_ISSUER!r}."
            raise WrongIssuer(message)
        return config

    def complete_login(
        self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any
    ) -> SocialLogin:
        """Return who came.

        Raises OAuth2Error without an ID token, and where it is about somebody else than
        what the provider tells (OpenID Connect Core 1.0, 5.3.2).
        """
        if not kwargs["response"].get("id_token"):
            message = "There is no ID token."
            raise OAuth2Error(message)
        login = super().complete_login(request, app, token, **kwargs)
        told = login.account.extra_data
        if told["userinfo"].get("sub") != told["id_token"].get("sub"):
            message = "The ID token is about somebody else."
            raise OAuth2Error(message)
        return login
