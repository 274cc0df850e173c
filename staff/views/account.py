"""One's own account: factors, password, sessions."""

from allauth.account.internal.flows.logout import logout
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from staff.second_factor import has_one
from staff.sessions import end_session, end_sessions, sessions_of


def owner(request: HttpRequest) -> User:
    """Return who has signed in, in a view that asks for it."""
    assert isinstance(request.user, User)  # noqa: S101 – for the type checker
    return request.user


@never_cache
@login_required
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Show one's own account."""
    known = Authenticator.objects.filter(user=owner(request)).order_by("created_at")
    kinds = Authenticator.Type
    codes = [each for each in known if each.type == kinds.RECOVERY_CODES]
    context = {
        "app": next((each for each in known if each.type == kinds.TOTP), None),
        "passkeys": [each for each in known if each.type == kinds.WEBAUTHN],
        "codes_left": len(codes[0].wrap().get_unused_codes()) if codes else 0,
        "has_factor": any(each.type != kinds.RECOVERY_CODES for each in known),
        "has_password": owner(request).has_usable_password(),
        "is_compulsory": settings.SECOND_FACTOR,
    }
    return render(request, "account/overview.html", context)


@login_required
@require_safe
def to_overview(request: HttpRequest) -> HttpResponse:
    """Lead on: passkeys are listed with all else."""
    return redirect("account")


@never_cache
@login_required
@require_safe
def choose_factor(request: HttpRequest) -> HttpResponse:
    """Offer an app or a passkey to who has neither yet."""
    if has_one(owner(request)):
        return redirect("account")
    context = {"is_compulsory": settings.SECOND_FACTOR}
    return render(request, "account/choose_factor.html", context)


@require_safe
def by_invitation(request: HttpRequest) -> HttpResponse:
    """Say that accounts come by invitation."""
    return render(request, "account/signup_closed.html")


@require_safe
def provider_cancelled(request: HttpRequest) -> HttpResponse:
    """Say that the identity provider let nobody in, because that was called off there."""
    return render(request, "socialaccount/login_cancelled.html")


@never_cache
@login_required
@require_safe
def sessions(request: HttpRequest) -> HttpResponse:
    """List where somebody is signed in."""
    context = {
        "sessions": sessions_of(owner(request)),
        "present": request.session.session_key,
    }
    return render(request, "account/sessions.html", context)


@login_required
@require_POST
def end(request: HttpRequest) -> HttpResponse:
    """End one session, `session`, or all but the present one."""
    chosen = request.POST.get("session", "")
    if chosen == "others":
        count = end_sessions(owner(request), but=request.session.session_key)
        said = ngettext(
            "%(count)d session has ended.", "%(count)d sessions have ended.", count
        )
        messages.success(request, said % {"count": count})
    elif not (chosen.isascii() and chosen.isdigit() and len(chosen) < 18):
        messages.error(request, _("Please use one of the buttons of this page."))
    elif end_session(owner(request), int(chosen)):
        if not request.session.exists(request.session.session_key or ""):
            logout(request)
            return redirect("login")
        messages.success(request, _("The session has ended."))
    else:
        messages.info(request, _("This session had ended already."))
    return redirect("usersessions_list")
