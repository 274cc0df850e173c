"""Conditional requests: who has the present state already gets 304 and no data."""

import hashlib
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils.cache import (
    get_conditional_response,
    patch_cache_control,
    patch_vary_headers,
)
from django.utils.translation import get_language

WITH_STATE = {200, 204, 304}
# Browsers ask each time; a proxy may answer for a second by itself, and for two more while
# it asks (RFC 9111, 5.2.2.10; RFC 5861, 3).
A_MOMENT = "public, max-age=0, s-maxage=1, stale-while-revalidate=2"


def answer(
    request: HttpRequest, *states: object, make: Callable[[], HttpResponseBase]
) -> HttpResponseBase:
    """Answer 304 where the client has this address in these states, else what `make` makes.

    The client must ask each time: a pin that was hidden is gone with the next request.
    The ETag is weak, since compressed and plain answers share it.
    """
    seen = (request.get_full_path(), get_language(), settings.BASE_URL, *states)
    etag = f'W/"{hashlib.sha256(repr(seen).encode()).hexdigest()[:32]}"'
    response = get_conditional_response(request, etag=etag) or make()
    if response.status_code not in WITH_STATE:
        # No data: on its way, or refused.
        return response
    response["ETag"] = etag
    patch_cache_control(response, public=True, no_cache=True)
    patch_vary_headers(response, ["Accept-Encoding"])
    return response


def shared_for_a_moment(response: HttpResponseBase) -> HttpResponseBase:
    """Let a proxy give the same answer to all who ask within a moment (ADR 0061).

    Only for what is the same for everybody, or says by `Vary` for whom.
    """
    if response.status_code in WITH_STATE:
        response["Cache-Control"] = A_MOMENT
    return response
