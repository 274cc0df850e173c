"""The files of the pages: pictures in the sizes that pages ask for, and documents."""

from http import HTTPStatus

from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe
from wagtail.documents.views.serve import serve

from insek.pages.models.files import RENDITIONS, PageDocument, PageRendition
from trust.sandbox import sandboxed

# A picture that is changed gets another name.
KEEP = "public, max-age=31536000, immutable"


@require_safe
def picture(request: HttpRequest, name: str, suffix: str) -> HttpResponseBase:
    """Answer with a picture in some size; its name cannot be guessed."""
    found = PageRendition.objects.filter(file=f"{RENDITIONS}/{name}.{suffix}").first()
    if found is None:
        raise Http404
    try:
        file = found.file.storage.open(found.file.name)
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(file, content_type="image/jpeg")
    response["Cache-Control"] = KEEP
    sandboxed(response, is_picture=True)
    return response


@require_safe
def document(
    request: HttpRequest, document_id: int, document_filename: str
) -> HttpResponseBase:
    """Answer with a document that the office has put into its pages, to be saved.

    An address stays good when the document gets another title.
    """
    found = get_object_or_404(PageDocument, pk=document_id)
    try:
        response: HttpResponseBase = serve(request, document_id, found.filename)
    except FileNotFoundError as error:
        raise Http404 from error
    if response.status_code == HTTPStatus.OK:
        sandboxed(response)
    return response
