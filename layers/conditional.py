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
