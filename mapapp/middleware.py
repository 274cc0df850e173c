"""Middleware of the site."""

import logging
import re
from collections.abc import Callable

from csp.middleware import CSPMiddleware, PolicyParts
from django.conf import settings
from django.contrib.auth import get_user
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
)
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

from councils.access import get_seat
from councils.rights import Right
from councils.sitting_files import PAPER_BYTES
from exports.pin_tiles import current_etag, revalidated
from insek.access import EDIT_PROCESS
from insek.cards.reading import MAX_BYTES
from insek.rights import WRITE_PAGES
from layers.rights import PUBLISH_OVERLAYS
from mapapp.views.errors import too_large, without_files, wrong_method
from mapapp.views.send_again import (
    can_hold,
    for_files_without_a_session,
    for_who_is_signed_out,
    is_in_staff_area,
    leads_to_signing_in,
)
from operation.replicas.middleware import read_first
from trust.media import MediaAway

logger = logging.getLogger(__name__)

PIN_TILES = "/tiles/pins/"
PHOTO_FORM = re.compile(r"(/en)?/pins/(new|[-\w]+/edit/[0-9a-f]+)")
PAPERS_FORM = re.compile(r"(?:/en)?/desk/([-\w]+)/sittings/[0-9]+/papers")
CMS = "/cms/"
CMS_FILES_FORM = re.compile(r"/cms/(images|documents)/.*")
CARDS_FORM = re.compile(r"(?:/en)?/planning/input/cards/")
OVERLAY_FORM = re.compile(r"/admin/layers/overlay/(add|[0-9]+/change)/")
ENTER_CMS = WRITE_PAGES.permission
# Seconds that a client may take to read 64 kB.
READING_TIME = 60
GetResponse = Callable[[HttpRequest], HttpResponse]


def answer_unchanged_tiles(get_response: GetResponse) -> GetResponse:
    """Answer 304 to who has the present pins already, before anything else is done.

    A map asks for dozens of tiles at every visit, and most of them have not changed.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        known = request.META.get("HTTP_IF_NONE_MATCH")
        if known and request.path_info.startswith(PIN_TILES):
            etag = read_first(request, "pin-tile", current_etag)
            if known == etag and request.method in {"GET", "HEAD"}:
                return revalidated(HttpResponse(status=304), etag)
        return get_response(request)

    return middleware


def drop_who_stops_reading(get_response: GetResponse) -> GetResponse:
    """Give up on a client that does not read what is streamed to it.

    Such an answer holds a thread and a query, and the database cannot end a query that
    waits for its reader: whoever stopped reading would hold both for ever.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        # The wire of gunicorn, which knows no such limit.
        wire = request.META.get("gunicorn.socket")
        if wire is not None and response.streaming:
            wire.settimeout(READING_TIME)
        return response

    return middleware


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
    and end in a bare 400. Django's own limit leaves out attached files: whoever attached
    some could fill the disk.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        length, limit = _length(request), settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        if length > limit and length > _allowance(request):
            is_known = get_user(request).is_authenticated
            if is_in_staff_area(request) and not is_known:
                return for_files_without_a_session(request)
            return too_large(request)
        if length > limit:
            try:
                # Files may be that large; words that are leave a bare 400 elsewhere.
                request.POST  # noqa: B018 – reads the body
            except RequestDataTooBig:
                return too_large(request)
        return get_response(request)

    return middleware


def _allowance(request: HttpRequest) -> int:
    """Return how many bytes somebody may send beyond what everybody may.

    Photos come along with the form of a new pin and that of one's own. Staff who may
    publish overlays send their files at that one form, desks the papers of a sitting, and
    editors the pictures and documents of pages.
    """
    if PHOTO_FORM.fullmatch(request.path_info):
        return int(settings.PHOTO_FORM_MAX_SIZE)
    if papers := PAPERS_FORM.fullmatch(request.path_info):
        return _allowance_of_desk(request, papers.group(1))
    # The middleware that knows the user comes later, after the one that reads the body.
    if CMS_FILES_FORM.fullmatch(request.path_info):
        may_write = get_user(request).has_perm(ENTER_CMS)
        # Too large by a bit: the form says so.
        return 2 * settings.WAGTAILDOCS_MAX_UPLOAD_SIZE if may_write else 0
    if CARDS_FORM.fullmatch(request.path_info):
        # Twice as much as it takes: what is too large by a bit, the form says so.
        return 2 * MAX_BYTES if get_user(request).has_perm(EDIT_PROCESS) else 0
    if not OVERLAY_FORM.fullmatch(request.path_info):
        return 0
    user = get_user(request)
    may_send = PUBLISH_OVERLAYS.held_by(user) or user.has_perm("layers.change_overlay")
    if not (user.is_staff and may_send):
        return 0
    return int(settings.OVERLAY_UPLOAD_BYTES) + settings.DATA_UPLOAD_MAX_MEMORY_SIZE


def _allowance_of_desk(request: HttpRequest, body_slug: str) -> int:
    try:
        get_seat(get_user(request), body_slug, Right.SCHEDULE)
    except (Http404, PermissionDenied):
        return 0
    # Invitation and minutes at once, and each too large by a bit: the form says so.
    return 3 * PAPER_BYTES


def _length(request: HttpRequest) -> int:
    """Return how many bytes the body is said to have; without a number none are read."""
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def explain_wrong_methods(get_response: GetResponse) -> GetResponse:
    """Say what to do where an address was opened that only takes forms.

    Who comes back to one by the address bar would see nothing at all. Programs, which do
    not ask for pages, have the bare answer.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        is_bare = isinstance(response, HttpResponseNotAllowed) and not response.content
        if is_bare and "text/html" in request.headers.get("Accept", ""):
            return wrong_method(request, response)
        return response

    return middleware


class TellThatFilesAreAway:
    """Answers 503 where photos and documents lie in a bucket that does not answer."""

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._get_response(request)

    def process_exception(
        self, request: HttpRequest, exception: Exception
    ) -> HttpResponse | None:
        if not isinstance(exception, MediaAway):
            return None
        logger.warning("%s", exception)
        return without_files(request)


class GZipAllButPhotos(GZipMiddleware):
    """Compresses answers but photos and whole files.

    Photos do not shrink; a file of hundreds of megabytes would keep a thread busy, and
    lose the length by which a browser shows how far it is.
    """

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        is_photo = response.get("Content-Type") == "image/jpeg"
        if is_photo or isinstance(response, FileResponse):
            return response
        return super().process_response(request, response)


def keep_cms_to_editors(get_response: GetResponse) -> GetResponse:
    """Answer 403 to who has signed in and may not write pages.

    Wagtail would send them to sign in, and from there they would be sent back at once.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        is_known = request.path_info.startswith(CMS) and request.user.is_authenticated
        if is_known and not request.user.has_perm(ENTER_CMS):
            raise PermissionDenied
        return get_response(request)

    return middleware


def hold_what_staff_sent(get_response: GetResponse) -> GetResponse:
    """Answer with a page that holds a form whose sender has to sign in first.

    Whichever view says so: signing in leads back to an address, without what was sent.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if (
            request.method == "POST"
            and is_in_staff_area(request)
            and not request.user.is_authenticated
            and leads_to_signing_in(response)
            and can_hold(request)
        ):
            return for_who_is_signed_out(request)
        return response

    return middleware


class SecurityPolicy(CSPMiddleware):
    """Sets the strict policy everywhere, and that of the CMS at /cms/ alone."""

    def get_policy_parts(
        self,
        request: HttpRequest,
        response: HttpResponseBase,
        report_only: bool = False,  # noqa: FBT001, FBT002 – the library's signature
    ) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        if request.path_info.startswith(CMS):
            parts.replace = settings.CMS_SECURITY_POLICY
        return parts
