"""Programs with a token: who they are, what they may fetch, what they fetched."""

import base64
from collections.abc import Callable, Iterator
from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    StreamingHttpResponse,
)
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from councils.access import get_seat
from councils.rights import Right
from exports.models import PullToken, PullTokenUse
from exports.pulling.tokens import find_token, note_size, note_use
from layers.problems import asked_too_often, problem
from trust.guard import LimitReached
from trust.limits import KEYS
from trust.tries import count_wrong, demand_tries

Scope = PullToken.Scope
GetResponse = Callable[[HttpRequest], HttpResponseBase]
# Names of the addresses that a token opens; no other knows of tokens.
SCOPES = {
    "desk-pins": Scope.CONTRIBUTIONS,
    "desk-file": Scope.CONTRIBUTIONS,
    "desk-file-download": Scope.CONTRIBUTIONS,
    "desk-sitting-pins": Scope.SITTINGS,
    "councils:dossier": Scope.SITTINGS,
    "councils:dossier-xlsx": Scope.SITTINGS,
    "councils:agenda-docx": Scope.SITTINGS,
    "councils:paper": Scope.SITTINGS,
    "councils:paper-file": Scope.SITTINGS,
}
READING = {"GET", "HEAD"}


class PullTokens:
    """Lets a token take the place of a session at the files of a desk.

    The view then sees the token's owner, and asks for their rights as always: a token
    can do no more, and nothing at all once its owner has left the body.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        token: PullToken | None = getattr(request, "pull_token", None)
        if token is not None:
            what = request.path_info.partition("/desk/")[2]
            use = note_use(token=token, what=what[:200], status=response.status_code)
            _count(request, response, use)
        return response

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., HttpResponseBase],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> HttpResponse | None:
        """Refuse a token that does not fit; go on to the view with one that does."""
        text = _token_of(request)
        match = request.resolver_match
        scope = SCOPES.get(match.view_name) if match else None
        if text is None or scope is None:
            return None
        try:
            demand_tries(request, KEYS)
        except LimitReached as reached:
            return asked_too_often(reached)
        token = find_token(text)
        if token is None:
            count_wrong(request, KEYS)
            return _unknown()
        request.pull_token = token  # type: ignore[attr-defined]  # to log its use
        if token.body.slug != kwargs["body_slug"] or scope not in token.scopes:
            return _refused(_("This token is not for this file."))
        try:
            get_seat(token.owner, token.body.slug, Right.TAKE_PAPERS)
        except (Http404, PermissionDenied):
            return _refused(
                _("Whoever made this token may not fetch this file any more.")
            )
        if request.method not in READING:
            return _refused(_("A token can only read."), status=405)
        request.user = token.owner
        return None


def _token_of(request: HttpRequest) -> str | None:
    """Return the token that came along, if any; it need not be one that is known.

    QGIS and Excel keep names and passwords safely, and nothing else: they send the token
    as the password (RFC 7617), whatever the name.
    """
    scheme, _space, rest = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return rest.strip()
    if scheme.lower() != "basic":
        return None
    try:
        pair = base64.b64decode(rest.strip(), validate=True).decode()
    except ValueError:
        return ""
    return pair.partition(":")[2]


def _unknown() -> HttpResponse:
    """Answer 401 alike for a token that never was, has expired or was revoked."""
    response = problem(
        _("This token is unknown, has expired or was revoked."), status=401
    )
    response["WWW-Authenticate"] = 'Bearer error="invalid_token"'
    response["Cache-Control"] = "no-store"
    return response


def _refused(detail: str, status: int = 403) -> HttpResponse:
    response = problem(detail, status=status)
    response["WWW-Authenticate"] = 'Bearer error="insufficient_scope"'
    response["Cache-Control"] = "no-store"
    return response


def _count(request: HttpRequest, response: HttpResponseBase, use: PullTokenUse) -> None:
    """Write down how much is sent: at once where it is known, else when it was sent."""
    if request.method == "HEAD":
        note_size(use, 0)
    elif isinstance(response, HttpResponse):
        note_size(use, len(response.content))
    elif isinstance(response, FileResponse) and response.has_header("Content-Length"):
        # The server may send the file by itself.
        note_size(use, int(response["Content-Length"]))
    else:
        streamed = cast("StreamingHttpResponse", response)
        streamed.streaming_content = _counted(iter(streamed), use)


def _counted(pieces: Iterator[bytes], use: PullTokenUse) -> Iterator[bytes]:
    size = 0
    try:
        for piece in pieces:
            size += len(piece)
            yield piece
    finally:
        # Also where the client went away in the middle.
        note_size(use, size)
