"""What staff typed is not lost where their session has ended (ADR 38).

A page holds what was sent, field by field, until it is sent once more. The server keeps
nothing of it; what is sent again is checked as if it came for the first time.
"""

import re
from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _

from layers.problems import problem

STAFF_AREAS = re.compile(
    r"(?:/en)?/(?:planning|desk|moderation|operation)/|/(?:cms|admin)/"
)
TOKEN = "csrfmiddlewaretoken"  # noqa: S105 – the name of the field
MULTIPART = "multipart/form-data"


def is_in_staff_area(request: HttpRequest) -> bool:
    return STAFF_AREAS.match(request.path_info) is not None


def leads_to_signing_in(response: HttpResponseBase) -> bool:
    """Tell whether an answer asks to sign in first, be it at the admin's own page."""
    address = response.get("Location", "").partition("?")[0]
    return address in {reverse("login"), reverse("admin:login")}


def comes_from_here(request: HttpRequest) -> bool:
    """Tell whether the browser vouches that the form stood on a page of this site.

    A script of another site can set neither header. Who sends none has not vouched.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    here = f"{request.scheme}://{request.get_host()}"
    return request.headers.get("Origin") == here


def can_hold(request: HttpRequest) -> bool:
    """Tell whether what was sent may stand in a page: passwords never do."""
    return not any("password" in name.lower() for name in request.POST)


def for_who_is_signed_out(request: HttpRequest) -> HttpResponse:
    """Answer 401 to who sent a form and is not signed in any more."""
    if not _shows_pages(request):
        return problem(_("You have been signed out."), status=401)
    return _hold(request, status=401)


def for_a_stale_token(request: HttpRequest) -> HttpResponse:
    """Answer 403 to a form from before its sender signed in again.

    Only for what `comes_from_here`: otherwise another site could have words of its own
    saved by one press on the page.
    """
    if not request.user.is_authenticated:
        return for_who_is_signed_out(request)
    if not _shows_pages(request):
        return problem(_("This page is no longer up to date."), status=403)
    return _hold(request, status=403)


def for_files_without_a_session(request: HttpRequest) -> HttpResponse:
    """Answer 401 where files came that only somebody signed in may send; reads none."""
    if not _shows_pages(request):
        return problem(_("You have been signed out."), status=401)
    return _answer(request, {"is_unread": True}, status=401)


def _hold(request: HttpRequest, *, status: int) -> HttpResponse:
    fields = list(_fields(request))
    context: dict[str, object] = {
        "fields": fields,
        "words": [value for _name, value in fields if _is_prose(value)],
        "files": [
            file.name for _name, found in request.FILES.lists() for file in found
        ],
        "address": request.get_full_path(),
        # Encoded as it came: it is then not longer than it was.
        "encoding": MULTIPART if request.content_type == MULTIPART else "",
    }
    return _answer(request, context, status=status)


def _answer(
    request: HttpRequest, context: dict[str, object], *, status: int
) -> HttpResponse:
    response = render(request, "mapapp/send_again.html", context, status=status)
    add_never_cache_headers(response)
    return response


def _fields(request: HttpRequest) -> Iterator[tuple[str, str]]:
    for name, values in request.POST.lists():
        if name != TOKEN:
            yield from ((name, str(value)) for value in values)


def _is_prose(value: str) -> bool:
    """Tell whether somebody typed this, and not a script: geometries and rich text."""
    return " " in value.strip() and not value.startswith(("{", "["))


def _shows_pages(request: HttpRequest) -> bool:
    mode = request.headers.get("Sec-Fetch-Mode")
    if mode is not None:
        return mode == "navigate"
    kinds = ["text/html", "application/json"]
    return request.get_preferred_type(kinds) == "text/html"
