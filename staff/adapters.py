"""What of allauth is otherwise here: no sign-up, our words, our mails, no addresses."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pins.sharing import qr_svg
from staff.entries import note_entry
from staff.letters import Letter, tell
from staff.second_factor import (
    came_by_provider,
    is_last,
    seal,
    signed_in_just_now,
    unseal,
)
from staff.sessions import note_browser

MISMATCH = _(
    "Name or password is wrong. Please check both, and whether capitals are on."
)
# Says that no address is kept.
NO_ADDRESS = "::"
# What allauth tells of by mail, by the names of its templates.
LETTERS = {
    "account/email/password_changed": Letter.PASSWORD_CHANGED,
    "account/email/password_reset": Letter.PASSWORD_CHANGED,
    "mfa/email/totp_activated": Letter.APP_ADDED,
    "mfa/email/totp_deactivated": Letter.APP_REMOVED,
    "mfa/email/webauthn_added": Letter.PASSKEY_ADDED,
    "mfa/email/webauthn_removed": Letter.PASSKEY_REMOVED,
    "mfa/email/recovery_codes_generated": Letter.CODES_MADE,
    "socialaccount/email/account_connected": Letter.PROVIDER_CONNECTED,
}


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Our words and mails; what is kept of a session is no address."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": MISMATCH,
        "email_password_mismatch": MISMATCH,
        "invalid_password_reset": _("This link is no longer valid."),
    }

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Return whose name and password these are.

        An account that has ended is answered as one that never was.
        """
        user = authenticate(request, **credentials)
        AuthenticationBackend.unstash_authenticated_user()
        return user if isinstance(user, User) else None

    def is_reauthentication_required(self, *, app: str) -> bool:
        """Ask once more only who did not sign in just now."""
        return not signed_in_just_now(context.request.session)

    def get_login_stages(self) -> list[str]:
        """Ask for no second factor who has just shown one to the identity provider."""
        stages: list[str] = super().get_login_stages()
        if settings.OIDC_SECOND_FACTOR and came_by_provider(context.request.session):
            stages.remove("allauth.mfa.stages.AuthenticateStage")
        return stages

    def post_login(
        self, request: HttpRequest, user: User, **kwargs: Any
    ) -> HttpResponseBase:
        response: HttpResponseBase = super().post_login(request, user, **kwargs)
        note_browser(request)
        note_entry(request, user)
        return response

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return no address: the list of sessions keeps what this returns."""
        return NO_ADDRESS

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account")

    def send_notification_mail(
        self, template_prefix: str, user: User, *args: Any, **kwargs: Any
    ) -> None:
        tell(user, LETTERS[template_prefix])


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    """Sealed secrets, our own QR code, and no way back behind the second factor."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "cannot_delete_authenticator": _(
            "This is your only second factor. Please add another one first."
        ),
    }

    def encrypt(self, text: str) -> str:
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        return not (settings.SECOND_FACTOR and is_last(authenticator))

    def build_totp_svg(self, url: str) -> str:
        return qr_svg(url).decode()

    def _get_site_name(self) -> str:
        return str(settings.SITE_NAME)

    def _get_user_identifier(self, user: User) -> str:
        return user.get_username()

    def generate_authenticator_name(self, user: User, type: str) -> str:  # noqa: A002 -- allauth calls it so
        known = Authenticator.objects.filter(user=user, type=type).count()
        return gettext("Passkey %(number)d") % {"number": known + 1}
