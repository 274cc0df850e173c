"""The second factor: whether a session has shown one, and codes that work once."""

import base64
import time
from typing import TYPE_CHECKING, Any

from allauth.account.internal.flows.login import (
    AUTHENTICATION_METHODS_SESSION_KEY,
    record_authentication,
)
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from allauth.mfa.utils import decrypt
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare, salted_hmac

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cryptography.fernet import Fernet

SALT = "staff.second-factor"
# The last interval of 30 seconds whose code was used.
LAST_COUNTER = "last_counter"
# The same of an app that is being set up, in the session.
FIRST_COUNTER = "staff.first_counter"
# Whose steps allauth keeps in a session.
AUTHENTICATION_METHODS_USER_KEY = "account_authentication_methods_user"


def has_shown_one(session: SessionBase) -> bool:
    """Tell whether who uses a session has shown a second factor in it.

    Not whether the account has one: a session that began before it was set up may be
    somebody else's. What an identity provider asked for counts where the settings say so.
    """
    methods = {step["method"] for step in _steps(session)}
    by_provider = settings.OIDC_SECOND_FACTOR and "socialaccount" in methods
    return "mfa" in methods or by_provider


def signed_in_just_now(session: SessionBase) -> bool:
    """Tell whether somebody showed a password or a factor within the last minutes."""
    since = time.time() - settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
    return any(step["at"] > since for step in _steps(session))


def came_by_provider(session: SessionBase) -> bool:
    """Tell whether the last step of signing in was that at the identity provider."""
    steps: list[dict[str, Any]] = session.get(AUTHENTICATION_METHODS_SESSION_KEY, [])
    return bool(steps) and steps[-1]["method"] == "socialaccount"


def ways_in(session: SessionBase) -> list[str]:
    """Return by what somebody signed in, in its order: password, totp, webauthn…"""
    return [step.get("type") or step["method"] for step in _steps(session)]


def _steps(session: SessionBase) -> list[dict[str, Any]]:
    """Return how its owner signed in to a session; none of anybody else's steps."""
    if session.get(AUTHENTICATION_METHODS_USER_KEY) != session.get(SESSION_KEY):
        return []
    steps: list[dict[str, Any]] = session.get(AUTHENTICATION_METHODS_SESSION_KEY, [])
    return steps


def has_one(user: User) -> bool:
    """Tell whether an account has an app or a passkey; recovery codes alone are none."""
    kinds = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    return bool(Authenticator.objects.filter(user=user, type__in=kinds).exists())


def note_new_one(request: HttpRequest, authenticator: Authenticator) -> None:
    """Let a session go on in which a factor was just set up and shown."""
    record_authentication(
        request, request.user, "mfa", id=authenticator.pk, type=authenticator.type
    )


def spend_first_code(request: HttpRequest, authenticator: Authenticator) -> None:
    """Let the code by which an app was set up work no second time."""
    counter = request.session.pop(FIRST_COUNTER, None)
    if counter is not None and authenticator.type == Authenticator.Type.TOTP:
        authenticator.data[LAST_COUNTER] = counter
        authenticator.save(update_fields=["data"])


def is_last(authenticator: Authenticator) -> bool:
    """Tell whether an account would be without a second factor but for this one."""
    kinds = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    others = Authenticator.objects.filter(user=authenticator.user, type__in=kinds)
    return not others.exclude(pk=authenticator.pk).exists()


@transaction.atomic
def use_code(user: User, code: str) -> Authenticator | None:
    """Return what a code belongs to, and let it work no second time; None if it is wrong.

    Takes codes of an app and recovery codes. The rows are locked: of two requests with
    the same code one comes through (RFC 6238, 5.2; ASVS 5.0, 6.5.1).
    """
    code = code.replace(" ", "").replace("-", "")
    kinds = [Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES]
    known = Authenticator.objects.select_for_update().filter(user=user, type__in=kinds)
    for authenticator in known:
        if authenticator.type == Authenticator.Type.TOTP:
            is_right = use_app_code(authenticator, code)
        else:
            is_right = authenticator.wrap().validate_code(code)
        if is_right:
            return authenticator
    return None


def use_app_code(authenticator: Authenticator, code: str) -> bool:
    """Tell whether a code of an app is right and newer than the last one used."""
    counter = find_counter(decrypt(authenticator.data["secret"]), code)
    if counter is None or counter <= authenticator.data.get(LAST_COUNTER, 0):
        return False
    authenticator.data[LAST_COUNTER] = counter
    authenticator.save(update_fields=["data"])
    return True


def find_counter(secret: str, code: str) -> int | None:
    """Return the interval of 30 seconds that a code belongs to; None if none of now."""
    counters: Iterator[int] = yield_hotp_counters_from_time()
    for counter in counters:
        if constant_time_compare(format_hotp_value(hotp_value(secret, counter)), code):
            return counter
    return None


def seal(text: str) -> str:
    """Return a secret as the database keeps it: a copy of that alone gives no codes."""
    return _safe(settings.SECRET_KEY).encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """Return a secret again, also where the site's key has been changed since."""
    from cryptography.fernet import MultiFernet

    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet(list(map(_safe, keys))).decrypt(sealed).decode()


def _safe(secret: str | bytes) -> "Fernet":
    # Here, not above: a process that only shows maps does not load the library.
    from cryptography.fernet import Fernet

    key = salted_hmac(SALT, "key", secret=secret, algorithm="sha256").digest()
    return Fernet(base64.urlsafe_b64encode(key))
