"""What is told of each request: an id, a line of the log, and a row of the counts."""

import logging
import time
from collections.abc import Callable
from functools import cache

from django.conf import settings
from django.core.signals import request_finished
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from operation.watching import trail
from operation.watching.counting import RequestCounts

ID_HEADER = "X-Request-ID"
# Addresses that nobody has; what was answered before it came to a route.
UNKNOWN, EARLY = "unknown", "early"
NOT_FOUND = 404
logger = logging.getLogger("mapapp.requests")
GetResponse = Callable[[HttpRequest], HttpResponseBase]


@cache
def request_counts() -> RequestCounts:
    """Return the counts of this process; in memory where the folder cannot be used."""
    folder = settings.METRICS_FOLDER
    try:
        return RequestCounts(folder)
    except OSError as error:
        logger.warning(
            "Each process counts for itself: MAPAPP_METRICS_FOLDER=%s cannot be "
            "written to (%s).",
            folder,
            error.strerror,
        )
        return RequestCounts(None)


def watch_requests(get_response: GetResponse) -> GetResponse:
    """Give each request an id, and write down how it went, without who or where.

    The first of all: what the others answer counts as well.
    """
    counts = request_counts()

    def middleware(request: HttpRequest) -> HttpResponseBase:
        began = time.perf_counter()
        request_id = trail.accept_or_make(request.META.get("HTTP_X_REQUEST_ID", ""))
        # Until the last byte: Django logs what it refuses after all middleware.
        trail.follow(trail.Trail(request_id))
        response = get_response(request)
        response.headers[ID_HEADER] = request_id
        seconds = time.perf_counter() - began
        status, route = response.status_code, route_of(request, response.status_code)
        method = request.method or ""
        counts.add(method, route, status, seconds)
        if logger.isEnabledFor(logging.INFO):
            _write(method, route, status, seconds)
        return response

    return middleware


def _end_trail(**_signal: object) -> None:
    trail.follow(trail.NOWHERE)


request_finished.connect(_end_trail)


def route_of(request: HttpRequest, status: int) -> str:
    """Return the name of the address's pattern, never the address."""
    match = request.resolver_match
    if match is not None:
        return match.view_name
    return UNKNOWN if status == NOT_FOUND else EARLY


def _write(method: str, route: str, status: int, seconds: float) -> None:
    facts = {
        "method": method,
        "route": route,
        "status": status,
        "duration_ms": round(seconds * 1000, 1),
    }
    record = logging.LogRecord(
        logger.name, logging.INFO, __file__, 0, f"{method} {route} {status}", (), None
    )
    record.facts = facts
    # By itself a logger would look for the line that calls it: half the time of all this.
    logger.handle(record)
