"""Which server a request is answered from."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from http import HTTPStatus
from itertools import chain
from typing import Any, TypeVar

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.db import DatabaseError
from django.http import FileResponse, HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase

from operation.replicas import marks, switching
from operation.replicas.failures import Failure, failure_of
from operation.replicas.figures import PRIMARY, reads
from operation.replicas.routes import READ_BY_EVERYBODY
from operation.replicas.servers import Choice, servers, watch

READING = {"GET", "HEAD"}
GetResponse = Callable[[HttpRequest], HttpResponseBase]
Found = TypeVar("Found")


class ReadFromReplicas:
    """Lets a replica answer what visitors read, and the primary where that fails.

    The innermost: nothing but the view is answered from there. A view that only reads can
    be asked twice; whatever it began on the replica is gone.
    """

    def __init__(self, get_response: GetResponse) -> None:
        if not settings.DATABASE_REPLICAS:
            raise MiddlewareNotUsed
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer a request."""
        # Nothing of an answer that was given up.
        switching.ask_primary()
        try:
            response = self._get_response(request)
            if alias := switching.asked():
                response = _finished(request, response, alias)
        finally:
            switching.ask_primary()
        is_written = response.status_code < HTTPStatus.BAD_REQUEST
        if is_written and request.method not in READING | {"OPTIONS"}:
            marks.write(request, response)
        return response

    def process_view(self, request: HttpRequest, *_view: object) -> None:
        """Choose the server, once it is known what is asked for."""
        match = request.resolver_match
        if match is not None and (choice := choose(request, match.view_name)):
            _count(choice)
            if choice.alias:
                switching.ask_replica(choice.alias)

    def process_exception(
        self, request: HttpRequest, error: Exception
    ) -> HttpResponseBase | None:
        """Ask the primary where it may know better."""
        alias, failure = switching.asked(), failure_of(error)
        if alias is None or failure is None:
            return None
        return _again(request, alias, failure)


def choose(request: HttpRequest, name: str) -> Choice | None:
    """Return where to read; None for what is not read, or not by just anybody."""
    is_open = name in READ_BY_EVERYBODY and request.method in READING
    if not is_open or settings.SESSION_COOKIE_NAME in request.COOKIES:
        return None
    if "Authorization" in request.headers:
        return None
    watch()
    return servers().choose(marks.read(request))


def read_first(request: HttpRequest, name: str, read: Callable[[], Found]) -> Found:
    """Return what is read before the view of that name is known, from where it would be.

    From the primary where that fails.
    """
    choice = choose(request, name) if settings.DATABASE_REPLICAS else None
    if choice and choice.alias:
        switching.ask_replica(choice.alias)
        try:
            return read()
        except DatabaseError:
            servers().rest(choice.alias)
        finally:
            switching.ask_primary()
    return read()


def _finished(
    request: HttpRequest, response: HttpResponseBase, alias: str
) -> HttpResponseBase:
    """Return the answer of a replica, or that of the primary in its place."""
    if response.status_code == HTTPStatus.NOT_FOUND:
        return _again(request, alias, Failure.MISSING)
    if not isinstance(response, StreamingHttpResponse):
        return response
    if isinstance(response, FileResponse):
        return response
    chunks = iter(response)
    try:
        first = next(chunks, b"")
    except DatabaseError as error:
        failure = failure_of(error)
        if failure is None:
            raise
        return _again(request, alias, failure)
    rest: Iterator[bytes] = chain([first] if first else [], chunks)
    response.streaming_content = switching.streamed_from(alias, rest)
    return response


def _again(request: HttpRequest, alias: str, failure: Failure) -> HttpResponseBase:
    """Answer from the primary what a replica could not."""
    switching.ask_primary()
    if failure == Failure.BROKEN:
        servers().rest(alias)
    _count(Choice(None, failure))
    # The replica was chosen by it.
    match: Any = request.resolver_match
    response: HttpResponseBase = match.func(request, *match.args, **match.kwargs)
    render = getattr(response, "render", None)
    return render() if callable(render) else response


def _count(choice: Choice) -> None:
    # Whoever asked for something gets it all the same.
    with suppress(OSError):
        reads().labels(choice.alias or PRIMARY, choice.why).inc()
