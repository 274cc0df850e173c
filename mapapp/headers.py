"""Headers that each answer carries, whatever made it: a page, a file, an error, a 304."""

import re
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import has_vary_header

# What pages may ask a browser for: where somebody stands, and nothing else.
POWERS = ", ".join(
    [
        "geolocation=(self)",
        *(
            f"{name}=()"
            for name in (
                *("accelerometer", "camera", "display-capture", "gyroscope"),
                *("magnetometer", "microphone", "midi", "payment", "usb"),
            )
        ),
    ]
)
STAFF = re.compile(
    r"(?:/en)?/(?:accounts|desk|moderation|operation|planning|staff)/|/(?:admin|cms)/"
)
GetResponse = Callable[[HttpRequest], HttpResponseBase]


def guard_answers(get_response: GetResponse) -> GetResponse:
    """Say of each answer who may use it, what it may ask for, and who may keep it.

    What a view has decided itself stands.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response.headers.setdefault("Permissions-Policy", POWERS)
        is_open = "Access-Control-Allow-Origin" in response
        response.headers.setdefault(
            "Cross-Origin-Resource-Policy", "cross-origin" if is_open else "same-origin"
        )
        if "Cache-Control" not in response:
            _keep_from_caches(request, response)
        return response

    return middleware


def _keep_from_caches(request: HttpRequest, response: HttpResponseBase) -> None:
    """Let nobody keep the pages of staff, nor a cache what depends on who is signed in."""
    if STAFF.match(request.path_info):
        response["Cache-Control"] = "no-store, private"
    elif settings.SESSION_COOKIE_NAME in request.COOKIES and has_vary_header(
        response, "Cookie"
    ):
        response["Cache-Control"] = "no-cache, private"
