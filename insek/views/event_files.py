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
from trust.sandbox import sandboxed


@require_safe
def document(request: HttpRequest, document_id: int) -> HttpResponseBase:
    """Answer with a PDF; of a draft's only to the office, 404 to everybody else."""
    found = get_object_or_404(
        EventDocument.objects.select_related("event"), pk=document_id
    )
    name = f"{slugify(found.title, allow_unicode=True) or 'document'}.pdf"
    etag = f'"document-{found.pk}"'
    path = str(found.file.name)
    is_draft = _is_draft(request, found.event)
    return _file(request, path, "application/pdf", etag, name, is_draft=is_draft)


@require_safe
def photo(request: HttpRequest, name: str, *, small: bool = False) -> HttpResponseBase:
    """Answer with a photo; of a draft's only to the office, 404 to everybody else."""
    found = get_object_or_404(EventPhoto.objects.select_related("event"), name=name)
    etag = f'"{name}{"-small" if small else ""}"'
    path = path_of(name, small=small)
    is_draft = _is_draft(request, found.event)
    return _file(request, path, "image/jpeg", etag, "", is_draft=is_draft)


def _is_draft(request: HttpRequest, event: Event) -> bool:
    """Tell whether an event is one of the office alone; 404 to everybody else."""
    is_draft = event.state == Event.State.DRAFT
    if is_draft and not request.user.has_perm(EDIT_PROCESS):
        raise Http404
    return is_draft


def _file(
    request: HttpRequest,
    path: str,
    media_type: str,
    etag: str,
    name: str,
    *,
    is_draft: bool,
) -> HttpResponseBase:
    response = get_conditional_response(request, etag=etag) or _open(
        path, media_type, name
    )
    response["ETag"] = etag
    # Asked for each time, so that what was taken away is gone at once.
    response["Cache-Control"] = f"{'private' if is_draft else 'public'}, no-cache"
    sandboxed(response, is_picture=not name)
    return response


def _open(path: str, media_type: str, name: str) -> FileResponse:
    try:
        file = default_storage.open(path)
    except FileNotFoundError as error:
        raise Http404 from error
    return FileResponse(
        file, content_type=media_type, as_attachment=bool(name), filename=name
    )
