"""Middleware of the site."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from mapapp.views.errors import too_large

GetResponse = Callable[[HttpRequest], HttpResponse]


def forget_garbled_session(get_response: GetResponse) -> GetResponse:
    """Take a session cookie for none that this site cannot have set.

    A cookie may hold a NUL, which the database refuses to look for.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        key = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
        if not (key.isascii() and key.isalnum()):
            request.COOKIES.pop(settings.SESSION_COOKIE_NAME, None)
        return get_response(request)

    return middleware


def limit_bodies(get_response: GetResponse) -> GetResponse:
    """Answer a body beyond the limit with a page that says what to do.

    By its length, before anything is read: the CSRF check would be the first to read it
    and end in a bare 400. Django's own limit leaves out attached files, which nobody
    needs here: whoever attached some could fill the disk.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if _length(request) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            return too_large(request)
        return get_response(request)

    return middleware


def _length(request: HttpRequest) -> int:
    """Return how many bytes the body is said to have; without a number none are read."""
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0
