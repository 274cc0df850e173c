"""Middleware of the site."""

from collections.abc import Callable

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse

from mapapp.views.errors import too_large

GetResponse = Callable[[HttpRequest], HttpResponse]


def bad_request_page(get_response: GetResponse) -> GetResponse:
    """Answer a body beyond the limit with a page that says what to do.

    Without it the CSRF check, the first to read the body, ends in a bare 400.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.method == "POST":
            try:
                request.POST  # noqa: B018 – reading it is what may fail
            except RequestDataTooBig:
                return too_large(request)
        return get_response(request)

    return middleware
