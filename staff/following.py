"""What follows from what allauth does: sessions that end, entries in the audit log."""

from typing import Any

from allauth.account import signals
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import (
    authenticator_added,
    authenticator_removed,
    authenticator_reset,
)
from django.contrib.auth.models import User
from django.http import HttpRequest

from staff.second_factor import note_new_one, spend_first_code
from staff.sessions import end_sessions
from trust.audit import record


def follow() -> None:
    """Let what stands below be told."""
    uid = __name__
    for changed in (signals.password_changed, signals.password_reset):
        changed.connect(password_changed, dispatch_uid=uid)
    authenticator_added.connect(factor_added, dispatch_uid=uid)
    authenticator_removed.connect(factor_removed, dispatch_uid=uid)
    authenticator_reset.connect(codes_made, dispatch_uid=uid)


def password_changed(request: HttpRequest, user: User, **kwargs: Any) -> None:
    """End the sessions that the former password began (ASVS 5.0, 7.4.3)."""
    end_sessions(user, but=request.session.session_key)
    record("change password", actor=user, target=user)


def factor_added(
    request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any
) -> None:
    """Let this session go on; others may be somebody else's, and end."""
    if authenticator.type != Authenticator.Type.RECOVERY_CODES:
        note_new_one(request, authenticator)
        spend_first_code(request, authenticator)
        end_sessions(user, but=request.session.session_key)
    _note("add second factor", user, authenticator)


def factor_removed(
    request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any
) -> None:
    """Keep in the audit log that a factor was taken away."""
    _note("remove second factor", user, authenticator)


def codes_made(
    request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any
) -> None:
    """Keep in the audit log that recovery codes were made anew."""
    _note("make recovery codes", user, authenticator)


def _note(action: str, user: User, authenticator: Authenticator) -> None:
    record(action, actor=user, target=user, after={"kind": authenticator.type})
