"""Addresses of accounts, below /accounts/. The names of allauth's own pages are its own.

Its pages of passkeys load a library of cryptography: each page is imported when it is
asked for, so that a process which only shows maps does without.
"""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern, path
from django.utils.module_loading import import_string
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from staff.views import account, invitation, password

View = Callable[..., HttpResponseBase]


def on_demand(dotted: str) -> View:
    """Return a view that is imported when it is asked for the first time."""

    @never_cache
    @wraps(on_demand)
    def view(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        found: View = import_string(dotted)
        return found(request, *args, **kwargs)

    return view


SIGN_IN = on_demand("allauth.account.views.login")
SIGN_OUT = require_POST(on_demand("allauth.account.views.logout"))
TOTP = "allauth.mfa.totp.views"
CODES = "allauth.mfa.recovery_codes.views"
PASSKEYS = "allauth.mfa.webauthn.views"
FACTOR = "second-factor/"

account_urls: list[URLPattern] = [
    # Twice: by the name that this site and Django use, and by that of allauth.
    path("login/", SIGN_IN, name="login"),
    path("login/", SIGN_IN, name="account_login"),
    path("logout/", SIGN_OUT, name="logout"),
    path("logout/", SIGN_OUT, name="account_logout"),
    path("signup/", account.by_invitation, name="account_signup"),
    path("ended/", account.by_invitation, name="account_inactive"),
    path("invitation/<slug:token>/", invitation.take_up, name="invitation"),
    path(
        "cancelled/", account.provider_cancelled, name="socialaccount_login_cancelled"
    ),
    path("", account.overview, name="account"),
    path("", account.overview, name="mfa_index"),
    path("sessions/", account.sessions, name="usersessions_list"),
    path("sessions/end", account.end, name="sessions-end"),
    path("password/", password.change, name="account_change_password"),
    path("password/reset/", password.ask, name="account_reset_password"),
    path("password/reset/sent/", password.sent, name="account_reset_password_done"),
    path(
        "password/reset/<slug:uidb36>/<path:key>/",
        password.choose,
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/done/",
        password.chosen,
        name="account_reset_password_from_key_done",
    ),
    path(
        "again/",
        on_demand("allauth.account.views.reauthenticate"),
        name="account_reauthenticate",
    ),
    path(FACTOR, account.choose_factor, name="second-factor"),
    path(
        f"{FACTOR}code/",
        on_demand("allauth.mfa.base.views.authenticate"),
        name="mfa_authenticate",
    ),
    path(
        f"{FACTOR}again/",
        on_demand("allauth.mfa.base.views.reauthenticate"),
        name="mfa_reauthenticate",
    ),
    path(f"{FACTOR}app/", on_demand(f"{TOTP}.activate_totp"), name="mfa_activate_totp"),
    path(
        f"{FACTOR}app/remove/",
        on_demand(f"{TOTP}.deactivate_totp"),
        name="mfa_deactivate_totp",
    ),
    path(
        f"{FACTOR}codes/",
        on_demand(f"{CODES}.view_recovery_codes"),
        name="mfa_view_recovery_codes",
    ),
    path(
        f"{FACTOR}codes/new/",
        on_demand(f"{CODES}.generate_recovery_codes"),
        name="mfa_generate_recovery_codes",
    ),
    path(
        f"{FACTOR}codes/file/",
        on_demand(f"{CODES}.download_recovery_codes"),
        name="mfa_download_recovery_codes",
    ),
    path(f"{FACTOR}passkeys/", account.to_overview, name="mfa_list_webauthn"),
    path(
        f"{FACTOR}passkeys/add/",
        on_demand(f"{PASSKEYS}.add_webauthn"),
        name="mfa_add_webauthn",
    ),
    path(
        f"{FACTOR}passkeys/again/",
        on_demand(f"{PASSKEYS}.reauthenticate_webauthn"),
        name="mfa_reauthenticate_webauthn",
    ),
    path(
        f"{FACTOR}passkeys/<int:pk>/name/",
        on_demand(f"{PASSKEYS}.edit_webauthn"),
        name="mfa_edit_webauthn",
    ),
    path(
        f"{FACTOR}passkeys/<int:pk>/remove/",
        on_demand("staff.views.passkeys.remove"),
        name="mfa_remove_webauthn",
    ),
    path(
        "passkey/",
        on_demand(f"{PASSKEYS}.login_webauthn"),
        name="mfa_login_webauthn",
    ),
]

# One address whatever the language: it is registered with the provider.
provider_urls: list[URLPattern] = [
    path(
        "<slug:provider_id>/",
        on_demand("staff.provider.leave_for_provider"),
        name="openid_connect_login",
    ),
    path(
        "<slug:provider_id>/callback/",
        on_demand("staff.provider.come_back"),
        name="openid_connect_callback",
    ),
]
