"""What people see when something is wrong: what happened and what they can do."""

import re
import sys

from django.conf import settings
from django.db import InterfaceError, InternalError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _

from councils.views import live as live_views
from exports.open311.writing import write_errors
from insek.views import stand as stand_views
from layers.problems import problem
from mapapp.in_clear import DATA
from mapapp.views.send_again import (
    can_hold,
    comes_from_here,
    for_a_stale_token,
    is_in_staff_area,
)
from operation.replicas.failures import Failure, failure_of
from pins.participation import ALL_OPEN
from pins.views import comments, submit
from trust.media import MediaAway

# Its clients read errors in the format that they asked for.
OPEN311 = re.compile(r"/open311/.*\.(?P<extension>json|xml)")
SECONDS_WITHOUT_FILES = 30
SECONDS_WITHOUT_DATABASE = 30
# The database is away, or has just become one that only reads: another one takes over.
AWAY = (OperationalError, InterfaceError, InternalError)
PASSING = {Failure.BROKEN, Failure.CONFLICT, Failure.WRITES}


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose protection token is missing or stale (403).

    The forms for a new pin, a comment, the result of an agenda item and at a stand come
    back with everything that was typed, and a page holds those of staff; elsewhere a page
    says how to go on. So it does for what another site sends: nobody shall save by a press
    here what was filled in there.
    `reason` is Django's technical text and not shown.
    """
    found = None if _comes_from_elsewhere(request) else request.resolver_match
    message = _(
        "Your form was open for too long. Nothing is lost: please check it and send it "
        "again."
    )
    if found is not None and found.view_name == "pins:new":
        return submit.show_again(request, message, status=403)
    if found is not None and found.view_name == "pins:comment":
        reference = found.kwargs["reference"]
        return comments.show_again(request, reference, message, status=403)
    is_known = request.user.is_authenticated
    if found is not None and found.view_name == "councils:result" and is_known:
        return live_views.show_again(request, message, **found.kwargs)
    if found is not None and found.view_name == "insek:stand":
        return stand_views.show_again(
            request, message=message, status=403, **found.kwargs
        )
    if is_in_staff_area(request) and comes_from_here(request) and can_hold(request):
        return for_a_stale_token(request)
    return _plain(request, "403.html", status=403, csrf=True)


def _comes_from_elsewhere(request: HttpRequest) -> bool:
    """Tell whether the browser says that the form stands on the page of another site."""
    return request.headers.get("Sec-Fetch-Site") in {"cross-site", "same-site"}


def too_large(request: HttpRequest) -> HttpResponse:
    """Answer a request body beyond the limit (413), to programs as they read it."""
    if DATA.fullmatch(request.path_info):
        return problem(_("This is more than can be sent here."), status=413)
    return _plain(request, "413.html", status=413)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request that makes no sense (400)."""
    return _plain(request, "400.html", status=400)


def wrong_method(request: HttpRequest, refused: HttpResponseBase) -> HttpResponse:
    """Answer who opens an address that only takes forms, or sends to one that takes none
    (405): the bare answer is an empty page.
    """
    page = _plain(request, "405.html", status=405)
    page["Allow"] = refused["Allow"]
    return page


def without_files(request: HttpRequest) -> HttpResponse:
    """Answer 503: the files are where nobody gets at them for the moment."""
    if "text/html" in request.headers.get("Accept", ""):
        answer = _plain(request, "503.html", status=503)
    else:
        # Of a picture in a page nobody sees more than its words.
        words = _("The files cannot be reached at the moment.")
        plain = "text/plain; charset=utf-8"
        answer = HttpResponse(words, content_type=plain, status=503)
    answer["Retry-After"] = str(SECONDS_WITHOUT_FILES)
    add_never_cache_headers(answer)
    return answer


def fault(request: HttpRequest) -> HttpResponse:
    """Answer what nobody caught: 503 where database or files are away, 500 for all else."""
    error = sys.exception()
    if isinstance(error, MediaAway):
        # Of a view that was asked a second time (`operation/replicas/middleware.py`).
        return without_files(request)
    if not isinstance(error, AWAY) or failure_of(error) not in PASSING:
        return HttpResponse(_in_two_languages("500.html"), status=500)
    answer: HttpResponse
    words = "The database cannot be reached at the moment. Please try again."
    if found := OPEN311.fullmatch(request.path_info):
        answer = write_errors(503, (words,), found["extension"])
    elif DATA.fullmatch(request.path_info):
        answer = problem(words, status=503)
    else:
        answer = HttpResponse(_in_two_languages("unreachable.html"), status=503)
    answer["Retry-After"] = str(SECONDS_WITHOUT_DATABASE)
    add_never_cache_headers(answer)
    return answer


def _in_two_languages(template: str) -> str:
    """Render a page that stands without request, database and list of addresses."""
    spoken = dict(settings.LANGUAGES).keys() - {settings.LANGUAGE_CODE}
    homes = {f"home_{c}": f"/{c}/" if c in spoken else "/" for c in ("de", "en")}
    return render_to_string(template, homes)


def _plain(
    request: HttpRequest, template: str, *, status: int, **context: object
) -> HttpResponse:
    """Render a page that must come even where the database cannot be asked."""
    context["participation"] = ALL_OPEN
    return render(request, template, context, status=status)
