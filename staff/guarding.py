"""Nobody works with a password alone."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import SESSION_KEY, logout
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve

from staff.second_factor import has_one, has_shown_one

GetResponse = Callable[[HttpRequest], HttpResponse]
# Where somebody may go who has signed in and has no second factor yet.
SETTING_UP = {
    "second-factor",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "account_reauthenticate",
}
ALWAYS = {
    "logout",
    "account_logout",
    "healthz",
    "readyz",
    "metrics",
    "theme-css",
    "manifest",
}


def demand_second_factor(get_response: GetResponse) -> GetResponse:
    """Let who signed in with a password alone set up a second factor, and nothing else.

    Asks the session, not the database: a request of somebody who has shown one, or who is
    not signed in, costs nothing more.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if not settings.SECOND_FACTOR or not _lacks_it(request):
            return get_response(request)
        name = _name_of(request)
        if name in ALWAYS:
            return get_response(request)
        # Set up meanwhile in another session: this one has to show it.
        if isinstance(request.user, User) and has_one(request.user):
            logout(request)
            return redirect("login")
        if name in SETTING_UP:
            return get_response(request)
        if request.method in {"GET", "HEAD"}:
            return redirect("second-factor")
        return render(request, "account/factor_missing.html", status=403)

    return middleware


def _lacks_it(request: HttpRequest) -> bool:
    return (
        settings.SESSION_COOKIE_NAME in request.COOKIES
        and SESSION_KEY in request.session
        and not has_shown_one(request.session)
        # A session that its password's change has ended is nobody's.
        and request.user.is_authenticated
    )


def _name_of(request: HttpRequest) -> str:
    try:
        return resolve(request.path_info).url_name or ""
    except Resolver404:
        return ""
