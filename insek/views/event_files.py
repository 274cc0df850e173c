"""Documents and photos of public events."""

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.cache import get_conditional_response
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from insek.access import EDIT_PROCESS
from insek.events.files import path_of
from insek.models import Event, EventDocument, EventPhoto

NOTHING_ELSE = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


@require_safe
def document(request: HttpRequest, document_id: int) -> HttpResponseBase:
    """Answer with a PDF; of a draft's only to the office, 404 to everybody else."""
    found = get_object_or_404(
        EventDocument.objects.select_related("event"), pk=document_id
    )
    _check(request, found.event)
    name = f"{slugify(found.title) or 'document'}.pdf"
    etag = f'"document-{found.pk}"'
    return _file(request, str(found.file.name), "application/pdf", etag, name)


@require_safe
def photo(request: HttpRequest, name: str, *, small: bool = False) -> HttpResponseBase:
    """Answer with a photo; of a draft's only to the office, 404 to everybody else."""
    found = get_object_or_404(EventPhoto.objects.select_related("event"), name=name)
    _check(request, found.event)
    etag = f'"{name}{"-small" if small else ""}"'
    return _file(request, path_of(name, small=small), "image/jpeg", etag, "")


def _check(request: HttpRequest, event: Event) -> None:
    if event.state == Event.State.DRAFT and not request.user.has_perm(EDIT_PROCESS):
        raise Http404


def _file(
    request: HttpRequest, path: str, media_type: str, etag: str, name: str
) -> HttpResponseBase:
    response = get_conditional_response(request, etag=etag) or _open(
        path, media_type, name
    )
    response["ETag"] = etag
    # Asked for each time, so that what was taken away is gone at once.
    response["Cache-Control"] = "public, no-cache"
    response["Content-Security-Policy"] = NOTHING_ELSE
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _open(path: str, media_type: str, name: str) -> FileResponse:
    try:
        file = default_storage.open(path)
    except FileNotFoundError as error:
        raise Http404 from error
    return FileResponse(
        file, content_type=media_type, as_attachment=bool(name), filename=name
    )
