"""Pages that many open at the same moment are made once for all of them (ADR 0054)."""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from http import HTTPStatus
from threading import Lock
from typing import Any, Concatenate, ParamSpec

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language

from layers.conditional import A_MOMENT
from operation.replicas.marks import NAME as WRITTEN
from pins.models import PublicVersion
from trust.cookies import MESSAGES, host_only

# Of one process; the largest have some 80,000 bytes.
MOST_PAGES = 128
# What says where somebody is, is kept nowhere.
NEAR = "near"
P = ParamSpec("P")


@dataclass
class _Page:
    """One page as it was made the last time; whoever wants it waits for who makes it."""

    lock: Lock = field(default_factory=Lock)
    content: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    version: int = 0
    until: float = 0.0

    def is_good(self, version: int) -> bool:
        return self.version == version and time.monotonic() < self.until

    def keep(self, response: HttpResponse, version: int) -> None:
        self.content, self.headers = response.content, dict(response.items())
        self.version = version
        self.until = time.monotonic() + settings.PAGE_AGE.total_seconds()

    def answer(self) -> HttpResponse:
        response = HttpResponse(self.content, headers=self.headers)
        # Nobody asked for the session; whoever has one gets another page all the same.
        patch_vary_headers(response, ["Cookie"])
        response["Cache-Control"] = A_MOMENT
        return response


_pages: OrderedDict[tuple[str | None, ...], _Page] = OrderedDict()
_pages_lock = Lock()


def forget_pages() -> None:
    """Forget all pages of this process."""
    with _pages_lock:
        _pages.clear()


def kept_for_a_moment(
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Answer everybody who asks within `PAGE_AGE` with the page that the first one got.

    Only those whom the site knows nothing of, not even a message to them; and only until
    the public pins change. Everything else on such a page may be that old.
    """

    @wraps(view)
    def answer(
        request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponse:
        if not settings.PAGE_AGE or not _is_anybody(request):
            return view(request, *args, **kwargs)
        page = _page_of(request)
        with page.lock:
            # Read before the pins: what changes in between is asked for once more.
            version = PublicVersion.recent()
            if not page.is_good(version):
                response = view(request, *args, **kwargs)
                if not _is_for_all(request, response):
                    return response
                page.keep(response, version)
        return page.answer()

    return answer


def _is_anybody(request: HttpRequest) -> bool:
    """Tell whether the page would be the same for all who ask so."""
    personal = {settings.SESSION_COOKIE_NAME, host_only(MESSAGES), host_only(WRITTEN)}
    return (
        request.method == "GET"
        and personal.isdisjoint(request.COOKIES)
        and NEAR not in request.GET
    )


def _is_for_all(request: HttpRequest, response: HttpResponse) -> bool:
    """Tell whether an answer holds nothing of one person, such as a form's token."""
    has_token: Any = request.META.get("CSRF_COOKIE_NEEDS_UPDATE")
    return (
        response.status_code == HTTPStatus.OK and not has_token and not response.cookies
    )


def _page_of(request: HttpRequest) -> _Page:
    key = (request.scheme, request.get_host(), request.get_full_path(), get_language())
    with _pages_lock:
        page = _pages.setdefault(key, _Page())
        _pages.move_to_end(key)
        if len(_pages) > MOST_PAGES:
            _pages.popitem(last=False)
    return page
