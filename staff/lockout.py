"""Who guesses passwords or codes is kept out for a while.

django-axes counts, in the database. What it keeps is a hash of the typed name and one of
the address, each with a salt of the day: neither who mistyped, nor from where, can be read
from its table. An unknown name is counted as a known one is.
"""

import datetime
from collections.abc import Mapping
from ipaddress import IPv6Address
from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from axes.models import AccessAttempt, AccessBase
from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_login_failed
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.crypto import salted_hmac

from trust.addresses import client_of

SALT = "staff.lockout"
# Marks the counts of codes: whoever tries them knows the password already, so they are
# counted whatever address they come from. No form has a field of this name.
CODES_OF = "second_factor_of"
CODES = "code:"
# The salt changes every day: after that a count is of nobody.
ATTEMPT_LIFETIME = datetime.timedelta(days=1)


def hashed_name(request: HttpRequest, credentials: Mapping[str, Any] | None) -> str:
    """Return under what tries at an account are counted, by whichever of its names."""
    given = credentials or {}
    if CODES_OF in given:
        return _name_of_codes(given[CODES_OF])
    typed = str(given.get("username") or given.get("email") or "").strip().lower()
    names = User.objects.filter(Q(username__iexact=typed) | Q(email__iexact=typed))
    # A NUL is in no name, and the database refuses to look for it.
    known = None if "\0" in typed else names.values_list("username", flat=True).first()
    return _hash((known or typed).lower())


def hashed_address(request: HttpRequest) -> str:
    """Return the hash of an address in the form of one, which the table demands."""
    # Unique local addresses begin with fd: no machine of the internet has one.
    return str(IPv6Address(b"\xfd" + bytes.fromhex(_hash(client_of(request)))[:15]))


def _hash(value: str) -> str:
    day = timezone.now().astimezone(datetime.UTC).date()
    secret = f"{SALT}.{day}"
    return salted_hmac(secret, value, algorithm="sha256").hexdigest()[:40]


def counted_by(
    source: HttpRequest | AccessBase, credentials: Mapping[str, Any] | None = None
) -> list[str | list[str]]:
    """Return what tries have in common that are counted together."""
    if isinstance(source, AccessBase):
        name = source.username or ""
    else:
        name = hashed_name(source, credentials)
    return ["username"] if name.startswith(CODES) else [["username", "ip_address"]]


def may_try_code(request: HttpRequest, user: User) -> bool:
    """Tell whether somebody may try a code for an account."""
    allowed: bool = AxesProxyHandler.is_allowed(request, _codes_of(user))
    if not allowed:
        request.axes_locked_out = True  # type: ignore[attr-defined]  # as django-axes marks it
    return allowed


def forgive_tries_after(moment: datetime.datetime) -> int:
    """Forget what was counted after a moment that is still to come; return how much."""
    count: int = AccessAttempt.objects.filter(attempt_time__gt=moment).delete()[0]
    return count


def count_wrong_code(request: HttpRequest, user: User) -> None:
    """Count a code that was wrong, or used before."""
    user_login_failed.send(
        sender=__name__, credentials=_codes_of(user), request=request
    )


def forget_wrong_codes(user: User) -> None:
    """Forget the wrong codes of an account, since a right one came."""
    AccessAttempt.objects.filter(username=_name_of_codes(user.pk)).delete()


def _codes_of(user: User) -> dict[str, int]:
    return {CODES_OF: user.pk}


def _name_of_codes(user_id: int) -> str:
    return CODES + _hash(f"{CODES}{user_id}")


def answer(
    request: HttpRequest,
    response: HttpResponse | None = None,
    credentials: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """Answer 429 to who is kept out, and say for how long; the same for unknown names."""
    wait: datetime.timedelta = settings.AXES_COOLOFF_TIME
    context = {"minutes": int(wait.total_seconds() // 60)}
    page = render(request, "account/locked.html", context, status=429)
    page["Retry-After"] = str(int(wait.total_seconds()))
    add_never_cache_headers(page)
    return page


def erase_attempts(*, dry_run: bool) -> int:
    """Erase the counts of yesterday, which long keep nobody out; return how many."""
    before = timezone.now() - ATTEMPT_LIFETIME
    over = AccessAttempt.objects.filter(attempt_time__lt=before)
    count: int = over.count()
    if not dry_run:
        over.delete()
    return count
